/// What spamd is asked for (spamd's PROTOCOL document, version 1.5).
package enum SpamdMethod: String, Sendable {
    /// Is anybody there?
    case ping = "PING"
    /// The verdict alone.
    case check = "CHECK"
    /// The verdict and the names of the rules that matched.
    case symbols = "SYMBOLS"
    /// The verdict and a report.
    case report = "REPORT"
    /// The verdict, and a report where it is spam.
    case reportIfSpam = "REPORT_IFSPAM"
    /// The verdict and the rewritten message.
    case process = "PROCESS"
    /// The verdict and the rewritten message's header.
    case headers = "HEADERS"

    /// Whether the response's body is a message, or its header, that can take the place of the one sent.
    package var returnsMessage: Bool {
        switch self {
        case .process, .headers: true
        case .ping, .check, .symbols, .report, .reportIfSpam: false
        }
    }

    /// Whether the response's body is a header alone.
    package var isForHeaders: Bool {
        if case .headers = self { true } else { false }
    }

    /// Whether a response without a `Spam:` line is none.
    ///
    /// Not so for a returned message, whose own header tells (``RewrittenHeaderReader``).
    var needsVerdictLine: Bool {
        switch self {
        case .check, .symbols, .report, .reportIfSpam: true
        case .ping, .process, .headers: false
        }
    }
}

/// What goes to spamd ahead of the message. The message follows as it is, and then a half close: spamd 4.0.1 never
/// answers a message without a final newline otherwise.
package struct SpamdRequest: Sendable {
    /// The request up to its empty line, that included.
    package let head: [UInt8]

    /// The longest user name that is sent: as long as the longest address that qmail-queue takes.
    package static let maximumUserBytes = 1_002

    /// A request; nil where the user is empty, longer than ``maximumUserBytes``, or holds a control byte, since a line
    /// end in it would begin a header of its own.
    ///
    /// - Parameters:
    ///   - method: what is asked for.
    ///   - contentLength: how many bytes follow the head; nil where nothing says so.
    ///   - user: whose preferences apply; nil for the server's default.
    ///   - compress: whether what follows is in zlib's format. spamd needs a `contentLength` then: that of what is
    ///     sent, not of the message.
    package init?(method: SpamdMethod, contentLength: Int64?, user: [UInt8]?, compress: Bool = false) {
        precondition((contentLength ?? 0) >= 0, "a negative length")
        precondition(!compress || contentLength != nil, "a compressed message needs its length")
        var head = Array((method.rawValue + " SPAMC/1.5\r\n").utf8)
        if let contentLength { head += "Content-length: \(contentLength)\r\n".utf8 }
        if let user {
            guard !user.isEmpty, user.count <= Self.maximumUserBytes, !user.contains(where: isControl) else {
                return nil
            }
            head += "User: ".utf8
            head += user
            head += "\r\n".utf8
        }
        if compress { head += "Compress: zlib\r\n".utf8 }
        head += "\r\n".utf8
        self.head = head
    }
}
