internal import TrophieProtocol

/// One path through trophie, sophie or savdid: the server reads it on its own disk.
final class TrophieConversation: Conversation {
    let outputs: [Output]
    private var reply = TrophieReply()

    init(request: [UInt8]) {
        outputs = [.bytes(request, more: false)]
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? { reply.received(bytes).map(Self.answer) }

    func reachedEnd() -> ScannerAnswer { Self.answer(reply.reachedEnd()) }

    private static func answer(_ verdict: TrophieVerdict) -> ScannerAnswer {
        switch verdict {
        case .clean: .clean
        case .infected(let name): .infected(name: name)
        case .failed(let failure): .failed(ScannerFault(phase: .answer, text: failure.description))
        }
    }
}
