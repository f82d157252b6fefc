import Fakes

/// What a section has come to.
struct Tally {
    var messages = 0
    var passed = 0
    var refused = 0
    /// How often a sender was told to try again.
    var deferred = 0
    /// Accepted, or never told anything, and in no queue.
    private(set) var lost = 0
    /// Passed or refused against the truth.
    private(set) var wrong = 0
    /// What is not as it must be, in words: the first of them.
    private(set) var faults: [String] = []
    private var faultCount = 0

    /// What took longer than it may, which another run on a busy machine may not.
    private(set) var lateness: [String] = []

    private static let mostFaults = 20

    var isClean: Bool { faultCount == 0 }
    var isInTime: Bool { lateness.isEmpty }

    mutating func note(_ text: String) {
        faultCount += 1
        if faults.count < Self.mostFaults { faults.append(text) }
    }

    mutating func require(_ condition: Bool, _ text: String) {
        if !condition { note(text) }
    }

    mutating func requireInTime(_ condition: Bool, _ text: String) {
        if !condition, lateness.count < Self.mostFaults { lateness.append(text) }
    }

    mutating func noteLost(_ text: String) {
        lost += 1
        note("lost: " + text)
    }

    mutating func noteWrong(_ text: String) {
        wrong += 1
        note("wrong: " + text)
    }

    mutating func add(_ other: Tally) {
        messages += other.messages
        passed += other.passed
        refused += other.refused
        deferred += other.deferred
        lost += other.lost
        wrong += other.wrong
        faultCount += other.faultCount
        faults += other.faults.prefix(Self.mostFaults - faults.count)
        lateness += other.lateness.prefix(Self.mostFaults - lateness.count)
    }

    /// `6000 messages: passed 2000, refused 4000, deferred 0; lost 0, wrong 0`
    var line: String {
        "\(messages) messages: passed \(passed), refused \(refused), deferred \(deferred); lost \(lost), wrong \(wrong)"
    }
}

extension Duration {
    /// `12 ms` or `1.2 s`
    var short: String {
        let milliseconds = inSeconds * 1000
        return milliseconds < 1000
            ? "\(Int(milliseconds.rounded())) ms" : "\((milliseconds / 100).rounded() / 10) s"
    }
}

extension [Duration] {
    /// The one that stands at this part of the whole, from the shortest on.
    func quantile(_ part: Double) -> Duration {
        let ordered = sorted()
        return ordered.isEmpty ? .zero : ordered[Swift.min(ordered.count - 1, Int(Double(ordered.count) * part))]
    }
}
