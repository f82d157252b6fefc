import SystemPackage
import Testing

@testable import SimscanNative

@Suite("A message's body")
struct HeaderEndTests {
    /// A message in a file without a name, with some room ahead of it.
    private func spool(_ text: String, start: Int64 = 10) throws -> SpooledMessage {
        let file = try UnnamedFile(in: Workdir("/tmp"))
        try Array(text.utf8).withUnsafeBytes { try file.descriptor.writeAll($0, at: start) }
        return SpooledMessage(descriptor: file.descriptor, start: start, size: Int64(text.utf8.count))
    }

    @Test(
        "begins after the first empty line",
        arguments: [
            ("A: b\n\nbody", 6), ("A: b\r\n\r\nbody", 8), ("A: b\n\r\nbody", 7), ("\nbody", 1), ("\r\nbody", 2),
            ("A: b\nC: d\n", 10), ("A: b", 4), ("", 0), ("A: b\n\n\nx", 6), ("A: b\n \n\nx", 8),
            // No empty line: from the first line that is no header line on.
            ("A: b\nno header line\nC: d\n", 5), ("no header line", 0), ("From me Sun\nA: b\n", 17),
            ("A: b\nFrom me Sun\n", 5), ("A: b\r\rx\n", 8), ("A: b\n\rx\n", 5),
            // With an empty line, a strange line before it is part of the header.
            ("A: b\nno header line\n\nbody", 21),
        ])
    func begins(text: String, offset: Int) throws {
        let message = try spool(text)
        #expect(try message.bodyOffset() - message.start == Int64(offset))
        try message.descriptor.close()
    }

    @Test("is found in a header longer than every buffer")
    func longHeader() throws {
        let header = "A: " + String(repeating: "x", count: 65_530) + "\n" + String(repeating: "B: c\n", count: 30_000)
        for ending in ["\n", "\r\n"] {
            let message = try spool(header + ending + "body")
            #expect(try message.end - message.bodyOffset() == 4)
            try message.descriptor.close()
        }
    }

    @Test(
        "is the same or not, whatever the headers are",
        arguments: [
            ("X: 1\nA: b\n\nbody", "A: b\n\nbody", true), ("X: 1\n\nbody", "A: b\n\nbody\n", false),
            ("X: 1\n\nbody\n", "A: b\n\nbody", false), ("X: 1\n\nBody", "A: b\n\nbody", false),
            ("X: 1\n\nbo\0dy", "A: b\n\nbo\0dy", true), ("X: 1\nA: b\n", "A: b\n", true),
            ("X: 1\nA: b\n\n", "A: b\n", true), ("X: 1\nA: b\n", "A: b\nhello\n", false),
            ("X: 1\nA: b\nhello\n", "A: b\nhello\n", true),
        ])
    func comparison(mine: String, other: String, isSame: Bool) throws {
        let (mine, other) = (try spool(mine), try spool(other, start: 0))
        #expect(try mine.hasBody(of: other) == isSame)
        try mine.descriptor.close()
        try other.descriptor.close()
    }

    @Test("of several buffers is compared to its last byte")
    func longBody() throws {
        let body = String(repeating: "0123456789abcdef\n", count: 20_000)
        let (one, same, other) = (
            try spool("A: b\n\n" + body + "1"), try spool("C: d\nE: f\n\n" + body + "1"), try spool("\n" + body + "2")
        )
        #expect(try one.hasBody(of: same))
        #expect(try !one.hasBody(of: other))
        for message in [one, same, other] { try message.descriptor.close() }
    }

    /// spamd's answer to HEADERS, the message, and what is delivered; nil: the answer is no header of it.
    private static let newHeaders: [(answer: String, message: String, whole: String?)] = [
        ("X: y\nA: b\n\n", "A: b\n\nbody\0", "X: y\nA: b\n\nbody\0"),
        ("X: y\r\n\r\n", "A: b\r\n\r\nbody", "X: y\r\n\r\nbody"),
        ("X: y\nA: b\n", "A: b\n", "X: y\nA: b\n"), ("X: y\nA: b\nstrange", "A: b\nstrange", "X: y\nA: b\nstrange"),
        ("X: y\nA: b\n", "A: b\nstrange", nil), ("X: y\n", "A: b\n\nbody", nil), ("X: y\n\nb", "A: b\n\nbody", nil),
        ("", "A: b\n\nbody", nil), ("X: y\n\n", "A: b\n", nil),
    ]

    @Test("follows a new header, written over the old one or into a file of its own", arguments: newHeaders)
    func newHeader(answer: String, message text: String, whole: String?) throws {
        for room in [0, 10, 100] as [Int64] {
            let message = try spool(text, start: 20 + room)
            let header = try spool(answer)
            #expect(try header.isHeader(for: message) == (whole != nil))
            if let whole {
                let result = try SpamReport.Rewrite.header(header).applied(to: message, room: room)
                #expect(try read(result) == whole)
                #expect(result.start >= room || result.descriptor == header.descriptor)
            }
            try header.descriptor.close()
            try message.descriptor.close()
        }
    }

    @Test("follows a new header that is in memory", arguments: newHeaders)
    func heldHeader(answer: String, message text: String, whole: String?) throws {
        for room in [0, 10, 100] as [Int64] {
            let message = try spool(text, start: 20 + room)
            let header = HeldHeader(Array(answer.utf8), workdir: try Workdir("/tmp"), room: 5)
            // A message without an empty line is compared with its answer in a file.
            let isHeader = try whole != nil && message.hasEmptyLine()
            #expect(try header.isHeader(for: message) == isHeader)
            if isHeader {
                let result = try SpamReport.Rewrite.heldHeader(header).applied(to: message, room: room)
                #expect(try read(result) == whole)
                #expect(result.start >= room || result.descriptor != message.descriptor)
                if result.descriptor != message.descriptor { try result.descriptor.close() }
            }
            try message.descriptor.close()
        }
    }

    @Test("is moved where the new header does not fit ahead of it")
    func longNewHeader() throws {
        let message = try spool("A: b\n\nbody", start: 10)
        let header = try spool("X: " + String(repeating: "y", count: 100_000) + "\n\n", start: 1024)
        let result = try SpamReport.Rewrite.header(header).applied(to: message, room: 0)
        #expect(result.descriptor == header.descriptor)
        #expect(result.size == 100_009)
        #expect(try read(result).hasSuffix("y\n\nbody"))
        try header.descriptor.close()
        try message.descriptor.close()
    }

    private func read(_ message: SpooledMessage) throws -> String {
        var bytes = [UInt8](repeating: 0, count: Int(message.size))
        let count = try bytes.withUnsafeMutableBytes { try message.descriptor.readAll(into: $0, at: message.start) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
