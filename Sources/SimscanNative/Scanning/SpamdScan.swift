internal import SpamdProtocol
internal import SystemPackage

/// The whole message through spamd (SPAMC/1.5), and its version of the message into a file of its own.
final class SpamdConversation: Conversation {
    /// What is asked, and where the answer goes.
    struct Question {
        let method: SpamdMethod
        let user: [UInt8]?
        let message: SpooledMessage
        /// Where the rewritten message is kept.
        let workdir: String
        /// Room ahead of the rewritten message for a Received line.
        let headroom: Int64
    }

    let outputs: [Output]
    private let question: Question
    /// Kept open until all of it is sent.
    private let compressed: CompressedMessage?
    private var parser: SpamdResponseParser
    private var header = RewrittenHeaderReader()
    private var file: UnnamedFile?
    private var written: Int64 = 0
    private var failure: String?

    /// - Parameter compressed: what is sent in the message's place, where it is.
    init(_ question: Question, compressed: CompressedMessage? = nil) {
        self.question = question
        self.compressed = compressed
        parser = SpamdResponseParser(method: question.method)
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
        for user in [question.user, nil] {
            let request = SpamdRequest(
                method: question.method, contentLength: compressed?.size ?? question.message.size, user: user,
                compress: compressed != nil)
            if let request { return request.head }
        }
        preconditionFailure("a request without a user can be sent")
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
        guard question.method.returnsMessage else { return .spam(SpamReport(verdict: verdict, rewrite: .none)) }
        guard let file, written > 0 else {
            // An empty message comes back with headers of its own, so nothing at all is never right.
            return fail("an answer without the message")
        }
        let rewritten = SpooledMessage(descriptor: file.descriptor, start: question.headroom, size: written)
        do throws(Errno) {
            return try finish(verdict, rewritten)
        } catch {
            return fail("workdir: " + question.workdir + ": " + error.description)
        }
    }

    func discard() {
        try? file?.descriptor.close()
        file = nil
    }

    private func finish(_ verdict: SpamdVerdict, _ rewritten: SpooledMessage) throws(Errno) -> ScannerAnswer {
        switch question.method {
        case .headers:
            // The headers of a spam describe a body that this method does not send.
            guard !verdict.isSpam else { return .spam(SpamReport(verdict: verdict, rewrite: .none)) }
            guard try rewritten.isHeader(for: question.message) else {
                return fail("the answer is not the message's header")
            }
            return .spam(SpamReport(verdict: verdict, rewrite: .header(rewritten)))
        case .process, .ping, .check, .symbols, .report, .reportIfSpam:
            if !verdict.isSpam, try !rewritten.hasBody(of: question.message) {
                return fail("the answer has another body than the message")
            }
            return .spam(SpamReport(verdict: verdict, rewrite: .message(rewritten)))
        }
    }

    private func keep(_ bytes: Span<UInt8>) {
        header.received(bytes)
        do throws(Errno) {
            let file = try openFile()
            var error: Errno?
            bytes.withUnsafeBufferPointer { bytes in
                do throws(Errno) {
                    try file.descriptor.writeAll(UnsafeRawBufferPointer(bytes), at: question.headroom + written)
                } catch let failed {
                    error = failed
                }
            }
            if let error { throw error }
            written += Int64(bytes.count)
        } catch {
            failure = "workdir: " + question.workdir + ": " + error.description
        }
    }

    private func openFile() throws(Errno) -> UnnamedFile {
        if let file { return file }
        let new = try UnnamedFile(in: question.workdir)
        file = new
        return new
    }

    private func fail(_ text: String) -> ScannerAnswer {
        .failed(ScannerFault(phase: .answer, text: text))
    }
}
