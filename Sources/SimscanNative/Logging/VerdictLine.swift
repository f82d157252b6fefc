extension Log {
    /// The line of a message on which there is a verdict.
    ///
    /// - Parameter subject: asked where the line says it.
    package func line(for verdict: Verdict, subject: () -> [UInt8]?, envelope: Envelope?) -> LogLine {
        let what: [UInt8]? =
            switch verdict.state {
            case .clean, .spamPass, .passthru, .spamReject, .spamDropped: subject()
            case .relayClient: nil
            case .virus(let name), .virusDropped(let name), .attachment(let name), .encrypted(let name),
                .broken(let name):
                name
            case .regex(let number): Array(("#" + String(number)).utf8)
            case .limit(let text), .error(let text): Array(text.utf8)
            }
        let state = (verdict.isShadow ? "SHADOW " : "") + verdict.state.name
        var line = line(state, what: what, envelope: envelope)
        if let spam = verdict.spam { line.score = (spam, verdict.limit ?? spam.threshold) }
        line.action = verdict.action.name
        return line
    }
}

extension Verdict.State {
    /// The word that log tools look for.
    fileprivate var name: String {
        switch self {
        case .clean: "CLEAN"
        case .spamPass: "SPAM PASS"
        case .passthru: "PASSTHRU"
        case .spamReject: "SPAM REJECT"
        case .spamDropped: "SPAM DROPPED"
        case .relayClient: "RELAYCLIENT"
        case .virus: "VIRUS"
        case .virusDropped: "VIRUS DROPPED"
        case .attachment: "ATTACH"
        case .encrypted: "ENCRYPTED"
        case .broken: "BROKEN"
        case .regex: "REGEX"
        case .limit: "LIMIT"
        case .error: "ERROR"
        }
    }
}

extension Verdict.Action {
    fileprivate var name: String {
        switch self {
        case .deliver: "deliver"
        case .refuse: "refuse"
        case .drop: "drop"
        case .tryLater: "defer"
        }
    }
}

extension Findings {
    /// The scanners that looked at the message, for the Received line.
    package func scanners(checkingAttachments: Bool, versions: CompiledVersions) -> [ReceivedLine.Scanner] {
        var scanners: [ReceivedLine.Scanner] = []
        func looked(_ name: String) {
            scanners.append(ReceivedLine.Scanner(name: name, version: versions[name]))
        }
        if checkingAttachments && attachment == .nothing {
            scanners.append(ReceivedLine.Scanner(name: "attach", version: Installation.version))
        }
        if clamd == .clean { looked("clamav") }
        if trophie == .clean { looked("trophie") }
        if case .scored = spam { looked("spam") }
        return scanners
    }
}
