/// Why a response is none.
///
/// The texts are the peer's bytes, uncleaned and at most as long as ``SpamdLimits`` allows; `description` is cleaned.
package enum SpamdFailure: Error, Equatable, Sendable {
    /// The connection ended before its first byte.
    case closedWithoutAnswer
    /// The connection ended within the status line or the header.
    case cutShort
    /// A first line that is not `SPAMD/1.1 0 EX_OK` in form; of `PING`, one that does not say PONG.
    case unexpectedStatus(text: [UInt8])
    /// The server's own error: its code, of `sysexits.h`, and its text.
    case refused(code: Int, text: [UInt8])
    /// A header line that is not `Name: value`, or holds a control byte.
    case malformedHeader(text: [UInt8])
    /// A `Content-length` that is not a number of digits, or is beyond what the caller or
    /// ``SpamdLimits/contentLength`` allows.
    case malformedLength(text: [UInt8])
    /// A `Spam:` line that is not a verdict and two numbers.
    case malformedVerdict(text: [UInt8])
    /// Two `Content-length` lines, or two `Spam:` lines, that disagree.
    case contradiction
    /// No `Spam:` line where the method needs one.
    case missingVerdict
    /// No `Content-length` for a returned message.
    case missingLength
    /// A returned message of no bytes: spamd's own header fields at least should be there.
    case emptyMessage
    /// The connection ended before the announced length. In bytes, as in ``bodyTooLong(announced:)``.
    case bodyTooShort(announced: Int64, received: Int64)
    /// More came than announced.
    case bodyTooLong(announced: Int64)
    /// A status line, header line, header or report beyond ``SpamdLimits``.
    case tooLong(SpamdPart)
}

/// The parts of a response that have a limit of their own.
package enum SpamdPart: Equatable, Sendable {
    /// ``SpamdLimits/statusLineBytes``
    case statusLine
    /// ``SpamdLimits/headerLineBytes``
    case headerLine
    /// ``SpamdLimits/headBytes``
    case head
    /// ``SpamdLimits/reportBytes``
    case report
}

extension SpamdFailure: CustomStringConvertible {
    /// One short line of printable ASCII, for the log.
    package var description: String {
        switch self {
        case .closedWithoutAnswer: "connection closed without an answer"
        case .cutShort: "response cut short"
        case .unexpectedStatus(let text): "unexpected answer: " + logText(text)
        case .refused(let code, let text): "error \(code): " + logText(text)
        case .malformedHeader(let text): "malformed header line: " + logText(text)
        case .malformedLength(let text): "impossible Content-length: " + logText(text)
        case .malformedVerdict(let text): "malformed Spam line: " + logText(text)
        case .contradiction: "response contradicts itself"
        case .missingVerdict: "response without a Spam line"
        case .missingLength: "message returned without a Content-length"
        case .emptyMessage: "empty message returned"
        case .bodyTooShort(let announced, let received): "\(received) bytes returned of \(announced) announced"
        case .bodyTooLong(let announced): "more than the \(announced) bytes announced"
        case .tooLong(.statusLine): "status line too long"
        case .tooLong(.headerLine): "header line too long"
        case .tooLong(.head): "response header too long"
        case .tooLong(.report): "report too long"
        }
    }
}
