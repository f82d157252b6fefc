import Fakes
import Testing

/// Messages that no mail program should send, through Debian's spamd and clamd: what arrives has the sender's body,
/// byte for byte, whatever spamd makes of its header.
@Suite struct OddMessageTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let message: [UInt8]
        /// What must arrive behind whatever spamd puts in front.
        let body: [UInt8]

        init(_ description: String, head: String = "From: a@b\nSubject: odd\n\n", body: String) {
            self.init(description, head: Array(head.utf8), body: Array(body.utf8))
        }

        init(_ description: String, head: [UInt8], body: [UInt8]) {
            testDescription = description
            message = head + body
            self.body = body
        }
    }

    static let rows = [
        Row("no body", body: ""),
        Row("a body of one newline", body: "\n"),
        Row("a body of many newlines", body: String(repeating: "\n", count: 50)),
        Row("no final newline", body: "the end"),
        Row("NUL bytes", body: "a\0b\0\0\n\0"),
        Row("bare CR", body: "a\rb\r\r\n"),
        Row("CR LF in the body alone", body: "a\r\nb\r\n"),
        Row("CR LF throughout", head: "From: a@b\r\nSubject: odd\r\n\r\n", body: "a\r\nb\r\n"),
        Row("CR LF in the header alone", head: "From: a@b\r\nSubject: odd\r\n\r\n", body: "a\nb\n"),
        Row("LF and CR LF mixed in the header", head: "From: a@b\r\nSubject: odd\nX: y\r\n\r\n", body: "a\n"),
        Row("all bytes", head: Array("From: a@b\n\n".utf8), body: Array(0...255) + Array(0...255)),
        Row("8 bit", head: Array("Subject: x\n\n".utf8), body: [0xe4, 0xf6, 0xfc, 0x0a]),
        Row("a line of 100,000 bytes", body: String(repeating: "x", count: 100_000) + "\n"),
        Row("lines with From", body: "From here\n>From there\nFrom a@b Sun Nov 22\n"),
        Row("lines with dots", body: ".\n..\n.a\n"),
        Row("fields in the body", body: "X-Spam-Flag: YES\nX-Spam-Status: Yes, score=99\n\nSubject: x\n"),
        Row(
            "a header line of 20,000 bytes", head: "X-Long: " + String(repeating: "l", count: 20_000) + "\n\n",
            body: "a\n"),
        Row("a folded header", head: "Subject: a\n b\n\tc\nFrom: a@b\n\n", body: "a\n"),
        Row(
            "8 bit in the header", head: Array("Subject: ".utf8) + [0xff, 0xfe] + Array("\n\n".utf8),
            body: Array("a\n".utf8)),
        Row("an mbox line", head: "From a@b Sun Nov 22 09:30:00 2026\nSubject: x\n\n", body: "a\n"),
    ]

    /// Messages whose parts nobody can tell for sure; the whole of each must arrive in some way.
    static let shapeless = [
        "", "\n", "\n\n", "\nbody\n", "\r\n", "\r\nbody\r\n", "no header\n", "no header", "Subject: x", "Subject: x\n",
        "Subject: x\nno field\nbody\n", " begins with a blank\nSubject: x\n\nbody\n", "Subject: x\n\r\nbody\n",
        "Subject: x\r\n\nbody\n", ":\n\nbody\n", "\0\n", "From a@b\n\nbody\n",
    ]

    @Test(arguments: rows, ["process", "headers"]) func `The body that arrives is the sender's`(
        row: Row, command: String
    ) throws {
        let site = try Site([
            "spamd": RealScanners.spamd().unix, "clamd": RealScanners.clamd().unix, "spamd-command": command,
        ])
        let result = try site.run(row.message)
        #expect(result.exitStatus == 0)
        // A message that spamd changes in a way that could be a loss passes as it came; these it does not change so.
        #expect(result.notes == [])
        let queued = try site.queued().message
        #expect(queued.suffix(row.body.count) == row.body[...])
        #expect(queued.mailBody.elementsEqual(row.body), "\(visible(queued, upTo: 2000))")
        #expect(queued.contains(pattern: Array("X-Spam-Checker-Version:".utf8)))
    }

    @Test(arguments: ["process", "headers"]) func `Nothing of a message without a shape is lost`(command: String) throws
    {
        let site = try Site(["spamd": RealScanners.spamd().tcp, "spamd-command": command])
        var marked = 0
        for text in Self.shapeless {
            let queue = try FakeQueue()
            let result = try site.run(Array(text.utf8)) { $0.environment.merge(queue.environment()) { $1 } }
            #expect(result.exitStatus == 0)
            let queued = try #require(queue.arrivals().first?.message)
            // As it came, or with fields in front and, at most, other ends of the header's lines.
            let lines = queued.filter { $0 != UInt8(ascii: "\r") }
            let expected = Array(text.utf8).filter { $0 != UInt8(ascii: "\r") }
            let words = expected.split(separator: UInt8(ascii: "\n"))
            #expect(words.allSatisfy { lines.contains(pattern: Array($0)) }, "\(visible(queued, upTo: 2000))")
            if !result.notes.isEmpty { #expect(queued == Array(text.utf8)) }
            if queued.contains(pattern: Array("X-Spam-Checker-Version:".utf8)) { marked += 1 }
            queue.remove()
        }
        #expect(marked > Self.shapeless.count / 2)
    }
}
