import Fakes
import Foundation

/// Two hosts, and packets to the first vanish: the message that finds out is held up for a moment, the following
/// ones are not, and the host is in use again soon after it heals.
///
/// A machine that does other work stops any program for some milliseconds now and then: beside each message goes
/// one through hosts that are well, and as many of those may be late.
struct BlackHoleSection {
    let network: Network
    /// How long the host is a black hole: behind 80 seconds its pauses are the longest.
    let seconds: Int

    /// What the first message may take more than one through hosts that are well, and each following one.
    private static let first = Duration.milliseconds(500)
    private static let following = Duration.milliseconds(20)
    /// What a message takes more, at the least, that waits for a connection until another host is asked.
    private static let headStart = Duration.milliseconds(200)
    private static let healing = Duration.seconds(60)
    private static let pace = Duration.milliseconds(20)

    func run() throws -> Tally {
        let clamds = try network.machines.prefix(4).map { machine in
            try machine.on { try FakeClamd(at: machine.place()) }
        }
        defer { for clamd in clamds { clamd.stop() } }
        let pair = try Pair(
            ill: MailHost(["clamd = \(clamds[0].address), \(clamds[1].address)"]),
            well: MailHost(["clamd = \(clamds[2].address), \(clamds[3].address)"]))
        defer { pair.remove() }
        return try run(clamds[0], pair)
    }

    private func run(_ hole: FakeClamd, _ pair: Pair) throws -> Tally {
        var tally = Tally()
        let before = try pair.send(for: .seconds(seconds < 60 ? 1 : 5), every: Self.pace, &tally)
        let usual = before.well.quantile(0.5)
        let taken = hole.server.connections
        tally.requireInTime(taken == before.ill.count, "\(taken) of \(before.ill.count) messages at the first host")

        try cut(hole)
        let found = try pair.sendOne(&tally).ill
        tally.requireInTime(
            found < usual + Self.first,
            "the first message takes \(found.short), one through healthy hosts \(usual.short)")
        let during = try pair.send(for: .seconds(seconds), every: Self.pace, &tally)
        for (more, words) in [(Self.following, "late"), (Self.headStart, "held up")] {
            let late = during.ill.count { $0 > usual + more }
            let lateAnyway = during.well.count { $0 > usual + more }
            tally.requireInTime(
                late <= 2 * lateAnyway + 2,
                "\(late) of \(during.ill.count) following messages are \(words) (more than \(more.short)), of those "
                    + "through healthy hosts \(lateAnyway)")
        }
        // The middle is what all of them cost, whatever else the machine does.
        let middle = during.ill.quantile(0.5) - during.well.quantile(0.5)
        tally.requireInTime(middle < Self.following, "the following messages take \(middle.short) more")
        let late = during.ill.count { $0 > usual + Self.following }
        let lateAnyway = during.well.count { $0 > usual + Self.following }
        print(
            "  one through healthy hosts \(usual.short); the first \(found.short); \(during.ill.count) following: middle "
                + "\(during.ill.quantile(0.5).short), 99 of 100 within \(during.ill.quantile(0.99).short), the slowest "
                + "\(during.ill.quantile(1).short); \(late) over \(Self.following.short) more, beside them "
                + "\(lateAnyway) through healthy hosts")

        try heal(hole)
        let healed = ContinuousClock.now
        let asked = hole.requests.count
        while hole.requests.count == asked, ContinuousClock.now < healed + Self.healing {
            _ = try pair.send(for: .milliseconds(100), every: Self.pace, &tally)
        }
        let back = ContinuousClock.now - healed
        tally.require(hole.requests.count > asked, "the host is not in use \(Self.healing.short) after it healed")
        let after = hole.requests.count
        let count = try pair.send(for: .seconds(1), every: Self.pace, &tally).ill.count
        tally.requireInTime(hole.requests.count == after + count, "the host is back, and does not get the mail")
        tally.require(tally.deferred == 0, "\(tally.deferred) messages are deferred")
        print("  in use again \(back.short) after it healed")
        return tally
    }

    private func cut(_ hole: FakeClamd) throws {
        if network.hasNamespaces { try network.machines[0].cut() } else { try hole.server.setDoor(.full) }
    }

    private func heal(_ hole: FakeClamd) throws {
        if network.hasNamespaces { try network.machines[0].join() } else { try hole.server.setDoor(.open) }
    }
}

/// Two mail hosts that get the same mail at the same time, one of them for comparison.
private final class Pair {
    private let ill: MailHost
    private let well: MailHost
    private let queue: FakeQueue
    private var id = 0

    init(ill: MailHost, well: MailHost) throws {
        self.ill = ill
        self.well = well
        queue = try FakeQueue()
    }

    func remove() {
        ill.remove()
        well.remove()
        queue.remove()
    }

    /// How long one message takes each.
    func sendOne(_ tally: inout Tally) throws -> (ill: Duration, well: Duration) {
        id += 1
        let letter = Letter(id / 2, [.clean, .virus])
        // Who comes second finds everything warm: they take turns.
        if id.isMultiple(of: 2) {
            let usual = try well.send(letter, &tally, queue: queue).duration
            return (try ill.send(letter, &tally, queue: queue).duration, usual)
        }
        let held = try ill.send(letter, &tally, queue: queue).duration
        return (held, try well.send(letter, &tally, queue: queue).duration)
    }

    /// How long messages take each for this long, with a pause between one and the next.
    func send(
        for duration: Duration, every pace: Duration, _ tally: inout Tally
    ) throws -> (ill: [Duration], well: [Duration]) {
        var durations: (ill: [Duration], well: [Duration]) = ([], [])
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            let next = try sendOne(&tally)
            durations.ill.append(next.ill)
            durations.well.append(next.well)
            Thread.sleep(forTimeInterval: pace.inSeconds)
        }
        return durations
    }
}
