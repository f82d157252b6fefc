import Fakes
import Foundation

/// Why the demo cannot begin.
struct StageFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Everything around simscan: fake scanners, a control directory, a queue, a working directory.
final class Stage {
    private let simscan: String
    private let clamd: FakeClamd
    private let spamd: FakeSpamd
    private let control: ControlDirectory
    private let workdir: TemporaryDirectory

    init(simscan: String, simscanmk: String) throws {
        for program in [simscan, simscanmk, BuiltPrograms.fakeQmailQueue] {
            guard FileManager.default.isExecutableFile(atPath: program) else {
                throw StageFailure("\(program) is not there; build it first, or name another")
            }
        }
        self.simscan = simscan
        clamd = try FakeClamd()
        spamd = try FakeSpamd()
        workdir = try TemporaryDirectory()
        control = try ControlDirectory([
            "clamav": "yes",
            "clamd": clamd.address,
            "spam": "yes",
            "spamd": spamd.address,
            "attach": "yes",
            "custom-smtp-reject": "yes",
            "workdir": workdir.path,
            "qmail-queue": BuiltPrograms.fakeQmailQueue,
        ])
        try control.writeAttachmentList([".bat", ".com.exe", ".exe", ".pif", ".scr", ".vbs"])
        let compiled = try control.compile(by: simscanmk)
        guard compiled.exitStatus == 0 else {
            throw StageFailure("\(simscanmk), \(compiled.ending): " + compiled.logLines.joined(separator: "\n"))
        }
        try warmUp()
    }

    /// The first run of a program reads it from the disk, which is not what the milliseconds are to tell.
    private func warmUp() throws {
        _ = try show(Sample("a first one", SampleMessages.clean, expected: nil))
    }

    /// Sends a message through simscan, as qmail-smtpd would.
    func show(_ sample: Sample) throws -> Outcome {
        let queue = try FakeQueue()
        defer { queue.remove() }
        try clamd.server.setDoor(sample.clamdIsDown ? .closed : .open)
        var run = FilterRun(of: simscan, message: sample.message, from: sample.sender, to: sample.recipients)
        run.environment.merge(queue.environment()) { $1 }
        run.environment["SIMSCAN_CONTROLDIR"] = control.path
        run.environment["TCPREMOTEIP"] = "192.0.2.25"
        let result = try run.run()
        return Outcome(of: sample, result, queued: try queue.arrivals())
    }

    /// What the scanners have to complain about.
    func scannerProblems() -> [String] {
        clamd.waitUntilIdle()
        spamd.waitUntilIdle()
        return clamd.problems.map { "clamd: " + $0 } + spamd.problems.map { "spamd: " + $0 }
    }

    func close() {
        clamd.stop()
        spamd.stop()
        control.remove()
        workdir.remove()
    }
}
