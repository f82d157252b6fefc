internal import ClamdProtocol
internal import SystemPackage

/// The decoded parts of a message, one after the other in a file without a name.
struct DecodedParts {
    let descriptor: FileDescriptor
    /// Where each part stands in the file; none is empty.
    let ranges: [Range<Int64>]
}

/// Every decoded part through clamd over one connection (`clamd(8)`, IDSESSION), so that each has an answer of its
/// own.
final class ClamdPartsConversation: Conversation {
    let outputs: [Output]
    private let isExcused: ([UInt8]) -> Bool
    private var replies = ClamdSessionReplies(command: .instream)
    /// What is still to be answered; a part is counted from 1.
    private var isOpen: [Bool]
    private var firstTrouble: ScannerAnswer?

    /// - Parameter isExcused: whether a name does not count as a virus.
    init(_ parts: DecodedParts, isExcused: @escaping ([UInt8]) -> Bool) {
        self.isExcused = isExcused
        isOpen = parts.ranges.map { _ in true }
        var outputs: [Output] = []
        var command = ClamdCommand.idsession.bytes
        for range in parts.ranges {
            command += ClamdCommand.instream.bytes
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = min(range.upperBound - offset, ClamdConversation.maximumChunkBytes)
                outputs.append(.bytes(command + ClamdChunk.header(length: UInt32(count)), more: true))
                outputs.append(.message(offset: offset, count: count))
                command = []
                offset += count
            }
            command = ClamdChunk.end
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
