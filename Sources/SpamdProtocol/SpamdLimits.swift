/// How much of a response is taken.
///
/// spamd's status lines and headers are under 150 bytes each; the limits are far above that, and low enough that a
/// peer that is no spamd cannot fill memory or keep us reading.
package enum SpamdLimits {
    /// The status line, in bytes, without its end.
    package static let statusLineBytes = 1_024
    /// A header line, in bytes, without its end. This, or the status line, is all that is held of a response.
    package static let headerLineBytes = 1_024
    /// The status line and all header lines, in bytes, with their ends.
    package static let headBytes = 16_384
    /// The body of a response that is no message: a list of rules, or a report, in bytes.
    package static let reportBytes: Int64 = 1_048_576
    /// The largest announced length that is believed of any response, in bytes: more than any mail.
    package static let contentLength: Int64 = 1 << 40

    /// The largest announced length that is believed of a rewritten message, in bytes: a report comes ahead of the
    /// message, and what is around both is small. A peer that lies does not fill the disk.
    ///
    /// - Parameter size: the message's, in bytes.
    package static func rewrittenBytes(ofMessage size: Int64) -> Int64 { 2 * size + 1_048_576 }
    /// A peer's text in a log line, in bytes.
    package static let logTextBytes = 100
    /// The value of one header field of a rewritten message, in bytes: the score stands within the first 60.
    package static let fieldValueBytes = 512
    /// The name of one header field of a rewritten message, in bytes; the names looked for have at most 13.
    package static let fieldNameBytes = 32
}
