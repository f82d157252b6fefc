import SimscanNative

extension Trial {
    /// For people.
    func text(for terminal: Terminal) -> String {
        var text = title(terminal) + "\n"
        text += section("Parts", partLines(terminal), terminal)
        text += section("Scanners", scannerLines(terminal), terminal)
        let style: Style =
            switch verdict.action {
            case .deliver: verdict.isShadow ? .yellow : .green
            case .refuse, .drop: .red
            case .tryLater: .yellow
            }
        var lines = [
            ("verdict", terminal.styled(verdict.word, .bold, style) + "  " + verdict.action(policy, settings)),
            ("because", verdict.reason(findings, policy)), ("SMTP", verdict.smtpReply), ("log", logLine),
        ]
        for note in verdict.notes { lines.insert(("note", SafeText.text(note)), at: 2) }
        text += "\n"
        for (name, what) in lines { text += Self.padded(name, 10) + what + "\n" }
        return text
    }

    private func title(_ terminal: Terminal) -> String {
        let sender = Explanation.address(Array(source.envelope.address(source.envelope.sender)))
        let recipients = source.envelope.recipients.map { Explanation.address(Array(source.envelope.address($0))) }
        let size = String(source.message.size) + " bytes" + (source.hadCRLF ? ", CR LF made LF" : "")
        return terminal.styled(SafeText.text(source.name), .bold) + "  " + size + "\nfrom " + sender + " to "
            + recipients.joined(separator: ", ") + (client.map { ", client " + SafeText.text($0) } ?? "")
    }

    private func section(_ title: String, _ lines: [String], _ terminal: Terminal) -> String {
        "\n" + terminal.styled(title, .bold) + "\n" + lines.map { "  " + $0 + "\n" }.joined()
    }

    static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - SafeText.columns(text)))
    }
}

// MARK: - The parts

extension Trial {
    private func partLines(_ terminal: Terminal) -> [String] {
        var lines: [String] = []
        for (index, part) in inspection.parts.enumerated() {
            let (branch, below) = branches(at: index)
            let encoding = part.encoding.map { ", " + $0 } ?? ""
            let number = part.depth == 0 ? "" : SafeText.text(part.path) + "  "
            lines.append(terminal.styled(branch + number, .dim) + SafeText.text(part.type + encoding))
            for (number, name) in part.names.enumerated() {
                // Programs disagree about some spellings: every reading counts.
                let word = number == 0 ? "name     " : "or       "
                lines.append(terminal.styled(below, .dim) + word + shown(name, terminal))
            }
            if !part.names.isEmpty {
                for field in part.fields where Self.mayName(field) {
                    let spelt = SafeText.text(Array(field.name.utf8) + Array(": ".utf8) + field.value)
                    lines.append(terminal.styled(below + "spelt    " + spelt, .dim))
                }
            }
            for name in part.inside {
                let place = name.isKind ? "content  " : "inside   "
                lines.append(terminal.styled(below, .dim) + place + shown(name, terminal))
            }
        }
        if let missing = inspection.missing {
            lines.append(terminal.styled("not looked at further: ", .red) + SafeText.text(missing))
        }
        return lines
    }

    private func shown(_ name: InspectedName, _ terminal: Terminal) -> String {
        let text = name.isKind ? "it is a file of kind " + SafeText.text(name.name) : SafeText.text(name.name)
        guard let rule = name.rule else { return text }
        return terminal.styled(text, .red) + terminal.styled("  ◀ refused: " + SafeText.text(rule), .red, .bold)
    }

    private static func mayName(_ field: InspectedPart.Field) -> Bool {
        field.name != "Content-Transfer-Encoding"
    }

    /// What stands before a part, and before the lines that belong to it: the tree.
    private func branches(at index: Int) -> (own: String, below: String) {
        let depth = inspection.parts[index].depth
        guard depth > 0 else { return ("", hasMore(after: index, depth: 1) ? "│  " : "   ") }
        var before = ""
        for level in 1..<depth { before += hasMore(after: index, depth: level) ? "│  " : "   " }
        let own = before + (hasMore(after: index, depth: depth) ? "├─ " : "└─ ")
        let rest = before + (hasMore(after: index, depth: depth) ? "│  " : "   ")
        return (own, rest + (hasMore(after: index, depth: depth + 1) ? "│  " : "   "))
    }

    /// Whether another part of this depth follows before its container ends.
    private func hasMore(after index: Int, depth: Int) -> Bool {
        for part in inspection.parts[(index + 1)...] {
            if part.depth < depth { return false }
            if part.depth == depth { return true }
        }
        return false
    }
}

// MARK: - The scanners

extension Trial {
    private func scannerLines(_ terminal: Terminal) -> [String] {
        var lines: [String] = []
        func add(
            _ name: String, _ verdict: String, _ style: Style?, _ detail: String, _ host: String?, _ time: Duration?
        ) {
            let words = [host.map { SafeText.text($0) } ?? "", detail].filter { !$0.isEmpty }.joined(separator: "  ")
            let rest = Self.padded(time.map(Self.milliseconds) ?? "", 11) + words
            let isLast = time == nil && words.isEmpty
            let gap = isLast ? "" : String(repeating: " ", count: max(1, 12 - SafeText.columns(verdict)))
            let shown = style.map { terminal.styled(verdict, $0) } ?? verdict
            lines.append(Self.padded(name, 10) + shown + (isLast ? "" : gap + rest))
        }
        let attachment: (String, Style?) =
            switch findings.attachment {
            case _ where policy.attachSuffixes == nil: ("off", .dim)
            case .nothing: ("clean", .green)
            case .blocked: ("refused", .red)
            case .encrypted, .broken, .partial, .limit, .unparsed: ("found", .red)
            }
        let list = policy.attachSuffixes.map { Explanation.list($0) == "no" ? "no suffix" : Explanation.list($0) } ?? ""
        add("names", attachment.0, attachment.1, SafeText.text(list), nil, nil)
        for name in ["clamd", "clamd parts", "trophie", "spamd"] {
            if let report = scanners.first(where: { $0.name == name }) {
                add(name, report.verdict, style(report.verdict), detail(report), report.host, report.elapsed)
            } else if name != "clamd parts" {
                let isAsked = isAsked(name)
                add(name, isAsked ? "not asked" : "off", .dim, isAsked ? "it was settled before" : "", nil, nil)
            }
        }
        return lines
    }

    /// Whether the policy wants it asked.
    private func isAsked(_ name: String) -> Bool {
        switch name {
        case "clamd": policy.scanClamd
        case "trophie": policy.scanTrophie
        default: policy.scanSpam
        }
    }

    private func style(_ verdict: String) -> Style? {
        switch verdict {
        case "clean", "ham": .green
        case "infected", "spam": .red
        case "failed", "not scanned": .yellow
        default: .dim
        }
    }

    private func detail(_ report: ScannerReport) -> String {
        if case .scored(let spam) = findings.spam, report.name == "spamd" {
            return "\(spam.score) points of \(spam.threshold)"
        }
        return SafeText.text(report.detail)
    }

    static func milliseconds(_ time: Duration) -> String {
        String((Double(time.nanoseconds) / 1e5).rounded() / 10) + " ms"
    }
}
