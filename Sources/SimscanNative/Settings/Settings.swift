/// What `control/simscan.conf` says, with the defaults for what it leaves out.
///
/// A property has the name of its setting without the dashes. Times are `Duration`s, sizes are in bytes.
package struct Settings: Equatable, Sendable {
    // clamd
    package var clamav = true
    package var clamd: [ScannerAddress] = [.unix(path: "/run/clamav/clamd.ctl")]
    package var clamdFailure = FailurePolicy.defer
    package var clamdOversize = NotScannedPolicy.defer
    package var clamdTransfer = ClamdTransfer.auto

    // trophie
    /// Empty: off.
    package var trophieSocket: [ScannerAddress] = []
    package var trophieFailure = FailurePolicy.defer
    package var trophiePath: String?
    package var clamavdbPath: String?

    // spamd
    package var spam = false
    package var spamd: [ScannerAddress] = [.tcp(host: "127.0.0.1", port: 783)]
    package var spamPassthru = false
    package var spamHits: Double?
    package var spamcUser = false
    package var spamdUser: String?
    package var spamAuthUser = false
    package var sizeLimit = 250_000
    package var spamdFailure = FailurePolicy.pass
    package var spamdCommand = SpamdCommandChoice.auto

    // attachments
    package var attach = false
    /// Globs, lower case.
    package var attachAllow: [String] = []
    package var mimeLimits = NotScannedPolicy.reject
    package var mimeDepth = 1000
    package var mimeParts = 5000
    package var mimeFields = 20_000
    package var mimeHeaderBytes = 4_194_304

    // policy
    package var customSMTPReject = false
    /// Nil: found out.
    package var rejectFD: Int32?
    package var dropmsg = false
    package var quarantinedir: String?

    // time
    package var deadline = Duration.seconds(300)
    package var connectTimeout = Duration.seconds(10)
    package var firstByteClamd = Duration.seconds(60)
    package var firstByteSpamd = Duration.seconds(20)

    // files and output
    package var workdir = Installation.qmaildir + "/simscan"
    package var qmailQueue = Installation.qmaildir + "/bin/qmail-queue"
    package var received = false
    package var logMessageID = false

    package init() {}
}

/// What a scanner's failure means for the message.
package enum FailurePolicy: String, CaseIterable, Sendable {
    case `defer`
    case pass
}

/// What it means that a scanner or the attachment check could not look at a whole message.
package enum NotScannedPolicy: String, CaseIterable, Sendable {
    case `defer`
    case pass
    case reject
}

/// How a message gets to clamd.
package enum ClamdTransfer: String, CaseIterable, Sendable {
    case instream
    case fildes
    case auto
}

/// What spamd is asked for.
package enum SpamdCommandChoice: String, CaseIterable, Sendable {
    case process
    case headers
    case check
    case auto
}
