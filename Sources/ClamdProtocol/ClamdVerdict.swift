/// What clamd's answer says of what it was given.
package enum ClamdVerdict: Equatable, Sendable {
    /// The exact known answer, and nothing else.
    case clean
    /// The name as clamd wrote it: never empty, no NUL and no line end, but otherwise any bytes.
    case infected(name: [UInt8])
    /// More than clamd's StreamMaxLength was sent: nothing was scanned.
    case sizeLimitExceeded
    /// Nothing is known of what was sent.
    case failed(ClamdFailure)

    /// The name of a virus that clamd found and did not name.
    package static let unnamed = Array("unnamed".utf8)
}

/// Why an answer is no answer.
///
/// The texts are the peer's bytes, uncleaned and at most ``ClamdLimits/lineBytes`` long; `description` is cleaned.
package enum ClamdFailure: Error, Equatable, Sendable {
    /// The connection ended before its first byte.
    case closedWithoutAnswer
    /// The connection ended within a line.
    case cutShort
    /// clamd has no engine at the moment: it starts, or reloads.
    case unavailable
    /// A line that ends in ERROR.
    case error(text: [UInt8])
    /// A line that is none of the known ones; empty for an empty line.
    case unexpected(text: [UInt8])
    /// An answer beyond ``ClamdLimits``.
    case tooLong
}

extension ClamdFailure: CustomStringConvertible {
    /// One short line of printable ASCII, for the log.
    package var description: String {
        switch self {
        case .closedWithoutAnswer: "connection closed without an answer"
        case .cutShort: "answer cut short"
        case .unavailable: "not ready (COMMAND UNAVAILABLE)"
        case .error(let text): "error answer: " + logText(text)
        case .unexpected(let text) where text.isEmpty: "empty line for an answer"
        case .unexpected(let text): "unexpected answer: " + logText(text)
        case .tooLong: "answer too long"
        }
    }
}
