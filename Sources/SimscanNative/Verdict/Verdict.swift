package import SpamdProtocol

/// What is done with a message, and what the sender and the log are told of it.
package struct Verdict: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        /// To qmail-queue.
        case deliver
        /// Permanently refused; the text is for the sender, nil where the policy keeps it to itself.
        case refuse(reply: Reply?)
        /// Accepted, and not delivered.
        case drop
        /// The sender is to try again; the text as above.
        case tryLater(reply: Reply?)
    }

    /// The text of an SMTP reply, less what comes from strangers.
    package enum Reply: Equatable, Sendable {
        case attachment(name: [UInt8])
        case regex(Int)
        case virus(name: [UInt8])
        case spam(score: Double)
        case tooComplex
        /// An archive that is encrypted or cannot be read.
        case cannotBeChecked(name: [UInt8])
        case virusScannerFailed
        case tooLargeForVirusScanner
        case spamScannerFailed
        case filterFailed
        case tooComplexNow
    }

    /// The state of the log line, and what it says beside it.
    package enum State: Equatable, Sendable {
        /// `WHAT` is the subject.
        case clean
        case spamPass, passthru, spamReject, spamDropped
        case relayClient
        case virus(name: [UInt8])
        case virusDropped(name: [UInt8])
        case attachment(name: [UInt8])
        /// The archive's name.
        case encrypted(name: [UInt8])
        /// The archive's name.
        case broken(name: [UInt8])
        /// The expression's number.
        case regex(Int)
        /// Which limit the message is beyond.
        case limit(String)
        /// The scanner, its address and its error.
        case error(String)
    }

    package var action: Action
    package var state: State
    /// spamd's score, where it gave one.
    package var spam: SpamdVerdict?
    /// The score from which mail is refused here.
    package var limit: Double?
    /// What a postmaster should know beside the log line: a scanner that failed while the message passed.
    package var notes: [String] = []
    /// The message passes although the verdict is another: the policy wants to see it only.
    package var isShadow = false

    /// Whether the message goes to the quarantine, where there is one.
    package var isQuarantined: Bool {
        switch state {
        case .virus, .virusDropped, .spamReject, .spamDropped: !isShadow
        case .clean, .spamPass, .passthru, .relayClient, .attachment, .encrypted, .broken, .regex, .limit,
            .error:
            false
        }
    }
}

extension Verdict {
    /// The verdict, as soon as what is still pending cannot change it; nil before.
    ///
    /// In order: attachment, regex, virus, spam refused, a scanner that failed and whose policy is to defer, a message
    /// that could not be scanned, pass. It does not depend on which scanner answers first. Nothing is dropped
    /// while a scanner whose policy is to defer has failed.
    package static func decide(_ findings: Findings, _ policy: Policy) -> Verdict? {
        guard var verdict = verdict(findings, policy) else { return nil }
        for name in findings.excused {
            verdict.notes.append("excused by virus-ignore, " + String(decoding: name, as: UTF8.self))
        }
        if policy.shadow && verdict.action != .deliver {
            verdict.action = .deliver
            verdict.isShadow = true
        }
        return verdict
    }

