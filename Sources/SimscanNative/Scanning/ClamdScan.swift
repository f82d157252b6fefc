internal import ClamdProtocol

/// The whole message through clamd by INSTREAM (`clamd(8)`).
final class ClamdConversation: Conversation {
    /// clamd checks its StreamMaxLength when a chunk's header arrives, so one large chunk is refused at once.
    static let maximumChunkBytes = Int64(UInt32.max) & ~0xFFFF

    let outputs: [Output]
    private var reply = ClamdScanReply(command: .instream)

    init(_ message: SpooledMessage) {
        var outputs: [Output] = []
        var prefix = ClamdCommand.instream.bytes
        var offset = message.start
        while offset < message.end {
            let count = min(message.end - offset, Self.maximumChunkBytes)
            outputs.append(.bytes(prefix + ClamdChunk.header(length: UInt32(count)), more: true))
            outputs.append(.message(offset: offset, count: count))
            prefix = []
            offset += count
        }
        outputs.append(.bytes(prefix + ClamdChunk.end, more: false))
        self.outputs = outputs
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? { reply.received(bytes).map(ScannerAnswer.init) }

    func reachedEnd() -> ScannerAnswer { ScannerAnswer(reply.reachedEnd()) }
}

/// The spool itself to a clamd on this host (FILDES): nothing is copied, no file permission is needed, and
/// StreamMaxLength does not hold.
final class ClamdDescriptorConversation: Conversation {
    let outputs: [Output] = [.bytes(ClamdCommand.fildes.bytes, more: false), .descriptor]
    let fallback: (any Conversation)?
    private var reply = ClamdScanReply(command: .fildes)

    /// - Parameter fallback: for a clamd, or something in front of it, that takes no descriptors.
    init(fallback: (any Conversation)?) {
        self.fallback = fallback
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? { reply.received(bytes).map(ScannerAnswer.init) }

    func reachedEnd() -> ScannerAnswer { ScannerAnswer(reply.reachedEnd()) }
}

extension ScannerAnswer {
    init(_ verdict: ClamdVerdict) {
        switch verdict {
        case .clean: self = .clean
        case .infected(let name): self = .infected(name: name)
        case .sizeLimitExceeded:
            self = .notScanned("the message is over clamd's StreamMaxLength, raise StreamMaxLength in clamd.conf")
        case .failed(let failure): self = .failed(ScannerFault(phase: .answer, text: failure.description))
        }
    }
}
