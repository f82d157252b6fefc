import Fakes
import Foundation
import Glibc
import Testing

/// simscan where it is installed, `/var/qmail`, without a word of settings: a tree of our own is mounted there, for
/// the filter alone. That needs root, and a system that lets it have mounts of its own.
@Suite(.enabled(if: InstalledTests.canMount, "unshare --mount is not allowed here")) struct InstalledTests {
    private static let canMount: Bool = {
        let unshare = Process()
        unshare.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        unshare.arguments = ["--mount", "/bin/true"]
        unshare.standardError = FileHandle.nullDevice
        guard (try? unshare.run()) != nil else { return false }
        unshare.waitUntilExit()
        return unshare.terminationStatus == 0
    }()

    /// `/var` and `/run` of an installed system.
    private struct System {
        let directory: TemporaryDirectory
        let queue: FakeQueue

        init() throws {
            directory = try TemporaryDirectory(mode: 0o755)
            queue = try FakeQueue()
            let files = FileManager.default
            for path in ["var/qmail/bin", "var/qmail/control", "var/qmail/simscan", "run/clamav"] {
                try files.createDirectory(atPath: directory.path(of: path), withIntermediateDirectories: true)
            }
            try files.copyItem(atPath: BuiltPrograms.simscan, toPath: program)
            try files.copyItem(
                atPath: BuiltPrograms.fakeQmailQueue, toPath: directory.path(of: "var/qmail/bin/qmail-queue"))
        }

        var program: String { directory.path(of: "var/qmail/bin/simscan") }

        func run(_ message: [UInt8], _ change: (inout FilterRun) -> Void = { _ in }) throws -> FilterResult {
            var run = FilterRun(
                of: "/var/qmail/bin/simscan", message: message, from: "alice@example.org", to: ["bob@example.com"])
            let mounts = ["var", "run"].map { "mount --bind \(directory.path(of: $0)) /\($0)" }
            run.launcher =
                ["/usr/bin/unshare", "--mount", "/bin/sh", "-c"]
                + [(mounts + ["exec \"$0\" \"$@\""]).joined(separator: " && ")]
            run.environment.merge(queue.environment()) { $1 }
            change(&run)
            return try run.run()
        }

        func remove() {
            directory.remove()
            queue.remove()
        }
    }

    @Test func `Without settings a message is scanned by the system's clamd and queued by the system's qmail-queue`()
        throws
    {
        let system = try System()
        defer { system.remove() }
        let clamd = try FakeClamd(at: .unixAt(path: system.directory.path(of: "run/clamav/clamd.ctl")))
        defer { clamd.stop() }
        let clean = try system.run(SampleMessages.clean)
        #expect(clean.exitStatus == 0)
        #expect(clean.events.map(\.state) == ["CLEAN"])
        #expect(try system.queue.arrivals().map(\.message) == [SampleMessages.clean])
        let infected = try system.run(SampleMessages.eicar)
        #expect(infected.exitStatus == 31)
        #expect(infected.events.map(\.state) == ["VIRUS"])
        // Neither spamd nor the attachment check is on by default, and nothing is told to the client.
        #expect(try system.run(SampleMessages.trojan).exitStatus == 0)
        #expect(infected.rejectText == "")
    }

    @Test func `Without settings and clamd a message is deferred`() throws {
        let system = try System()
        defer { system.remove() }
        let result = try system.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.what == "clamd unix_/run/clamav/clamd.ctl_ cannot connect, No such file or directory")
        #expect(try system.queue.isEmpty())
    }

    @Test(arguments: [false, true]) func `Only a setuid program keeps to the system's control files`(isSetuid: Bool)
        throws
    {
        let system = try System()
        defer { system.remove() }
        // The caller's control files switch the scan off.
        let callers = try ControlDirectory(["clamav": "no"])
        try callers.compile(by: BuiltPrograms.simscanmk)
        let nobody = try #require(getpwnam("nobody")).pointee
        chmod(system.directory.path(of: "var/qmail/simscan"), 0o777)
        if isSetuid {
            #expect(chown(system.program, nobody.pw_uid, nobody.pw_gid) == 0)
            #expect(chmod(system.program, 0o4755) == 0)
        }
        let result = try system.run(SampleMessages.clean) { $0.environment["SIMSCAN_CONTROLDIR"] = callers.path }
        #expect(result.exitStatus == (isSetuid ? 71 : 0), "\(result.logLines)")
        #expect(try system.queue.isEmpty() == isSetuid)
        callers.remove()
    }
}
