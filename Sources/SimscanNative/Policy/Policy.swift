/// What holds for one message: which checks are made, and what follows from what they find.
package struct Policy: Equatable, Sendable {
    /// What is done with spam.
    package enum SpamMode: Equatable, Sendable {
        /// Refused where spamd says so.
        case refuse
        /// Refused at this score and above.
        case hits(Double)
        /// Refused where spamd says so, and at this score and above: what two recipients' records ask for together.
        case refuseOrHits(Double)
        /// Delivered as spamd rewrote it.
        case passthru

        /// Whether what is refused depends on the score.
        var needsScore: Bool {
            switch self {
            case .hits, .refuseOrHits: true
            case .refuse, .passthru: false
            }
        }
    }

    package var scanClamd: Bool
    package var scanTrophie: Bool
    package var scanSpam: Bool
    /// Suffixes of attachment names to refuse, in lower case; nil: names are not checked.
    package var attachSuffixes: [[UInt8]]?
    package var spamMode: SpamMode
    /// Bytes; a message of this size or more skips the spam scan.
    package var sizeLimit: Int
    /// The `User:` for spamd.
    package var spamUser: [UInt8]?
    /// Expressions that no line of the message may match, as the records write them.
    package var regexes: [[UInt8]] = []
    /// What a clean message is handed to.
    package var qmailQueue: String
    /// Verdicts are logged, mail passes.
    package var shadow: Bool

    package var clamdFailure: FailurePolicy
    package var clamdOversize: NotScannedPolicy
    package var trophieFailure: FailurePolicy
    package var spamdFailure: FailurePolicy
    package var mimeLimits: NotScannedPolicy

    /// A refusal says why.
    package var customReply: Bool
    /// What would be refused for a virus or as spam is accepted and dropped.
    package var drops: Bool

    /// The settings, which hold for everybody.
    ///
    /// - Parameters:
    ///   - attachSuffixes: the list of `control/ssattach`.
    ///   - firstRecipient: the address, for `spamc-user`.
    package init(_ settings: Settings, attachSuffixes: [[UInt8]], firstRecipient: [UInt8]) {
        scanClamd = settings.clamav
        scanTrophie = !settings.trophieSocket.isEmpty
        scanSpam = settings.spam
        self.attachSuffixes = settings.attach ? attachSuffixes : nil
        spamMode = settings.spamHits.map(SpamMode.hits) ?? (settings.spamPassthru ? .passthru : .refuse)
        sizeLimit = settings.sizeLimit
        spamUser = settings.spamcUser ? firstRecipient.asciiLowercased : settings.spamdUser.map { Array($0.utf8) }
        qmailQueue = settings.qmailQueue
        shadow = settings.shadow
        clamdFailure = settings.clamdFailure
        clamdOversize = settings.clamdOversize
        trophieFailure = settings.trophieFailure
        spamdFailure = settings.spamdFailure
        mimeLimits = settings.mimeLimits
        customReply = settings.customSMTPReject
        drops = settings.dropmsg
    }
}

extension Collection<UInt8> {
    /// ASCII letters in lower case, every other byte as it is.
    package var asciiLowercased: [UInt8] {
        map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
