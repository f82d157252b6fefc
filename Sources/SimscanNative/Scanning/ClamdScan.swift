internal import ClamdProtocol

/// The whole message through clamd by INSTREAM (`clamd(8)`).
final class ClamdConversation: Conversation {
    /// clamd checks its StreamMaxLength when a chunk's header arrives, so one large chunk is refused at once.
    private static let maximumChunkBytes = Int64(UInt32.max) & ~0xFFFF

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

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? { reply.received(bytes).map(Self.answer) }

    func reachedEnd() -> ScannerAnswer { Self.answer(reply.reachedEnd()) }

    func discard() {}

    private static func answer(_ verdict: ClamdVerdict) -> ScannerAnswer {
        switch verdict {
        case .clean: .clean
        case .infected(let name): .infected(name: name)
        case .sizeLimitExceeded:
            .notScanned("the message is over clamd's StreamMaxLength, raise StreamMaxLength in clamd.conf")
        case .failed(let failure): .failed(ScannerFault(phase: .answer, text: failure.description))
        }
    }
}
