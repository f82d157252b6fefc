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
        case .deliver, .drop: return SMTPReply.taken
        case .refuse(let reply):
            return text(reply, isPermanent: true, else: SMTPReply.refused)
        case .tryLater(let reply):
            return text(reply, isPermanent: false, else: SMTPReply.deferred)
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
        case .encrypted, .broken: uncheckedReason(findings)
        case .regex(let number):
            "a line matches expression " + String(number) + ", "
                + (policy.regexes.indices.contains(number - 1) ? SafeText.text(policy.regexes[number - 1]) : "")
        case .limit(let text): limitReason(findings, policy) ?? SafeText.text(text) + " (clamd-oversize = reject)"
        case .error(let text): SafeText.text(text)
        }
    }

    /// What could not be looked into, where it stands, and the setting that refuses it.
    private func uncheckedReason(_ findings: Findings) -> String {
        func file(_ name: [UInt8], _ part: String) -> String {
            // Behind a colon stands the way through containers, which ends in the file's own name.
            let number = part.split(separator: ":", maxSplits: 1).first ?? "?"
            return SafeText.text(name) + " in part " + SafeText.text(String(number))
        }
        switch findings.attachment {
        case .encrypted(let name, let part): return file(name, part) + " is encrypted (attach-encrypted = reject)"
        case .broken(let name, let part): return file(name, part) + " cannot be read (attach-broken = reject)"
        case .partial(let part):
            return "part " + SafeText.text(part) + " is a piece of a message that was sent in several "
                + "(attach-partial = reject)"
        case .nothing, .blocked, .limit, .unparsed: return "an attachment that cannot be checked"
        }
    }

    /// Nil where the limit is not one of MIME's.
    private func limitReason(_ findings: Findings, _ policy: Policy) -> String? {
        let setting = " (mime-limits = " + policy.mimeLimits.rawValue + ")"
        switch findings.attachment {
        case .limit(let limit): return "it is beyond " + limit.rawValue + setting
        case .unparsed(let how): return "the parser could not take it apart, " + SafeText.text(how) + setting
        case .nothing, .blocked, .encrypted, .broken, .partial: return nil
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
