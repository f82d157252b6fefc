/// What a section of the torture has come to.
struct Tally {
    /// What must never be.
    enum Fault: String, CaseIterable {
        /// Neither in the queue, nor with the sender, nor in the quarantine.
        case lost
        /// In the queue though it should not be there, or not as it should be.
        case wronglyAccepted = "wrongly accepted"
        /// A file, a process, a descriptor or a block of memory that nobody needs any more.
        case leftBehind = "left behind"
        /// Too much time, too much memory, no clear log line, or a verdict that is not defined.
        case unbounded
    }

    var runs = 0
    var injected = 0
    private(set) var counts: [Fault: Int] = [:]
    /// The first of each kind, in words.
    private(set) var examples: [String] = []

    private static let mostExamples = 40

    var isClean: Bool { counts.isEmpty }

    mutating func note(_ fault: Fault, _ text: String) {
        counts[fault, default: 0] += 1
        if examples.count < Self.mostExamples { examples.append(fault.rawValue + ": " + text) }
    }

    mutating func add(_ other: Tally) {
        runs += other.runs
        injected += other.injected
        counts.merge(other.counts, uniquingKeysWith: +)
        examples += other.examples.prefix(Self.mostExamples - examples.count)
    }

    /// The line that is printed for a section.
    func line(_ title: String, injects: Bool = true) -> String {
        var parts = ["\(runs) runs"]
        if injects { parts.append("\(injected) faults injected") }
        parts += [
            "\(counts[.lost, default: 0]) messages lost", "\(counts[.wronglyAccepted, default: 0]) wrongly accepted",
            "\(counts[.leftBehind, default: 0]) left behind",
        ]
        if let unbounded = counts[.unbounded] { parts.append("\(unbounded) unbounded or unclear") }
        return title + ": " + parts.joined(separator: ", ")
    }
}
