import Fakes
import Foundation
import Glibc
import Testing

/// What can be wrong with the control files, the filter and its directories.
extension CheckFaultTests {
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
}

extension Installed {
    /// Switches per-domain on, with these records.
    func perDomain(_ records: String) throws {
        settings["per-domain"] = "yes"
        try write(records, to: "control/simcontrol")
        try compile()
    }

    /// A server that says this to everybody; returns its address.
    func speaker(_ text: String) throws -> String {
        let server = try FakeServer(at: .tcp(), door: .open) { client in
            if !text.isEmpty { try client.send(text) }
        }
        others.append(server)
        return server.address
    }
}
