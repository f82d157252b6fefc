/// What the log lines of an installation tell of its options.
struct LogEvidence {
    /// States of the classic's lines, with how many there are.
    private(set) var states: [(name: String, count: Int)] = []
    /// Lines with a score.
    private(set) var scored = 0
    /// The lowest and the highest score of refused and of passed mail.
    private var lowestRefused: Double?

    var isEmpty: Bool { states.isEmpty }
    var lines: Int { states.reduce(0) { $0 + $1.count } }

    /// Takes in the lines of a file, behind whatever prefix a logger gave them.
    mutating func add(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let start = line.range(of: "simscan:[")?.upperBound else { continue }
            let fields = line[start...].split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, fields[0].hasSuffix("]") else { continue }
            let words = fields[1].split(separator: " ")
            let name = words.prefix { !$0.hasPrefix("(") }.joined(separator: " ")
            guard !name.isEmpty, name.allSatisfy({ $0.isUppercase || $0 == " " }) else { continue }
            count(name)
            guard let scores = words.first(where: { $0.hasPrefix("(") }) else { continue }
            scored += 1
            if name == "SPAM REJECT" || name == "SPAM DROPPED",
                let score = Double(scores.dropFirst().prefix { $0 != "/" && $0 != ")" })
            {
                lowestRefused = min(lowestRefused ?? score, score)
            }
        }
    }

    private mutating func count(_ name: String) {
        if let index = states.firstIndex(where: { $0.name == name }) {
            states[index].count += 1
        } else {
            states.append((name, 1))
        }
    }

    private func count(of names: String...) -> Int {
        states.filter { names.contains($0.name) }.reduce(0) { $0 + $1.count }
    }

    /// Options of configure that the lines show to have been on, each with what shows it.
    var options: [(option: String, because: String)] {
        var options: [(option: String, because: String)] = []
        func add(_ option: String, _ count: Int, _ what: String) {
            if count > 0 { options.append(("--enable-" + option + "=y", "\(count) " + what)) }
        }
        add("clamav", count(of: "VIRUS", "VIRUS DROPPED"), "lines of a virus")
        add("spam", scored, "lines with a score")
        add("spam-passthru", count(of: "PASSTHRU"), "lines PASSTHRU")
        add("attach", count(of: "ATTACH"), "lines ATTACH")
        add("dropmsg", count(of: "VIRUS DROPPED", "SPAM DROPPED"), "lines of dropped mail")
        return options
    }

    /// What cannot be read from the lines with certainty.
    var hint: String? {
        lowestRefused.map { "the lowest score of refused mail is \($0): spam-hits was no higher" }
    }
}
