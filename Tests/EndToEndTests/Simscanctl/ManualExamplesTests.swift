import Fakes
import Foundation
import Glibc
import Testing

/// Every command of every EXAMPLES section is run as it stands there.
@Suite struct ManualExamplesTests {
    /// A system with a simscan where the manual says that it is: `/var/qmail`, and the user `simscan`.
    private final class System {
        let directory: TemporaryDirectory
        let clamd: FakeClamd
        let spamd: FakeSpamd

        /// Of the user `simscan`, in this system alone.
        private static let user: uid_t = 64_250

        private static let records = [
            "news-list@example.com:spam=yes,spam_hits=12", "example.com:clam=yes,spam=no",
            ":clam=yes,spam=yes,attach=.exe:.scr",
        ]

        init() throws {
            directory = try TemporaryDirectory(mode: 0o755)
            clamd = try FakeClamd(at: .tcp())
            spamd = try FakeSpamd(at: .tcp())
            for path in [
                "var/qmail/bin", "var/qmail/control", "var/log/qmail/smtpd", "var/queue", "home/simscan-1.4.0",
            ] {
                try FileManager.default.createDirectory(
                    atPath: directory.path(of: path), withIntermediateDirectories: true)
            }
            for (path, mode) in [("simscan", 0o2750), ("quarantine", 0o750), ("simscan.state", 0o750)] {
                let path = directory.path(of: "var/qmail/" + path)
                mkdir(path, 0o700)
                chown(path, Self.user, Self.user)
                chmod(path, mode_t(mode))
            }
            try addUser()
            try addPrograms()
            try addControlFiles()
            try addHome()
            try addQuarantineAndCounters()
        }

        private func addUser() throws {
            for (file, line) in [
                ("passwd", "simscan:x:\(Self.user):\(Self.user)::/nonexistent:/usr/sbin/nologin\n"),
                ("group", "simscan:x:\(Self.user):\n"),
            ] {
                let text = try String(contentsOfFile: "/etc/" + file, encoding: .utf8)
                let path = try directory.write((text + line).utf8, to: file)
                chmod(path, 0o644)
            }
        }

        private func addPrograms() throws {
            let filter = directory.path(of: "var/qmail/bin/simscan")
            try FileManager.default.copyItem(atPath: BuiltPrograms.simscan, toPath: filter)
            chown(filter, Self.user, Self.user)
            chmod(filter, 0o4711)
            let queue = directory.path(of: "var/qmail/bin/qmail-queue")
            try FileManager.default.copyItem(atPath: BuiltPrograms.fakeQmailQueue, toPath: queue)
            chmod(queue, 0o755)
        }

        private func addControlFiles() throws {
            let settings = [
                "clamd = " + clamd.address, "spam = yes", "spamd = " + spamd.address, "attach = yes",
                "per-domain = yes", "quarantinedir = /var/qmail/quarantine", "custom-smtp-reject = yes",
            ]
            for (file, lines) in [("simscan.conf", settings), ("simcontrol", Self.records), ("ssattach", [".exe"])] {
                try directory.write(lines.map { $0 + "\n" }.joined().utf8, to: "var/qmail/control/" + file)
            }
            _ = try CommandResult(
                of: [BuiltPrograms.simscanmk],
                environment: ["SIMSCAN_CONTROLDIR": directory.path(of: "var/qmail/control")])
        }

        /// What the examples read.
        private func addHome() throws {
            try directory.write(SampleMessages.clean, to: "home/message.eml")
            let log = "\n  $ ./configure --enable-clamav=y --enable-spam=y --enable-per-domain=y --enable-attach=y\n"
            try directory.write(log.utf8, to: "home/simscan-1.4.0/config.log")
            let line = "simscan:[25399]:VIRUS:0.3000s:Worm.Bagle.AU:192.0.2.7:a@example.org:b@example.com\n"
            for path in ["home/current", "var/log/qmail/smtpd/current"] { try directory.write(line.utf8, to: path) }
        }

        /// A message that was kept, and the counters of a filter that has not counted yet.
        private func addQuarantineAndCounters() throws {
            let log = "simscan:[25399]:VIRUS:0.3000s:Worm.Bagle.AU:192.0.2.7:a@example.org:b@example.com\n"
            let envelope = Envelope(from: "a@example.org", to: ["b@example.com"])
            for (kind, bytes) in [
                ("msg.", SampleMessages.eicar), ("addr.", envelope.bytes), ("log.", Array(log.utf8)),
            ] {
                try directory.write(bytes, to: "var/qmail/quarantine/" + kind + "1790000000.123456.4711")
            }
            let header = Array("simscan-metrics\n".utf8) + [1] + [UInt8](repeating: 0, count: 7)
            try directory.write(
                header + [UInt8](repeating: 0, count: 4096 - header.count), to: "var/qmail/simscan.state/metrics")
        }

        /// Runs a line of a shell.
        func run(_ line: String) throws -> CommandResult {
            let programs = URL(fileURLWithPath: BuiltPrograms.simscanctl).deletingLastPathComponent().path
            let mounts = [
                "mount --bind \(directory.path(of: "var")) /var",
                "mount --bind \(directory.path(of: "passwd")) /etc/passwd",
                "mount --bind \(directory.path(of: "group")) /etc/group",
            ]
            return try CommandResult(
                of: ["/usr/bin/unshare", "--mount", "/bin/bash", "-c"]
                    + [(mounts + ["exec /bin/bash -o pipefail -c \"$0\""]).joined(separator: " && "), line],
                environment: [
                    "PATH": programs + ":/usr/sbin:/usr/bin:/sbin:/bin", "FAKE_QUEUE": "/var/queue",
                ],
                directory: directory.path(of: "home"))
        }

        func remove() {
            clamd.stop()
            spamd.stop()
            directory.remove()
        }
    }

    @Test(.enabled(if: mayMount && geteuid() == 0, "needs root and mounts of its own"))
    func `Every command of every EXAMPLES section runs, and ends well`() throws {
        for page in try ManualExamples.all() where !page.commands.isEmpty {
            let system = try System()
            defer { system.remove() }
            for command in page.commands {
                let result = try system.run(command)
                #expect(result.status == 0, "\(page.page): \(command): \(result.text)\(result.errors)")
                // What writes a file or sets a variable has nothing to say.
                let isSilent = [">", "export ", "metrics --output"].contains { command.contains($0) }
                let said = result.text + result.errors
                #expect(isSilent || !said.isEmpty, "\(page.page): \(command) says nothing")
            }
        }
    }

    @Test func `Every control file of an EXAMPLES section is one that simscanmk takes`() throws {
        for (page, name) in [("simscan.conf.5", "simscan.conf"), ("simcontrol.5", "simcontrol")] {
            let files = try ManualExamples(page: page).files
            #expect(!files.isEmpty, "\(page) has no example")
            for lines in files {
                let control = try ControlDirectory()
                defer { control.remove() }
                try control.write(lines, to: name)
                let result = try control.compile(by: BuiltPrograms.simscanmk, arguments: ["--check"])
                #expect(result.exitStatus == 0, "\(page): \(result.logLines)")
            }
        }
    }

    @Test func `simscanctl(8) has an example of each of its commands`() throws {
        let examples = try ManualExamples(page: "simscanctl.8").commands
        let listed = ["check", "explain", "test", "quarantine", "log", "metrics", "migrate"]
        for command in listed {
            #expect(examples.contains { $0.hasPrefix("simscanctl " + command) })
        }
    }
}
