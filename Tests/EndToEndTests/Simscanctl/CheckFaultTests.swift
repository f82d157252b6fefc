import Fakes
import Foundation
import Glibc
import Testing

/// `simscanctl check` finds what is planted, names it, and finds nothing else.
@Suite struct CheckFaultTests {
    /// One fault: how it is planted, and the findings that must come of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The names of all problems, and then of all warnings.
        let problems: [String]
        let warnings: [String]
        /// What the first of them says.
        let says: String
        let plant: @Sendable (Installed) throws -> Void
        /// Only root can plant it, or find it.
        var needsRoot = false
        var needsMounts = false

        init(
            _ description: String, problems: [String] = [], warnings: [String] = [], says: String,
            needsRoot: Bool = false, needsMounts: Bool = false,
            _ plant: @escaping @Sendable (Installed) throws -> Void
        ) {
            testDescription = description
            self.problems = problems
            self.warnings = warnings
            self.says = says
            self.needsRoot = needsRoot
            self.needsMounts = needsMounts
            self.plant = plant
        }
    }

    static let faults = controlFaults + programFaults + directoryFaults + mountFaults + queueFaults + scannerFaults

    static let controlFaults = [
        Fault("the wrong control directory", problems: ["control-directory"], warnings: [], says: "No such file") {
            try FileManager.default.removeItem(atPath: $0.control)
            // The defaults hold then, and nothing of them is installed here: the directory is what is named first.
        },
        Fault(
            "a wrong value", problems: ["settings-error", "settings-stale"], says: "found 'yess', allowed: yes or no"
        ) {
            $0.settings["spam"] = "yess"
            try? $0.compile()
        },
        Fault("an unknown setting", problems: ["settings-error"], says: "nearest known name: spam-hits") {
            let text = try String(contentsOfFile: $0.control + "/simscan.conf", encoding: .utf8)
            try $0.write(text + "spam-hit = 5\n", to: "control/simscan.conf")
        },
        Fault(
            "settings that are not compiled", problems: ["settings-stale"], says: "something else than what is compiled"
        ) {
            let text = try String(contentsOfFile: $0.control + "/simscan.conf", encoding: .utf8)
            try $0.write(text + "dropmsg = yes\n", to: "control/simscan.conf")
        },
        Fault("damaged settings", problems: ["settings-damaged"], says: "damaged (wrong checksum)") {
            var bytes = try $0.directory.read("control/simscan.cdb")
            // A byte of a value.
            let place = try #require(bytes.indices.dropFirst(2100).first { bytes[$0] == UInt8(ascii: "y") })
            bytes[place] = UInt8(ascii: "n")
            try $0.directory.write(bytes, to: "control/simscan.cdb")
        },
        Fault("settings cut short", problems: ["settings-damaged"], says: "run simscanmk") {
            let bytes = try $0.directory.read("control/simscan.cdb")
            try $0.directory.write(bytes.prefix(2200), to: "control/simscan.cdb")
        },
        Fault("a setting that another one makes void", warnings: ["settings-void"], says: "spam-passthru has no effect")
        {
            $0.settings["spam-hits"] = "12"
            $0.settings["spam-passthru"] = "yes"
            try $0.compile()
        },
        Fault(
            "settings that the filter may not read", problems: ["settings-damaged"], says: "Permission denied",
            needsRoot: true
        ) {
            chmod($0.control + "/simscan.cdb", 0o600)
        },
        Fault("control files that everybody can change", problems: ["control-writable"], says: "by everybody") {
            chmod($0.control + "/simscan.cdb", 0o666)
        },
        Fault(
            "per-domain without simcontrol", problems: ["settings-error", "settings-stale"],
            says: "per-domain = yes without"
        ) {
            $0.settings["per-domain"] = "yes"
            try? $0.compile()
        },
        Fault(
            "per-domain without its compiled file", problems: ["simcontrol-missing"], says: "every message is deferred"
        ) {
            try $0.perDomain(":clam=yes\n")
            unlink($0.control + "/simcontrol.cdb")
        },
        Fault("records that are not compiled", problems: ["simcontrol-stale"], says: "something else") {
            try $0.perDomain(":clam=yes\n")
            try $0.write(":clam=no\n", to: "control/simcontrol")
        },
        Fault("damaged records", problems: ["simcontrol-damaged"], says: "damaged or cut short") {
            try $0.perDomain(":clam=yes\nexample.com:spam=yes\n")
            let bytes = try $0.directory.read("control/simcontrol.cdb")
            try $0.directory.write(bytes.dropLast(3), to: "control/simcontrol.cdb")
        },
        Fault(
            "a record with a wrong name", problems: ["simcontrol-error", "simcontrol-stale"],
            says: "unknown name 'calm'"
        ) {
            try $0.perDomain(":clam=yes\n")
            try $0.write(":calm=yes\n", to: "control/simcontrol")
        },
        Fault("a record that a master switch makes void", warnings: ["simcontrol-void"], says: "trophie-socket = off") {
            try $0.perDomain(":clam=yes,trophie=yes\n")
        },
        Fault(
            "attach without a list", problems: ["attach-missing"], warnings: ["settings-void"],
            says: "every message is deferred"
        ) {
            unlink($0.control + "/ssattach")
        },
        Fault("attach with an empty list", warnings: ["attach-empty"], says: "no name is refused") {
            try Data().write(to: URL(fileURLWithPath: $0.control + "/ssattach"))
        },
        Fault("nothing is scanned", warnings: ["nothing-scanned"], says: "nothing is scanned") {
            $0.settings = $0.settings.filter { !["clamd", "spam", "spamd", "attach"].contains($0.key) }
            $0.settings["clamav"] = "no"
            try $0.compile()
        },
    ]

    static let programFaults = [
        Fault("no filter", problems: ["program-missing"], says: "No such file") { unlink($0.program) },
        Fault("a filter of another owner", problems: ["program-owner"], says: "belongs to root", needsRoot: true) {
            chown($0.program, 0, 0)
            chmod($0.program, 0o4711)
        },
        Fault("no setuid bit", problems: ["program-setuid"], says: "is not setuid") { chmod($0.program, 0o711) },
        Fault("a filter that everybody can change", problems: ["program-writable"], says: "can be changed") {
            chmod($0.program, 0o4733)
        },
        Fault("a filter that qmail-smtpd may not run", problems: ["program-mode"], says: "cannot be run") {
            chmod($0.program, 0o4700)
        },
        Fault("no such user", problems: ["user-missing"], says: "there is no user") {
            $0.arguments += ["--user", "no-such-user-here"]
        },
    ]

    static let directoryFaults = [
        Fault("no workdir", problems: ["workdir-missing"], says: "every message is deferred") {
            rmdir($0.path("simscan"))
        },
        Fault("a workdir that everybody can write", problems: ["workdir-mode"], says: "written by everybody, mode 2777")
        {
            chmod($0.path("simscan"), 0o2777)
        },
        Fault(
            "a workdir of another owner", problems: ["workdir-owner", "workdir-unusable"], says: "belongs to root",
            needsRoot: true
        ) {
            chown($0.path("simscan"), 0, 0)
        },
        Fault("a workdir that is a file", problems: ["workdir-missing"], says: "is no directory") {
            rmdir($0.path("simscan"))
            try $0.write("", to: "simscan")
        },
        Fault(
            "a workdir below a closed directory", problems: ["workdir-unusable"], says: "Permission denied",
            needsRoot: true
        ) {
            let path = $0.path("closed/simscan")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            $0.own(path, mode: 0o2750)
            chmod($0.path("closed"), 0o700)
            $0.settings["workdir"] = path
            try $0.compile()
        },
        Fault("no quarantine", problems: ["quarantinedir-missing"], says: "rejected mail is not kept") {
            rmdir($0.path("quarantine"))
        },
        Fault(
            "a quarantine that cannot be written", problems: ["quarantinedir-unusable"], says: "Permission denied"
        ) {
            chmod($0.path("quarantine"), 0o550)
        },
        Fault(
            "a quarantine that is a stranger's link", problems: ["quarantinedir-link"], says: "is a symbolic link",
            needsRoot: true
        ) {
            let path = $0.path("quarantine")
            rename(path, $0.path("elsewhere"))
            symlink($0.path("elsewhere"), path)
            lchown(path, 64_250, 64_250)
        },
        Fault("a quarantine that everybody can read", warnings: ["quarantinedir-mode"], says: "read by everybody") {
            chmod($0.path("quarantine"), 0o755)
        },
    ]

    static let mountFaults = [
        Fault(
            "a quarantine on a read-only mount", problems: ["quarantinedir-read-only"], says: "read-only",
            needsMounts: true
        ) {
            let path = $0.path("quarantine")
            $0.mounts = ["mount --bind \(path) \(path)", "mount -o remount,bind,ro \(path)"]
        },
        Fault("a filter on a nosuid mount", problems: ["program-nosuid"], says: "mounted nosuid", needsMounts: true) {
            let path = $0.path("bin")
            $0.mounts = ["mount --bind \(path) \(path)", "mount -o remount,bind,nosuid \(path)"]
        },
        Fault(
            "a statedir that cannot be written", problems: ["statedir-unusable"], says: "dead hosts are not remembered",
            needsMounts: true
        ) {
            // Where it is by default.
            let path = $0.path("var/qmail/simscan.state")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            $0.own(path, mode: 0o550)
            $0.mounts = ["mount --bind \($0.path("var")) /var"]
        },
        Fault("a full disk", problems: ["workdir-full"], says: "the disk is full", needsMounts: true) {
            let path = $0.path("simscan")
            $0.mounts = [
                "mount -t tmpfs -o size=2m,mode=2750,uid=$(id -u \($0.user)) tmpfs \(path)",
                "{ dd if=/dev/zero of=\(path)/filler bs=64k 2>/dev/null; true; }",
            ]
        },
        Fault(
            "a disk without inodes", problems: ["workdir-inodes"], warnings: ["workdir-full"], says: "inodes are left",
            needsMounts: true
        ) {
            let path = $0.path("simscan")
            $0.mounts = [
                "mount -t tmpfs -o size=8m,nr_inodes=2,mode=2750,uid=$(id -u \($0.user)) tmpfs \(path)",
                "touch \(path)/filler",
            ]
        },
    ]

    static let queueFaults = [
        Fault("no qmail-queue", problems: ["queue-missing"], says: "No such file") { unlink($0.path("qmail-queue")) },
        Fault("a qmail-queue that cannot be run", problems: ["queue-not-executable"], says: "cannot be run") {
            chmod($0.path("qmail-queue"), 0o644)
        },
        Fault("a qmail-queue that is the filter", problems: ["queue-loop"], says: "is the filter itself") {
            $0.settings["qmail-queue"] = $0.path("link")
            symlink($0.program, $0.path("link"))
            try $0.compile()
        },
        Fault("a script that runs the filter", problems: ["queue-loop"], says: "runs the filter again") {
            try $0.write("#!/bin/sh\nexec \($0.program)\n", to: "qmail-queue")
        },
        Fault("a record's queue that is not there", problems: ["queue-missing"], says: "qmailqueue of example.com") {
            try $0.perDomain(":clam=yes\nexample.com:qmailqueue=/nowhere/at/all\n")
        },
    ]

    static let scannerFaults = [
        Fault("a dead clamd", problems: ["clamd-dead"], says: "Connection refused") {
            try $0.clamd.server.setDoor(.closed)
        },
        Fault("a dead spamd", problems: ["spamd-dead"], says: "Connection refused") {
            try $0.spamd.server.setDoor(.closed)
        },
        Fault("a second host that is dead", problems: ["clamd-dead"], says: "Connection refused") {
            let dead = try FakeServer(at: .tcp(), door: .closed) { _ in }
            $0.settings["clamd", default: ""] += "," + dead.address
            try $0.compile()
            dead.stop()
        },
        Fault("a name whose host is dead", problems: ["clamd-dead"], says: " (127.0.0.1): cannot connect") {
            $0.settings["clamd"] = $0.clamd.address.replacing("127.0.0.1", with: "localhost")
            try $0.compile()
            try $0.clamd.server.setDoor(.closed)
        },
        Fault("a socket that is not there", problems: ["clamd-dead"], says: "No such file") {
            $0.settings["clamd"] = "unix:" + $0.path("nothing")
            try $0.compile()
        },
        Fault("a name without an address", problems: ["spamd-address"], says: "no address") {
            $0.settings["spamd"] = "tcp:no-such-host.invalid:783"
            try $0.compile()
        },
        Fault("a host that answers something else", problems: ["clamd-garbage"], says: "is no clamd: it says '220 mail")
        {
            $0.settings["clamd"] = try $0.speaker("220 mail.example ESMTP\r\n\0")
            try $0.compile()
        },
        Fault(
            "a spamd that answers something else", problems: ["spamd-garbage"], says: "is no spamd: it says 'HTTP/1.1"
        ) {
            $0.settings["spamd"] = try $0.speaker("HTTP/1.1 400 Bad Request\r\n\r\n")
            try $0.compile()
        },
        Fault("a silent clamd", problems: ["clamd-silent"], says: "does not answer within 0.5 s") {
            try $0.clamd.server.setDoor(.unattended)
            $0.arguments += ["--timeout", "0.5"]
        },
        Fault("a silent spamd", problems: ["spamd-silent"], says: "does not answer within 0.5 s") {
            try $0.spamd.server.setDoor(.unattended)
            $0.arguments += ["--timeout", "0.5"]
        },
        Fault("a spamd that closes every connection", problems: ["spamd-broken"], says: "without a word") {
            $0.settings["spamd"] = try $0.speaker("")
            try $0.compile()
        },
        Fault(
            "a clamd socket that is not for the filter", problems: ["clamd-dead"], says: "Permission denied",
            needsRoot: true
        ) {
            let path = $0.path("clamd.socket")
            $0.others.append(try FakeClamd(at: .unixAt(path: path)).server)
            chmod(path, 0o600)
            $0.settings["clamd"] = "unix:" + path
            try $0.compile()
        },
        Fault("a clamd that takes less than qmail", warnings: ["clamd-limit"], says: "up to 26214400 bytes") {
            try $0.write("StreamMaxLength 25M\n", to: "clamd.conf")
            try $0.write("50000000\n", to: "control/databytes")
            $0.arguments += ["--clamd-conf", $0.path("clamd.conf")]
        },
    ]

    private func findings(_ installed: Installed) throws -> (status: Int32, findings: [[String: Any]]) {
        let result = try installed.simscanctl(
            "check", "--json", "--program", installed.program, "--user", installed.user)
        let findings = try #require(try result.json()["findings"] as? [[String: Any]], "\(result.errors)")
        return (result.status, findings)
    }

    private func names(_ findings: [[String: Any]], _ severity: String) -> [String] {
        findings.filter { $0["severity"] as? String == severity }.compactMap { $0["name"] as? String }
    }

    @Test func `Nothing is wrong with an installation where nothing is`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        let (status, findings) = try findings(installed)
        #expect(names(findings, "problem") == [])
        // A temporary directory may stand on a disk that is nearly full.
        #expect(Set(names(findings, "warning")).isSubset(of: ["workdir-full", "quarantinedir-full", "clamd-limit"]))
        #expect(status == 0)
        let said = findings.compactMap { $0["what"] as? String }.joined(separator: "\n")
        #expect(said.contains("ClamAV 1.4.6/27000"))
        #expect(said.contains(" ms"))
    }

    @Test(arguments: faults) func `A planted fault is found and named, with what mends it`(fault: Fault) throws {
        if fault.needsRoot && geteuid() != 0 { return }
        if fault.needsMounts && !mayMount { return }
        let installed = try Installed()
        defer { installed.remove() }
        try fault.plant(installed)
        let (status, findings) = try findings(installed)
        let wrong = findings.filter { $0["severity"] as? String != "ok" }
        if fault.problems == ["control-directory"] {
            #expect(names(findings, "problem").first == "control-directory")
        } else {
            #expect(names(findings, "problem") == fault.problems)
            let expected = Set(fault.warnings)
            #expect(expected.isSubset(of: names(findings, "warning")))
            #expect(expected.union(["workdir-full", "quarantinedir-full"]).isSuperset(of: names(findings, "warning")))
        }
        #expect(status == (fault.problems.isEmpty ? 0 : 1))
        let named = wrong.first { $0["name"] as? String == (fault.problems + fault.warnings).first }
        let what = try #require(named?["what"] as? String)
        #expect(what.contains(fault.says), "\(what)")
        #expect((named?["mend"] as? String)?.isEmpty == false)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to be another user"))
    func `Another user is told that nothing was tried, and of no problem that there is not`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        installed.user(64_250)
        // What is the filter's alone: a file, a socket, and a directory above.
        chmod(installed.control + "/simscan.cdb", 0o640)
        installed.own(installed.control + "/simscan.cdb", mode: 0o640)
        let (status, findings) = try findings(installed)
        #expect(names(findings, "problem") == [], "\(findings)")
        #expect(names(findings, "warning").filter { $0 == "not-tried" }.count == 1)
        #expect(status == 0)
        // What shows without trying is told all the same.
        chmod(installed.program, 0o711)
        #expect(try names(self.findings(installed).findings, "problem") == ["program-setuid"])
    }

    @Test func `There are more than twenty faults`() {
        #expect(Self.faults.count >= 20)
    }

    @Test func `For people each finding stands in a line, and the command that mends it below`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        chmod(installed.program, 0o711)
        let result = try installed.simscanctl("check", "--program", installed.program, "--user", installed.user)
        #expect(result.status == 1)
        #expect(result.text.contains("  PROBLEM  \(installed.program) is not setuid"))
        #expect(result.text.contains("           mend: chmod 4711 \(installed.program)\n"))
        #expect(!result.text.contains("\u{1B}"), "colour is for terminals")
    }
}

extension Installed {
    /// Switches per-domain on, with these records.
    fileprivate func perDomain(_ records: String) throws {
        settings["per-domain"] = "yes"
        try write(records, to: "control/simcontrol")
        try compile()
    }

    /// A server that says this to everybody; returns its address.
    fileprivate func speaker(_ text: String) throws -> String {
        let server = try FakeServer(at: .tcp(), door: .open) { client in
            if !text.isEmpty { try client.send(text) }
        }
        others.append(server)
        return server.address
    }
}
