import SimscanNative

/// What becomes of a message, in words.
extension Verdict {
    /// `CLEAN`, `VIRUS`, `SHADOW VIRUS`: the state of the log line.
    var word: String {
        let word =
            switch state {
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
        return (isShadow ? "SHADOW " : "") + word
    }

    /// What is done with it.
    func action(_ policy: Policy, _ settings: Settings) -> String {
        switch action {
        case .deliver: "delivered: handed to " + policy.qmailQueue
        case .refuse: "refused" + kept(settings)
        case .drop: "accepted and dropped" + kept(settings)
        case .tryLater: "deferred: the sender tries again later"
        }
    }

    private func kept(_ settings: Settings) -> String {
        guard isQuarantined else { return "" }
        return settings.quarantinedir.map { ", kept in " + $0 } ?? ", not kept (quarantinedir = off)"
    }

    /// The reply of qmail-smtpd, where it reads the texts of a filter.
    var smtpReply: String {
        func text(_ reply: Reply?, isPermanent: Bool, else usual: String) -> String {
            guard let reply else { return usual }
            return (isPermanent ? "554 " : "451 ") + SafeText.text(reply.text(isPermanent: isPermanent).dropFirst())
        }
        switch action {
        case .deliver, .drop: return "250 ok"
        case .refuse(let reply):
            return text(reply, isPermanent: true, else: "554 mail server permanently rejected message (#5.3.0)")
        case .tryLater(let reply):
            return text(reply, isPermanent: false, else: "451 mail server temporarily rejected message (#4.3.0)")
        }
    }

    /// The exit status of `simscanctl test`.
    var exitStatus: Int32 {
        switch action {
        case .deliver: 0
        case .refuse, .drop: 1
        case .tryLater: 75
        }
    }

    /// Why it is this one.
    func reason(_ findings: Findings, _ policy: Policy) -> String {
        switch state {
        case .clean, .spamPass, .passthru: passReason(findings, policy)
        case .relayClient: "the client has RELAYCLIENT, so it was not scanned for spam; nothing else was found"
        case .spamReject, .spamDropped: spamReason(policy)
        case .virus(let name), .virusDropped(let name): "the virus " + SafeText.text(name)
        case .attachment: attachmentReason(findings)
        case .encrypted, .broken: SafeText.text(findings.attachment.why ?? "an archive that cannot be checked")
        case .regex(let number):
            "a line matches expression " + String(number) + ", "
                + (policy.regexes.indices.contains(number - 1) ? SafeText.text(policy.regexes[number - 1]) : "")
        case .limit(let text): "beyond a limit: " + SafeText.text(text)
        case .error(let text): SafeText.text(text)
        }
    }

    private func attachmentReason(_ findings: Findings) -> String {
        guard case .blocked(let match) = findings.attachment else { return "a name" }
        return SafeText.text(match.name) + " in part " + SafeText.text(match.part) + " ends in "
            + SafeText.text(match.rule) + ", which is refused"
    }

    private func spamReason(_ policy: Policy) -> String {
        let score = spam.map { String($0.score) } ?? "?"
        switch policy.spamMode {
        case .hits(let hits): return "spamd gives \(score) points, refused from \(hits) on"
        case .refuse, .refuseOrHits, .passthru:
            return "spamd calls it spam: \(score) points, \(spam.map { String($0.threshold) } ?? "?") needed"
        }
    }

    private func passReason(_ findings: Findings, _ policy: Policy) -> String {
        if isShadow { return "shadow = yes: the verdict is logged, and the mail passes" }
        if state == .passthru { return "spamd calls it spam, and spam-passthru delivers it marked" }
        if case .spamPass = state { return "spamd calls it spam, and its score is below spam-hits" }
        let looked = findings.clamd != .notAsked || findings.trophie != .notAsked || spam != nil
        return looked || policy.attachSuffixes != nil ? "nothing was found" : "nothing is asked to look at it"
    }
}
