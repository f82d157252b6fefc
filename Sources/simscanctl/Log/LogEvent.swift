/// One event of the log, as it stands in the line.
struct LogEvent {
    var state = LogState.other
    var isShadow = false
    /// Unix seconds; nil where nobody wrote them.
    var time: Int64?
    /// The whole filter's time.
    var seconds: Double?
    /// The subject, or what the state is about.
    var what = Bytes(start: nil, count: 0)
    var sender = Bytes(start: nil, count: 0)
    /// Whether `:` stands as `_` in fields.
    var isClassic = true

    /// Takes a state as it stands in a line, without the scores.
    ///
    /// - Returns: false where it is no state at all.
    mutating func set(state text: Bytes) -> Bool {
        var text = text
        if text.starts("SHADOW ") {
            isShadow = true
            text = text.part(7, text.count)
        }
        guard let first = text.first, first >= 0x41, first <= 0x5A, text.count <= 40 else { return false }
        state = LogState.allCases.first { text.isSame($0.word) } ?? .other
        return true
    }
}

/// The states of simscan(8)'s log.
enum LogState: Int, CaseIterable {
    case clean, relayClient, spamPass, passthru, spamReject, spamDropped, virus, virusDropped, attachment, encrypted
    case broken, regex, limit, error, note, debug, other

    var word: StaticString {
        switch self {
        case .clean: "CLEAN"
        case .relayClient: "RELAYCLIENT"
        case .spamPass: "SPAM PASS"
        case .passthru: "PASSTHRU"
        case .spamReject: "SPAM REJECT"
        case .spamDropped: "SPAM DROPPED"
        case .virus: "VIRUS"
        case .virusDropped: "VIRUS DROPPED"
        case .attachment: "ATTACH"
        case .encrypted: "ENCRYPTED"
        case .broken: "BROKEN"
        case .regex: "REGEX"
        case .limit: "LIMIT"
        case .error: "ERROR"
        case .note: "NOTE"
        case .debug: "DEBUG"
        case .other: "OTHER"
        }
    }

    /// Whether the line says what became of a message.
    var isVerdict: Bool { self != .note && self != .debug }

    /// What the plots show together; nil for what is no verdict.
    var group: LogGroup {
        switch self {
        case .clean, .relayClient, .note, .debug, .other: .passed
        case .spamPass, .passthru: .spamPassed
        case .spamReject, .spamDropped: .spam
        case .virus, .virusDropped: .virus
        case .attachment, .encrypted, .broken, .regex, .limit: .blocked
        case .error: .deferred
        }
    }
}

/// What is plotted as one colour.
enum LogGroup: Int, CaseIterable {
    case passed, spamPassed, spam, virus, blocked, deferred

    var title: String {
        switch self {
        case .passed: "passed"
        case .spamPassed: "spam, passed"
        case .spam: "spam"
        case .virus: "virus"
        case .blocked: "attachment, filter, limit"
        case .deferred: "try again (error)"
        }
    }

    /// The name over a column.
    var heading: String { String(key.map { $0 == "_" ? " " : $0 }).uppercased() }

    /// The name in JSON and Prometheus' labels.
    var key: String {
        switch self {
        case .passed: "passed"
        case .spamPassed: "spam_passed"
        case .spam: "spam"
        case .virus: "virus"
        case .blocked: "blocked"
        case .deferred: "deferred"
        }
    }
}
