internal import ClamdProtocol

/// Every decoded part of a message through clamd over one connection (`clamd(8)`, IDSESSION), so that each has an
/// answer of its own.
final class ClamdPartsConversation: Conversation {
    let outputs: [Output]
    let hasSeveralAnswers = true
    private let isExcused: ([UInt8]) -> Bool
    private var replies = ClamdSessionReplies(command: .instream)
    /// What is still to be answered; clamd counts from 1.
    private var isOpen: [Bool]
    private var firstTrouble: ScannerAnswer?

    /// - Parameters:
    ///   - parts: all in the file that the attempt sends from.
    ///   - isExcused: whether a name does not count as a virus.
    init(_ parts: [DecodedPart], isExcused: @escaping ([UInt8]) -> Bool) {
        self.isExcused = isExcused
        isOpen = parts.map { _ in true }
        var outputs: [Output] = []
        var command = ClamdCommand.idsession.bytes
        for part in parts {
            command += ClamdCommand.instream.bytes
            var offset = part.content.start
            while offset < part.content.end {
                let count = min(part.content.end - offset, ClamdConversation.maximumChunkBytes)
                outputs.append(.bytes(command + ClamdChunk.header(length: UInt32(count)), more: true))
                outputs.append(.message(offset: offset, count: count))
                command = []
                offset += count
            }
            command += ClamdChunk.end
        }
        outputs.append(.bytes(command + ClamdCommand.end.bytes, more: false))
        self.outputs = outputs
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? {
        for reply in replies.received(bytes) {
            guard isOpen.indices.contains(reply.number - 1), isOpen[reply.number - 1] else {
                return .failed(ScannerFault(phase: .answer, text: "an answer to a question that was not asked"))
            }
            isOpen[reply.number - 1] = false
            let answer = ScannerAnswer(reply.verdict)
            switch answer {
            case .infected(let name) where isExcused(name): break
            case .infected: return answer
            case .clean: break
            case .notScanned, .failed, .spam, .version: firstTrouble = firstTrouble ?? answer
            }
        }
        return replies.failure.map { .failed(ScannerFault(phase: .answer, text: $0.description)) }
    }

    func reachedEnd() -> ScannerAnswer {
        do throws(ClamdFailure) {
            try replies.reachedEnd()
        } catch {
            return .failed(ScannerFault(phase: .answer, text: error.description))
        }
        if let firstTrouble { return firstTrouble }
        guard !isOpen.contains(true) else {
            return .failed(ScannerFault(phase: .answer, text: "not every part has an answer"))
        }
        return .clean
    }
}
