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

/// A message that still arrives, through clamd by INSTREAM: the end of the stream goes out only behind the whole
/// of it, and clamd scans nothing before (`clamd(8)`).
final class ClamdArrivalConversation: Conversation {
    /// Small pieces cost more than they bring forward.
    private static let minimumChunkBytes: Int64 = 65_536

    private(set) var outputs: [Output] = [.bytes(ClamdCommand.instream.bytes, more: true)]
    /// Where in the spool the next chunk begins.
    private var offset: Int64
    /// Where in the spool the message ends so far.
    private var end: Int64
    private var isWhole = false
    private var hasEnded = false
    var hasAllOutputs: Bool { hasEnded }
    private var reply = ClamdScanReply(command: .instream)

    /// - Parameters:
    ///   - start: where in the spool the message begins.
    ///   - end: where it ends so far.
    init(start: Int64, end: Int64) {
        offset = start
        self.end = end
    }

    /// More of the message is in the spool, all of it where `isWhole`.
    func arrived(upTo end: Int64, isWhole: Bool) {
        self.end = end
        self.isWhole = isWhole
    }

    func refill() -> Bool {
        guard !hasEnded, isWhole || end - offset >= Self.minimumChunkBytes else { return false }
        outputs.removeAll(keepingCapacity: true)
        let count = min(end - offset, ClamdConversation.maximumChunkBytes)
        if count > 0 {
            outputs.append(.bytes(ClamdChunk.header(length: UInt32(count)), more: true))
            outputs.append(.message(offset: offset, count: count))
            offset += count
        }
        if isWhole && offset == end {
            outputs.append(.bytes(ClamdChunk.end, more: false))
            hasEnded = true
        }
        return true
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
        case .failed(.unavailable):
            self = .failed(ScannerFault(phase: .unavailable, text: ClamdFailure.unavailable.description))
        case .failed(let failure): self = .failed(ScannerFault(phase: .answer, text: failure.description))
        }
    }
}
