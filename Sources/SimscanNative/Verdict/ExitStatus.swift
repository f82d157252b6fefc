/// The exit statuses of qmail-queue's contract, which qmail-smtpd turns into SMTP replies (`qmail-queue(8)`).
package struct ExitStatus: Equatable, Sendable {
    package let rawValue: Int32

    private init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// Taken: qmail-queue took the message, or it was dropped on purpose.
    package static let accepted = ExitStatus(0)
    /// Permanent: an address is longer than qmail-queue takes.
    package static let addressTooLong = ExitStatus(11)
    /// Permanent: the message is refused, in qmail-smtpd's own words.
    package static let refused = ExitStatus(31)
    /// Temporary: no memory.
    package static let outOfMemory = ExitStatus(51)
    /// Temporary: the disk is full, or a write failed.
    package static let writeError = ExitStatus(53)
    /// Temporary: message or envelope could not be read whole.
    package static let readError = ExitStatus(54)
    /// Temporary: a setting cannot be read.
    package static let settingsUnreadable = ExitStatus(55)
    /// Temporary: the working directory cannot be used.
    package static let workdirUnusable = ExitStatus(61)
    /// Temporary: the message could not be checked now.
    package static let tryLater = ExitStatus(71)
    /// Temporary: a bug of ours.
    package static let internalFault = ExitStatus(81)
    /// Permanent or temporary, as the text on the reject channel says.
    package static let customReply = ExitStatus(82)
    /// Temporary: the envelope's format is wrong.
    package static let badEnvelope = ExitStatus(91)
    /// Temporary: qmail-queue could not be executed.
    package static let queueNotExecuted = ExitStatus(120)
}

/// Why the filter could not do its work: what it exits with, and what its log line says.
package struct FilterFailure: Error, Equatable, Sendable {
    package let status: ExitStatus
    /// What failed, where and why, in one line.
    package let what: String

    package init(_ status: ExitStatus, _ what: String) {
        self.status = status
        self.what = what
    }
}
