import SimscanNative

/// What came of the self-test's messages.
struct SelfTestReport {
    struct Row {
        let name: String
        let promise: String
        /// The state of the log line.
        let state: String
        let reply: String
        /// What the log notes beside it.
        let notes: [String]
        let isKept: Bool
    }

    let way: SelfTest.Way
    let program: String
    let rows: [Row]

    var isKept: Bool { rows.allSatisfy(\.isKept) }

    private var isOwn: Bool {
        if case .own = way { true } else { false }
    }

    func text(for terminal: Terminal) -> String {
        var text = "Through " + way.description + (isOwn ? "" : " (" + SafeText.text(program) + ")") + ".\n\n"
        var table = Table([.left("message"), .left("promised"), .left("came"), .left(""), .text("the sender sees")])
        for row in rows {
            table.add([
                .init(row.name), .init(row.promise), .init(SafeText.text(row.state), .bold),
                .init(row.isKept ? "as promised" : "BROKEN", row.isKept ? .green : .red),
                .init(SafeText.text(row.reply)),
            ])
        }
        text += table.text(for: terminal)
        for row in rows where !row.isKept {
            for note in row.notes { text += "\n" + row.name + ": " + SafeText.text(note) }
        }
        text += "\n"
        if isKept {
            text += terminal.styled("Every promise is kept.", .green) + "\n"
        } else {
            text += terminal.styled("A promise is broken.", .red) + " What is wrong: simscanctl check\n"
        }
        return text
    }

    var json: JSON {
        .object([
            ("kept", .bool(isKept)), ("filter", isOwn ? .null : .string(program)),
            ("way", .string(way.description)),
            (
                "messages",
                .array(
                    rows.map { row in
                        .object([
                            ("message", .string(row.name)), ("promise", .string(row.promise)),
                            ("state", .string(row.state)), ("reply", .string(row.reply)),
                            ("notes", .array(row.notes.map(JSON.string))), ("kept", .bool(row.isKept)),
                        ])
                    })
            ),
        ])
    }
}

extension SelfTestReport.Row {
    /// A run of the filter.
    init(_ promise: SelfTestPromise, _ result: FilterProcess.Result) {
        let state = result.state ?? "no log line"
        self.init(
            name: promise.name, promise: promise.promise, state: state,
            reply: SMTPReply.reply(toStatus: result.status, text: result.rejectText),
            notes: state == "ERROR" ? result.logLines : result.notes,
            isKept: promise.states.contains(state) && !Self.isUnscanned(result.notes))
    }

    init(_ promise: SelfTestPromise, _ trial: Trial) {
        let verdict = trial.verdict
        self.init(
            name: promise.name, promise: promise.promise, state: verdict.word, reply: verdict.smtpReply,
            notes: verdict.word == "ERROR" ? [trial.logLine] : verdict.notes,
            isKept: promise.states.contains(verdict.word) && !Self.isUnscanned(verdict.notes))
    }

    /// A scanner that was to be asked has not answered, and the message passed.
    private static func isUnscanned(_ notes: [String]) -> Bool { notes.contains { $0.hasPrefix("not scanned") } }
}
