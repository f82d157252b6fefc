internal import SpamdProtocol
internal import SystemPackage

/// The whole message through spamd (SPAMC/1.5), and what it makes of the message.
final class SpamdConversation: Conversation {
    /// What is asked, and where the answer goes.
    struct Question {
        let method: SpamdMethod
        let user: [UInt8]?
        let message: SpooledMessage
        /// Where the rewritten message is kept.
        let workdir: Workdir
        /// Room ahead of the rewritten message for a Received line.
        let headroom: Int64
        /// Whether a verdict without a score is none: what is refused depends on it.
        var needsScore = false
    }

    let outputs: [Output]
    private let question: Question
    /// Kept open until all of it is sent.
    private let compressed: CompressedMessage?
    private var parser: SpamdResponseParser
    private var header = RewrittenHeaderReader()
    private var answer: KeptAnswer
    private var failure: String?

    /// - Parameter compressed: what is sent in the message's place, where it is.
    init(_ question: Question, compressed: CompressedMessage? = nil) {
        self.question = question
        self.compressed = compressed
        parser = SpamdResponseParser(
            method: question.method,
            maximumBodyBytes: SpamdLimits.rewrittenBytes(ofMessage: question.message.size))
        answer = KeptAnswer(
            workdir: question.workdir, room: question.headroom,
            maximumHeld: question.method.isForHeaders ? KeptAnswer.maximumHeldBytes : 0)
        let message = question.message
        outputs = [
            .bytes(Self.head(of: question, compressed), more: (compressed?.size ?? message.size) > 0),
            compressed.map { .file($0.descriptor, offset: 0, count: $0.size) }
                ?? .message(offset: message.start, count: message.size),
            // spamd waits for ever for the end of a last line without a newline.
            .halfClose,
        ]
    }

    /// A user whose name cannot be sent is none: spamd then scans for its default user.
    private static func head(of question: Question, _ compressed: CompressedMessage?) -> [UInt8] {
        let size = compressed?.size ?? question.message.size
        let compress = compressed != nil
        let request =
            SpamdRequest(method: question.method, contentLength: size, user: question.user, compress: compress)
            ?? SpamdRequest(method: question.method, contentLength: size, user: nil, compress: compress)
        guard let request else { preconditionFailure("a request without a user can be sent") }
        return request.head
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? {
        do throws(SpamdFailure) {
            let body = try parser.received(bytes)
            if question.method.returnsMessage && !body.isEmpty { keep(bytes.extracting(body)) }
        } catch {
            return fail(error.description)
        }
        return failure.map(fail)
    }

    func reachedEnd() -> ScannerAnswer {
        let response: SpamdResponse
        do throws(SpamdFailure) {
            response = try parser.reachedEnd()
        } catch {
            return fail(error.description)
        }
        header.reachedEnd()
        guard let verdict = response.verdict ?? header.verdict else { return fail("an answer without a verdict") }
        guard response.verdict != nil || header.hasScore || !question.needsScore else {
            return fail("an answer without a score")
        }
        guard question.method.returnsMessage else { return .spam(SpamReport(verdict: verdict, rewrite: .none)) }
        // An empty message comes back with headers of its own, so nothing at all is never right.
        guard answer.size > 0 else { return fail("an answer without the message") }
        do throws(Errno) {
            return try finish(verdict)
        } catch {
            return fail("workdir: " + question.workdir.path + ": " + error.description)
        }
    }

    func discard() {
        answer.discard()
    }

    private func finish(_ verdict: SpamdVerdict) throws(Errno) -> ScannerAnswer {
        switch question.method {
        case .headers:
            // The headers of a spam describe a body that this method does not send.
            guard !verdict.isSpam else { return .spam(SpamReport(verdict: verdict, rewrite: .none)) }
            if let header = answer.header, try header.isHeader(for: question.message) {
                return .spam(SpamReport(verdict: verdict, rewrite: .heldHeader(header)))
            }
            // A message without an empty line comes back whole, and is compared with it.
            let rewritten = try answer.spooled()
            guard try rewritten.isHeader(for: question.message) else {
                return fail("the answer is not the message's header")
            }
            return .spam(SpamReport(verdict: verdict, rewrite: .header(rewritten)))
        case .process, .ping, .check, .symbols, .report, .reportIfSpam:
            let rewritten = try answer.spooled()
            if !verdict.isSpam, try !rewritten.hasBody(of: question.message) {
                return fail("the answer has another body than the message")
            }
            return .spam(SpamReport(verdict: verdict, rewrite: .message(rewritten)))
        }
    }

    private func keep(_ bytes: Span<UInt8>) {
        // The message's own header is asked only where the response's has no verdict.
        if parser.verdict == nil { header.received(bytes) }
        do throws(Errno) {
            try answer.append(bytes)
        } catch {
            failure = "workdir: " + question.workdir.path + ": " + error.description
        }
    }

    private func fail(_ text: String) -> ScannerAnswer {
        .failed(ScannerFault(phase: .answer, text: text))
    }
}
