/// Every setting of `simscan.conf(5)`, in the manual's order; the raw value is its name in the file.
package enum SettingName: String, CaseIterable, Sendable {
    // clamd
    case clamav
    case clamd
    case clamdOrder = "clamd-order"
    case clamdFailure = "clamd-failure"
    case clamdOversize = "clamd-oversize"
    case clamdTransfer = "clamd-transfer"
    case clamdParts = "clamd-parts"
    case virusIgnore = "virus-ignore"
    case clamavdbPath = "clamavdb-path"

    // trophie
    case trophieSocket = "trophie-socket"
    case trophieFailure = "trophie-failure"
    case trophiePath = "trophie-path"

    // spamd
    case spam
    case spamd
    case spamdOrder = "spamd-order"
    case spamPassthru = "spam-passthru"
    case spamHits = "spam-hits"
    case spamcUser = "spamc-user"
    case spamdUser = "spamd-user"
    case spamAuthUser = "spam-auth-user"
    case sizeLimit = "size-limit"
    case spamdFailure = "spamd-failure"
    case spamdCommand = "spamd-command"
    case spamdCompress = "spamd-compress"

    // attachments
    case attach
    case attachAllow = "attach-allow"
    case attachArchives = "attach-archives"
    case attachTypes = "attach-types"
    case doubleExtension = "double-extension"
    case attachEncrypted = "attach-encrypted"
    case attachBroken = "attach-broken"
    case attachPartial = "attach-partial"
    case mimeLimits = "mime-limits"
    case mimeDepth = "mime-depth"
    case mimeParts = "mime-parts"
    case mimeFields = "mime-fields"
    case mimeHeaderBytes = "mime-header-bytes"

    // policy
    case perDomain = "per-domain"
    case perDomainMerge = "per-domain-merge"
    case perDomainSender = "per-domain-sender"
    case customSMTPReject = "custom-smtp-reject"
    case rejectFD = "reject-fd"
    case dropmsg
    case quarantinedir
    case shadow

    // time
    case deadline
    case connectTimeout = "connect-timeout"
    case firstByteClamd = "first-byte-clamd"
    case firstByteSpamd = "first-byte-spamd"
    case reloadWait = "reload-wait"

    // files and output
    case workdir
    case statedir
    case qmailQueue = "qmail-queue"
    case received
    case logFormat = "log-format"
    case logMessageID = "log-message-id"
    case metrics

    /// Not what the compiler would write: the standard library's table of names costs every process more than this.
    package init?(rawValue name: String) {
        let length = name.utf8.count
        guard let known = Self.allCases.first(where: { $0.rawValue.utf8.count == length && $0.rawValue == name })
        else { return nil }
        self = known
    }
}
