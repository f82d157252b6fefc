package import SpamdProtocol
package import SystemPackage

/// spamd's verdict on a message, and the message as spamd rewrote it.
package struct SpamReport: Sendable {
    package let verdict: SpamdVerdict
    package let rewrite: Rewrite

    /// What spamd sent beside its verdict.
    package enum Rewrite: Sendable {
        /// Only the verdict was asked for, or it is the headers of a spam, which describe a body that is not there.
        case none
        /// The whole message: complete, of the announced length, with the sender's body unless it is spam.
        case message(SpooledMessage)
        /// A new header for the message, in memory.
        case heldHeader(HeldHeader)
        /// A new header that is too long to be held in memory, or the whole of a message that has no body.
        case header(SpooledMessage)
    }
}

extension SpamReport.Rewrite {
    /// What spamd sent, in a file; nil where nothing was sent beside the verdict.
    package func file() throws(Errno) -> SpooledMessage? {
        switch self {
        case .none: nil
        case .message(let file), .header(let file): file
        case .heldHeader(let header): try header.spooled()
        }
    }

    /// The message as it goes on.
    ///
    /// A new header is written over the old one where it fits, so that the body is not moved.
    ///
    /// - Precondition: nobody reads the message any more.
    /// - Parameters:
    ///   - message: the message as it was received.
    ///   - room: bytes ahead of the result that stay free.
    /// - Throws: what reading and writing say; the message is spoilt then.
    package func applied(to message: SpooledMessage, room: Int64) throws(Errno) -> SpooledMessage {
        switch self {
        case .none:
            return message
        case .message(let rewritten):
            return rewritten
        case .header(let header):
            if let inPlace = try message.replacingHeader(with: header, room: room) { return inPlace }
            return try header.appendingBody(of: message)
        case .heldHeader(let header):
            if let inPlace = try message.replacingHeader(with: header, room: room) { return inPlace }
            return try header.spooled().appendingBody(of: message)
        }
    }
}
