internal import ClamdProtocol
internal import SpamdProtocol
internal import SystemPackage

/// Asks the scanners for their versions, over the same sockets as for a scan (`simscanmk -g`).
package struct VersionQuestions {
    private let settings: Settings

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// clamd's engine and the number of its daily database.
    ///
    /// - Throws: what every host said.
    package func clamd() throws(ScannerFault) -> (engine: String, database: Int?) {
        let answer = ask("clamd", settings.clamd, settings.firstByteClamd, spool: .standardInput) {
            ClamdVersionConversation()
        }
        guard case .version(let line) = answer, let version = ClamdVersion(reply: line) else { throw fault(answer) }
        return (String(decoding: version.engine, as: UTF8.self), version.database)
    }

    /// The version that spamd writes into a message that it has checked.
    ///
    /// - Parameter workdir: a directory for two small files without names.
    /// - Throws: what every host said, or why there is no version.
    package func spamd(workdir path: String) throws(ScannerFault) -> String {
        let workdir: Workdir
        let message: SpooledMessage
        do throws(Errno) {
            let text = Array("Subject: simscanmk asks for a version\n\n.\n".utf8)
            workdir = try Workdir(path)
            let file = try UnnamedFile(in: workdir)
            try file.descriptor.writeWhole(text)
            message = SpooledMessage(descriptor: file.descriptor, start: 0, size: Int64(text.count))
        } catch {
            throw ScannerFault(phase: .answer, text: "spamd: " + path + ": " + error.description)
        }
        defer { try? message.descriptor.close() }
        let question = SpamdConversation.Question(
            method: .process, user: nil, message: message, workdir: workdir, headroom: 0)
        let answer = ask("spamd", settings.spamd, settings.firstByteSpamd, spool: message.descriptor) {
            SpamdConversation(question)
        }
        guard case .spam(let report) = answer, let rewritten = try? report.rewrite.file() else { throw fault(answer) }
        defer { try? rewritten.descriptor.close() }
        // `SpamAssassin 4.0.1 (2024-03-25) on host`
        let words = rewritten.headerField("x-spam-checker-version:")?.split(separator: UInt8(ascii: " ")) ?? []
        guard words.count > 1 else {
            throw ScannerFault(phase: .answer, text: "spamd: no X-Spam-Checker-Version in its message")
        }
        return String(decoding: words[1], as: UTF8.self)
    }

    private func ask(
        _ name: String, _ hosts: [ScannerHost], _ firstByte: Duration, spool: FileDescriptor,
        _ conversation: @escaping () -> any Conversation
    ) -> ScannerAnswer {
        let now = Instant.now
        let resolver = Resolver()
        let scan = Scan(
            name: name, hosts: hosts, order: .first,
            waits: Scan.Waits(connect: settings.connectTimeout, firstByte: firstByte), spool: spool,
            resolver: resolver, memory: nil
        ) { _ in conversation() }
        run([scan], resolver: resolver, until: now + settings.deadline) { false }
        return scan.answer ?? .failed(ScannerFault(phase: .silence, text: name + ": no answer"))
    }

    private func fault(_ answer: ScannerAnswer) -> ScannerFault {
        if case .failed(let fault) = answer { return fault }
        return ScannerFault(phase: .answer, text: "an answer without a version")
    }
}

/// VERSION to a clamd (`clamd(8)`).
private final class ClamdVersionConversation: Conversation {
    let outputs: [Output] = [.bytes(ClamdCommand.version.bytes, more: false)]
    private var reply = ClamdVersionReply()

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? {
        reply.received(bytes)
        return nil
    }

    func reachedEnd() -> ScannerAnswer {
        do throws(ClamdFailure) {
            return .version(try reply.reachedEnd())
        } catch {
            return .failed(ScannerFault(phase: .answer, text: error.description))
        }
    }
}
