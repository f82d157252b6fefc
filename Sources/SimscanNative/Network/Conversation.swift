internal import SystemPackage

/// One thing to put on a connection.
///
/// It is a class because an array of enumerations has its metadata made at run time, in every process.
final class Output {
    enum Content {
        case bytes([UInt8], more: Bool)
        case message(offset: Int64, count: Int64)
        case file(FileDescriptor, offset: Int64, count: Int64)
        case descriptor
        case halfClose
    }

    let content: Content

    private init(_ content: Content) { self.content = content }

    /// These bytes. With `more`, something follows at once and may share a packet.
    static func bytes(_ bytes: [UInt8], more: Bool) -> Output { Output(.bytes(bytes, more: more)) }

    /// A part of the message, from the spool: the offset in its file and the number of bytes.
    static func message(offset: Int64, count: Int64) -> Output { Output(.message(offset: offset, count: count)) }

    /// A part of another file.
    static func file(_ file: FileDescriptor, offset: Int64, count: Int64) -> Output {
        Output(.file(file, offset: offset, count: count))
    }

    /// One byte, and the spool, open to be read, beside it (SCM_RIGHTS, `unix(7)`).
    static var descriptor: Output { Output(.descriptor) }

    /// The end of what we send; the answer can still come.
    static var halfClose: Output { Output(.halfClose) }
}

/// One question to one scanner over one connection, without the connection.
///
/// `Attempt` sends `outputs` in order and feeds what comes back, at the same time.
protocol Conversation: AnyObject {
    /// What is to be sent.
    var outputs: [Output] { get }
    /// Whether the first of several answers may come before all questions are asked.
    var hasSeveralAnswers: Bool { get }
    /// All outputs are sent: others take their place, where there are any now.
    ///
    /// - Returns: whether there are.
    func refill() -> Bool
    /// Whether no others follow the outputs that there are.
    var hasAllOutputs: Bool { get }
    /// Bytes came.
    ///
    /// - Returns: the answer, as soon as nothing that may follow can change it.
    func received(_ bytes: Span<UInt8>) -> ScannerAnswer?
    /// The scanner closed the connection.
    func reachedEnd() -> ScannerAnswer
    /// The answer did not count: what it left behind goes.
    func discard()
    /// The question in another form, for the same host, after it has not understood this one.
    var fallback: (any Conversation)? { get }
}

extension Conversation {
    var hasSeveralAnswers: Bool { false }
    func refill() -> Bool { false }
    var hasAllOutputs: Bool { true }
    func discard() {}
    var fallback: (any Conversation)? { nil }
}

/// What a scanner said, or why it said nothing that counts.
package enum ScannerAnswer: Sendable {
    /// Looked at whole, and nothing was found.
    case clean
    /// The name is the scanner's, byte for byte.
    case infected(name: [UInt8])
    /// The scanner did not look at the whole message; the text says which limit and what to change.
    case notScanned(String)
    /// spamd's verdict, and its version of the message where it was asked for one.
    case spam(SpamReport)
    /// The line that clamd says its version in.
    case version([UInt8])
    /// No verdict: the next host may have one.
    case failed(ScannerFault)
}

/// Why an attempt at a host came to nothing.
package struct ScannerFault: Error, Equatable, Sendable {
    /// How far the attempt got.
    package enum Phase: Equatable, Sendable {
        /// This host itself cannot begin: no scanner is to blame.
        case start
        /// The name has no address.
        case resolve
        /// No connection.
        case connect
        /// A connection, and then nothing or a reset.
        case silence
        /// An answer that says that the scanner is not ready yet.
        case unavailable
        /// An answer that is none, or the connection's end for one.
        case answer
    }

    package let phase: Phase
    package let text: String

    package init(phase: Phase, text: String) {
        self.phase = phase
        self.text = text
    }
}
