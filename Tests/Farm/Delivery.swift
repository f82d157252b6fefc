import Fakes
import Synchronization

/// A stream of messages, many at a time; a sender who is told to try again does so.
struct Delivery: Sendable {
    let messages: Int
    let concurrency: Int
    var kinds = Letter.Kind.allCases
    /// How often one message may be deferred while hosts die; behind that it is lost.
    var tries = 100
    /// The mail host of a message.
    let host: @Sendable (_ id: Int) -> MailHost
    /// Whether more messages than these are wanted, which is asked ahead of each.
    var goesOn: @Sendable () -> Bool = { false }
    /// Told of every message that is through, with how many are by then.
    var progress: @Sendable (_ through: Int) -> Void = { _ in }

    /// So many times the messages that were asked for are the most, whoever wants more.
    private static let mostTimes = 10

    private struct Line {
        var next = 0
        var through = 0
        /// Those that were deferred, and how often.
        var again: [(id: Int, tries: Int)] = []
        var tally = Tally()
    }

    /// Sends all of them, and again what was deferred, until each has its verdict.
    ///
    /// - Parameter calm: called when all messages were sent once, ahead of the last tries: the hosts that are down
    ///   come back.
    func run(calm: () throws -> Void = {}) throws -> Tally {
        let line = Mutex(Line())
        try inThreads(concurrency) { _ in
            try work(line) { line in
                guard line.next < messages || line.next < Self.mostTimes * messages && goesOn() else { return nil }
                defer { line.next += 1 }
                return (line.next, 0)
            }
        }
        try calm()
        try inThreads(concurrency) { _ in
            try work(line) { $0.again.popLast() }
        }
        return line.withLock { $0.tally }
    }

    private func work(
        _ line: borrowing Mutex<Line>, _ take: @Sendable (inout Line) -> (id: Int, tries: Int)?
    ) throws {
        let queue = try FakeQueue()
        defer { queue.remove() }
        var tally = Tally()
        while let (id, tries) = line.withLock({ take(&$0) }) {
            let letter = Letter(id, kinds)
            let result = try host(id).send(letter, &tally, queue: queue)
            // A message is counted once, however often it comes.
            if tries > 0 { tally.messages -= 1 }
            if result.exitStatus == 71 {
                if tries < self.tries {
                    line.withLock { $0.again.append((id, tries + 1)) }
                    continue
                }
                tally.noteLost("\(letter.kind) \(id): deferred \(tries + 1) times, " + result.logLines.joined())
            }
            let through = line.withLock { line in
                line.through += 1
                return line.through
            }
            progress(through)
        }
        line.withLock { $0.tally.add(tally) }
    }
}