    private static func verdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        if let verdict = attachmentVerdict(findings, policy) { return verdict }
        if case .matched(let number) = findings.regex {
            return Verdict(action: policy.refuse(.regex(number)), state: .regex(number))
        }
        if let verdict = virusVerdict(findings, policy) { return certainDrop(verdict, findings, policy) }
        // Until both virus scanners have answered, a virus may still come.
        guard !findings.isVirusPending else { return nil }
        if let verdict = spamVerdict(findings, policy), verdict.isRefusal {
            return certainDrop(verdict, findings, policy)
        }
        // Until spamd has answered, a refusal may still come, unless spam is passed through.
        guard findings.spam != .pending || policy.spamMode == .passthru else { return nil }
        if let verdict = failureVerdict(findings, policy) { return verdict }
        guard findings.spam != .pending else { return nil }
        return notScannedVerdict(findings, policy) ?? passVerdict(findings, policy)
    }

    private var isRefusal: Bool {
        switch action {
        case .refuse, .drop: true
        case .deliver, .tryLater: false
        }
    }

    private static func attachmentVerdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        switch findings.attachment {
        case .nothing:
            return nil
        case .blocked(let match):
            return Verdict(action: policy.refuse(.attachment(name: match.name)), state: .attachment(name: match.name))
        case .encrypted(let name, _):
            return Verdict(action: policy.refuse(.cannotBeChecked(name: name)), state: .encrypted(name: name))
        case .broken(let name, _):
            return Verdict(action: policy.refuse(.cannotBeChecked(name: name)), state: .broken(name: name))
        case .partial:
            let name = Array("message/partial".utf8)
            return Verdict(action: policy.refuse(.cannotBeChecked(name: name)), state: .broken(name: name))
        case .limit(let limit): return limitVerdict(limit.rawValue, policy)
        case .unparsed(let how): return limitVerdict("parser, " + how, policy)
        }
    }

    private static func limitVerdict(_ which: String, _ policy: Policy) -> Verdict? {
        switch policy.mimeLimits {
        case .reject: Verdict(action: policy.refuse(.tooComplex), state: .limit(which))
        case .defer: Verdict(action: policy.tryLater(.tooComplexNow), state: .limit(which))
        // The note of it is made where the message passes.
        case .pass: nil
        }
    }

    private static func virusVerdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        guard let name = findings.clamd.virus ?? findings.trophie.virus else { return nil }
        return policy.drops
            ? Verdict(action: .drop, state: .virusDropped(name: name))
            : Verdict(action: policy.refuse(.virus(name: name)), state: .virus(name: name))
    }

    private static func spamVerdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        guard case .scored(let spam) = findings.spam else { return nil }
        let isRefused: Bool
        let passingState: State
        switch policy.spamMode {
        case .refuse: (isRefused, passingState) = (spam.isSpam, .clean)
        case .hits(let hits): (isRefused, passingState) = (spam.score >= hits, spam.isSpam ? .spamPass : .clean)
        case .refuseOrHits(let hits): (isRefused, passingState) = (spam.isSpam || spam.score >= hits, .clean)
        case .passthru: (isRefused, passingState) = (false, spam.isSpam ? .passthru : .clean)
        }
        var verdict =
            switch (isRefused, policy.drops) {
            case (true, true): Verdict(action: .drop, state: .spamDropped)
            case (true, false): Verdict(action: policy.refuse(.spam(score: spam.score)), state: .spamReject)
            case (false, _): Verdict(action: .deliver, state: passingState)
            }
        verdict.spam = spam
        switch policy.spamMode {
        case .hits(let hits): verdict.limit = hits
        case .refuseOrHits(let hits): verdict.limit = min(hits, spam.threshold)
        case .refuse, .passthru: verdict.limit = spam.threshold
        }
        return verdict
    }

    /// A drop stands only when every scanner that could defer it has answered; anything else stands at once.
    private static func certainDrop(_ verdict: Verdict, _ findings: Findings, _ policy: Policy) -> Verdict? {
        guard verdict.action == .drop else { return verdict }
        if findings.hasPendingScanner(thatDefers: policy) { return nil }
        return failureVerdict(findings, policy) ?? verdict
    }

    private static func failureVerdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        if case .failed(let number, let text) = findings.regex {
            return Verdict(
                action: policy.tryLater(.filterFailed), state: .error("regex #" + String(number) + ": " + text))
        }
        if case .failed(let text) = findings.clamd, policy.clamdFailure == .defer {
            return Verdict(action: policy.tryLater(.virusScannerFailed), state: .error(text))
        }
        if case .failed(let text) = findings.trophie, policy.trophieFailure == .defer {
            return Verdict(action: policy.tryLater(.virusScannerFailed), state: .error(text))
        }
        guard case .failed(let text) = findings.spam, policy.spamdFailure == .defer else { return nil }
        return Verdict(action: policy.tryLater(.spamScannerFailed), state: .error(text))
    }

    private static func notScannedVerdict(_ findings: Findings, _ policy: Policy) -> Verdict? {
        guard let text = findings.clamd.whyNotScanned ?? findings.trophie.whyNotScanned else { return nil }
        return switch policy.clamdOversize {
        case .reject: Verdict(action: policy.refuse(.tooLargeForVirusScanner), state: .limit(text))
        case .defer: Verdict(action: policy.tryLater(.tooLargeForVirusScanner), state: .error(text))
        case .pass: nil
        }
    }

    private static func passVerdict(_ findings: Findings, _ policy: Policy) -> Verdict {
        var verdict =
            spamVerdict(findings, policy)
            ?? Verdict(action: .deliver, state: findings.spam == .notAsked(.relayClient) ? .relayClient : .clean)
        verdict.notes = findings.passedOver
        return verdict
    }
}

extension Findings {
    fileprivate var isVirusPending: Bool { clamd == .pending || trophie == .pending }

    fileprivate func hasPendingScanner(thatDefers policy: Policy) -> Bool {
        (clamd == .pending && policy.clamdFailure == .defer)
            || (trophie == .pending && policy.trophieFailure == .defer)
            || (spam == .pending && policy.spamdFailure == .defer)
    }

    /// What was not looked at although it was asked for, in a message that passes all the same.
    fileprivate var passedOver: [String] {
        var notes: [String] = []
        if case .limit(let limit) = attachment { notes.append("attachments not checked, beyond " + limit.rawValue) }
        if case .unparsed(let how) = attachment { notes.append("attachments not checked, parser, " + how) }
        if let text = clamd.whyNotScanned ?? clamd.failure { notes.append("not scanned, " + text) }
        if let text = trophie.whyNotScanned ?? trophie.failure { notes.append("not scanned, " + text) }
        switch spam {
        case .failed(let text): notes.append("not scanned, " + text)
        case .notAsked(.size(let size)): notes.append("spam scan skipped, size-limit, " + String(size) + " bytes")
        case .notAsked(.off), .notAsked(.relayClient), .pending, .scored: break
        }
        return notes
    }
}

// Not loops over the two findings: an array's metadata would be made at run time, in every process.
extension VirusFinding {
    fileprivate var virus: [UInt8]? {
        if case .infected(let name) = self { name } else { nil }
    }

    fileprivate var whyNotScanned: String? {
        if case .notScanned(let text) = self { text } else { nil }
    }

    fileprivate var failure: String? {
        if case .failed(let text) = self { text } else { nil }
    }
}

extension Policy {
    fileprivate func refuse(_ reply: Verdict.Reply) -> Verdict.Action {
        .refuse(reply: customReply && !drops ? reply : nil)
    }

    fileprivate func tryLater(_ reply: Verdict.Reply) -> Verdict.Action {
        .tryLater(reply: customReply && !drops ? reply : nil)
    }
}
