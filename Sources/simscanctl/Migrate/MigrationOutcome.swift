import SimscanNative

/// The settings that mean the same as a classic installation, and what became of everything.
struct MigrationOutcome {
    /// The `simscan.conf`.
    let text: String
    let line: String
    /// Nil where only log lines tell.
    let origin: String?
    let sources: [String]
    let problems: [String]
    let notes: [String]
    let states: [(name: String, count: Int)]

    /// Whether everything was understood.
    var isWhole: Bool { problems.isEmpty && !notes.contains { $0.contains(": error: ") } }

    /// Each option and what became of it, in the order of the file.
    private var fates: [(option: String, became: String)] {
        text.split(separator: "\n").compactMap { line in
            if let comment = line.range(of: "  # "), !line.hasPrefix("#   ") {
                return (String(line[comment.upperBound...]), String(line[..<comment.lowerBound]))
            }
            guard line.hasPrefix("#   "), let colon = line.range(of: ": ") else { return nil }
            return (String(line[..<colon.lowerBound].dropFirst(4)), String(line[colon.upperBound...]))
        }
    }

    func report(for terminal: Terminal) -> String {
        var text = ""
        for source in sources { text += "read  " + SafeText.text(source) + "\n" }
        var table = Table([.left("option"), .text("what became of it")])
        for (option, became) in fates { table.add([.init(SafeText.text(option)), .init(SafeText.text(became))]) }
        if !fates.isEmpty { text += "\n" + table.text(for: terminal) }
        for problem in problems {
            text += "\n" + terminal.styled("not understood", .red) + "  " + SafeText.text(problem)
        }
        for note in notes { text += "\n" + terminal.styled("note", .yellow) + "  " + SafeText.text(note) }
        if !problems.isEmpty || !notes.isEmpty { text += "\n" }
        return text + "\nNext: simscanmk --check, simscanmk, simscanctl check, simscanctl test --self\n"
    }

    var json: JSON {
        .object([
            ("understood", .bool(isWhole)), ("configure", .string(line)), ("origin", origin.map(JSON.string) ?? .null),
            ("settings", .string(text)),
            (
                "options",
                .array(fates.map { .object([("option", .string($0.option)), ("became", .string($0.became))]) })
            ),
            ("read", .array(sources.map(JSON.string))), ("not_understood", .array(problems.map(JSON.string))),
            ("notes", .array(notes.map(JSON.string))),
            ("log", .object(states.map { ($0.name, .integer($0.count)) })),
        ])
    }
}
