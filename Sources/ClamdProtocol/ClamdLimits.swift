/// How much of an answer is taken.
///
/// clamd answers a scan in one line of a prefix and a name, which is under 300 bytes; the limits are far above
/// that, and low enough that a peer that is no clamd cannot fill memory or keep us reading.
package enum ClamdLimits {
    /// One line, in bytes, without its end. This is also all that is held of an answer.
    package static let lineBytes = 4_096
    /// A whole answer to one scan, in bytes.
    package static let replyBytes = 65_536
    /// A peer's text in a log line, in bytes.
    package static let logTextBytes = 100
}
