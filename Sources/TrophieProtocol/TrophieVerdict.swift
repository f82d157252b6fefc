/// What trophie's or sophie's answer says of the path it was given.
package enum TrophieVerdict: Equatable, Sendable {
    /// `0`, or `0:` and any text.
    case clean
    /// `1:` and a name: as the server wrote it, never empty, no NUL and no newline, but otherwise any bytes.
    case infected(name: [UInt8])
    /// Nothing is known of the path.
    case failed(TrophieFailure)

    /// The name of a virus that the server found and did not name.
    package static let unnamed = Array("unnamed".utf8)
}

/// Why an answer is no answer.
///
/// The texts are the peer's bytes, uncleaned and at most ``TrophieReply/maximumLineBytes`` long; `description` is
/// cleaned.
package enum TrophieFailure: Error, Equatable, Sendable {
    /// The connection ended before its first byte.
    case closedWithoutAnswer
    /// `-1` or `-2`, with a reason or without: the whole line.
    case error(text: [UInt8])
    /// A line that is none of the known ones; empty for an empty line.
    case unexpected(text: [UInt8])
    /// A line beyond ``TrophieReply/maximumLineBytes``.
    case tooLong
}

extension TrophieFailure: CustomStringConvertible {
    /// One short line of printable ASCII, for the log.
    package var description: String {
        switch self {
        case .closedWithoutAnswer: "connection closed without an answer"
        case .error(let text): "error answer: " + logText(text)
        case .unexpected(let text) where text.isEmpty: "empty line for an answer"
        case .unexpected(let text): "unexpected answer: " + logText(text)
        case .tooLong: "answer too long"
        }
    }
}

/// A peer's text in a log line, in bytes.
private let maximumLogTextBytes = 100

/// A peer's bytes for a log line: printable ASCII as it is, anything else as `?`, cut at `maximumLogTextBytes`.
private func logText(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(maximumLogTextBytes).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self) + (bytes.count > shown.count ? "..." : "")
}
