import Fakes
import Foundation

/// One installation of the filter on the mail host.
final class MailHost: Sendable {
    private let control: ControlDirectory
    private let workdir: TemporaryDirectory
    private let state: TemporaryDirectory
    private let launcher: [String]

    /// What a filter may take in all: more than any deadline of these tests.
    private static let timeLimit = Duration.seconds(100)

    /// - Parameters:
    ///   - settings: lines of simscan.conf.
    ///   - remembers: whether one message's faults are known to the next.
    ///   - launcher: a command ahead of the filter.
    init(_ settings: [String], remembers: Bool = true, launcher: [String] = []) throws {
        control = try ControlDirectory()
        workdir = try TemporaryDirectory(mode: 0o755)
        state = try TemporaryDirectory(mode: 0o755)
        self.launcher = launcher
        let own = [
            "workdir = " + workdir.path, "statedir = " + (remembers ? state.path : "off"),
            "qmail-queue = " + BuiltPrograms.fakeQmailQueue,
        ]
        try control.write(own + settings, to: "simscan.conf")
        let compiled = try control.compile(by: BuiltPrograms.simscanmk)
        guard compiled.exitStatus == 0 else {
            throw Trouble("simscanmk: " + compiled.logLines.joined(separator: "\n"))
        }
    }

    /// Takes one message through the filter.
    func run(_ letter: Letter, queue: FakeQueue) throws -> FilterResult {
        var run = FilterRun(of: BuiltPrograms.simscan, message: letter.message, envelope: letter.envelope.bytes)
        run.launcher = launcher
        run.environment["SIMSCAN_CONTROLDIR"] = control.path
        run.environment.merge(queue.environment()) { $1 }
        run.timeLimit = Self.timeLimit
        return try run.run()
    }

    /// Takes one message through the filter, and judges what became of it.
    func send(_ letter: Letter, _ tally: inout Tally, queue: FakeQueue) throws -> FilterResult {
        let result = try run(letter, queue: queue)
        let arrivals = try queue.arrivals()
        try queue.empty()
        tally.messages += 1
        let words = "\(letter.kind) \(letter.id): \(result.ending), " + result.logLines.joined(separator: " / ")
        switch result.exitStatus {
        case 0:
            tally.passed += 1
            if letter.status != 0 { tally.noteWrong(words) }
            if arrivals.count != 1 { tally.noteLost(words + " (\(arrivals.count) in the queue)") }
        case 31:
            tally.refused += 1
            if letter.status != 31 { tally.noteWrong(words) }
        case 71: tally.deferred += 1
        default: tally.note(words)
        }
        let mayArrive = result.exitStatus == 0 && letter.kind == .clean
        for arrival in arrivals where !mayArrive || !letter.isWhole(arrival) {
            tally.noteWrong(words + " (\(arrival.message.count) bytes are in the queue)")
        }
        tally.require(result.events.count == 1, words + " (not one log line)")
        return result
    }

    /// Whether no file of a message is left.
    func isTidy() throws -> Bool { try workdir.names().isEmpty }

    func remove() {
        control.remove()
        workdir.remove()
        state.remove()
    }
}

extension FilterResult {
    /// The lines that end a message, which is all but notes.
    var events: [String] { logLines.filter { !$0.contains("]:NOTE:") && !$0.contains("]:DEBUG:") } }
}
