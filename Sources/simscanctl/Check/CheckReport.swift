/// All findings, for people and for programs.
struct CheckReport {
    let findings: [Finding]

    private func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }

    /// Whether there is nothing to mend that stops or loses something.
    var isFine: Bool { count(.problem) == 0 }

    func text(for terminal: Terminal) -> String {
        var text = ""
        for section in Finding.Section.allCases {
            let own = findings.filter { $0.section == section }
            guard !own.isEmpty else { continue }
            text += (text.isEmpty ? "" : "\n") + terminal.styled(section.rawValue.capitalized, .bold) + "\n"
            for finding in own { text += Self.text(finding, terminal) }
        }
        return text + "\n" + summary(terminal) + "\n"
    }

    private static func text(_ finding: Finding, _ terminal: Terminal) -> String {
        let (word, style): (String, Style) =
            switch finding.severity {
            case .ok: ("ok     ", .green)
            case .warning: ("warning", .yellow)
            case .problem: ("PROBLEM", .red)
            }
        var text = "  " + terminal.styled(word, style) + "  " + SafeText.text(finding.what) + "\n"
        if let mend = finding.mend { text += "           mend: " + terminal.styled(SafeText.text(mend), .cyan) + "\n" }
        return text
    }

    private func summary(_ terminal: Terminal) -> String {
        let problems = count(.problem)
        let warnings = count(.warning)
        if problems + warnings == 0 { return terminal.styled("All is well.", .green) }
        let text = Units.counted(problems, "problem") + ", " + Units.counted(warnings, "warning")
        return terminal.styled(text, problems > 0 ? .red : .yellow)
    }

    var json: JSON {
        .object([
            ("fine", .bool(isFine)), ("problems", .integer(count(.problem))), ("warnings", .integer(count(.warning))),
            (
                "findings",
                .array(
                    findings.map { finding in
                        .object([
                            ("section", .string(finding.section.rawValue)),
                            ("severity", .string(finding.severity.rawValue)), ("name", .string(finding.name)),
                            ("what", .string(finding.what)), ("mend", finding.mend.map(JSON.string) ?? .null),
                        ])
                    })
            ),
        ])
    }
}
