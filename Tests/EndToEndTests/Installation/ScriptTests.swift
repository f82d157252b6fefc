import Fakes
import Foundation
import Testing

/// The scripts of `Tests/Scripts`: what is installed, packaged and written down is for a shell, and tested by one.
@Suite struct ScriptTests {
    @Test(
        "The tests in shell pass",
        arguments: [("install", true), ("contrib", true), ("documents", false)])
    func script(name: String, needsRoot: Bool) throws {
        guard !needsRoot || geteuid() == 0 else { return }
        let directory = try TemporaryDirectory(mode: 0o755)
        defer { directory.remove() }
        var run = FilterRun(of: "/bin/bash", message: [], envelope: [])
        run.arguments = [Repository.path(of: "Tests/Scripts/\(name).sh")]
        run.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": directory.path,
            "WORK": directory.path,
            "BUILT": URL(fileURLWithPath: BuiltPrograms.simscan).deletingLastPathComponent().path,
            "FAKE_QMAIL_QUEUE": BuiltPrograms.fakeQmailQueue, "FAKES": BuiltPrograms.fakes,
        ]
        run.rejectChannels = [:]
        run.timeLimit = .seconds(120)
        let result = try run.run()
        #expect(result.exitStatus == 0, "\(result.logLines.joined(separator: "\n"))")
        // A script that has tested nothing has not passed.
        #expect(result.logLines.contains { $0.hasPrefix("ok: ") })
    }
}
