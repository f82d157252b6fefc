/// What `control/simscan.conf` says, with the defaults for what it leaves out.
///
/// A property has the name of its setting without the dashes. Times are `Duration`s, sizes are in bytes.
package struct Settings: Equatable, Sendable {
    // clamd
    package var clamav = true
    package var clamd: [ScannerHost] = [.unix(path: "/run/clamav/clamd.ctl")]
    package var clamdOrder = HostOrder.first
    package var clamdFailure = FailurePolicy.defer
    package var clamdOversize = NotScannedPolicy.defer
    package var clamdTransfer = ClamdTransfer.auto
    package var clamdParts = false
    /// Globs.
    package var virusIgnore: [String] = []
    package var clamavdbPath: String?

    // trophie
    /// Empty: off.
    package var trophieSocket: [ScannerHost] = []
    package var trophieFailure = FailurePolicy.defer
    package var trophiePath: String?

    // spamd
    package var spam = false
    package var spamd: [ScannerHost] = [.tcp(host: "127.0.0.1", port: 783)]
    package var spamdOrder = HostOrder.first
    package var spamPassthru = false
    package var spamHits: Double?
    package var spamcUser = false
    package var spamdUser: String?
    package var spamAuthUser = false
    package var sizeLimit = 250_000
    package var spamdFailure = FailurePolicy.pass
    package var spamdCommand = SpamdCommandChoice.auto
    package var spamdCompress = false

    // attachments
    package var attach = false
    /// Globs, lower case.
    package var attachAllow: [String] = []
    package var attachArchives = false
    package var attachTypes = false
    package var doubleExtension = false
    package var attachEncrypted = ArchivePolicy.pass
    package var attachBroken = ArchivePolicy.pass
    package var attachPartial = ArchivePolicy.pass
    package var mimeLimits = NotScannedPolicy.reject
    package var mimeDepth = 1000
    package var mimeParts = 5000
    package var mimeFields = 20_000
    package var mimeHeaderBytes = 4_194_304

    // policy
    package var perDomain = false
    package var perDomainMerge = RecordMerge.last
    package var perDomainSender = true
    package var customSMTPReject = false
    /// Nil: found out.
    package var rejectFD: Int32?
    package var dropmsg = false
    package var quarantinedir: String?
    package var shadow = false

    // time
    package var deadline = Duration.seconds(300)
    package var connectTimeout = Duration.seconds(10)
    package var firstByteClamd = Duration.seconds(60)
    package var firstByteSpamd = Duration.seconds(20)
    /// Zero: no waiting.
    package var reloadWait = Duration.seconds(30)

    // files and output
    package var workdir = Installation.qmaildir + "/simscan"
    /// Nil: no memory of dead hosts, no counters.
    package var statedir: String? = Installation.qmaildir + "/simscan.state"
    package var qmailQueue = Installation.qmaildir + "/bin/qmail-queue"
    package var received = false
    package var logFormat = LogFormat.classic
    package var logMessageID = false
    package var metrics = false

    package init() {}

    /// Bytes that the spool leaves free ahead of the message: what is put there need not move it.
    package var spoolRoom: Int64 { (received ? Spool.receivedRoom : 0) + (spam ? Spool.headerRoom : 0) }
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

/// In which order a list of hosts is tried.
package enum HostOrder: String, CaseIterable, Sendable {
    case first
    case spread
}

/// What an archive means that is encrypted or cannot be read.
package enum ArchivePolicy: String, CaseIterable, Sendable {
    case pass
    case reject
}

/// How the records of several addresses make one policy.
package enum RecordMerge: String, CaseIterable, Sendable {
    case last
    case strictest
}

/// The form of the log.
package enum LogFormat: String, CaseIterable, Sendable {
    case classic
    case json

    /// As a pattern: to compare values that have raw ones makes a table at run time, in every process.
    package var isJSON: Bool {
        if case .json = self { true } else { false }
    }
}
