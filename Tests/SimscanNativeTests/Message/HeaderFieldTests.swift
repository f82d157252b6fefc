import SimscanNative
import Testing

@Suite("A header field for the log")
struct HeaderFieldTests {
    @Test(
        "is the first of its name, unfolded and trimmed",
        arguments: [
            ("Subject: hello\n\nbody", "hello"), ("subject:hello \n", "hello"),
            ("A: b\r\nSUBJECT:  a\r\n\tb\r\n\r\n", "a\tb"),
            ("Subject: one\nSubject: two\n\n", "one"), ("Subject:\n\n", ""), ("X-Subject: a\n\n", nil),
            ("A: b\n\nSubject: in the body\n", nil), ("A: b\n Subject: folded\n\n", nil), ("", nil),
        ])
    func field(text: String, value: String?) throws {
        let file = try UnnamedFile(in: Workdir("/tmp"))
        try Array(text.utf8).withUnsafeBytes { try file.descriptor.writeAll($0, at: 0) }
        let message = SpooledMessage(descriptor: file.descriptor, start: 0, size: Int64(text.utf8.count))
        #expect(message.headerField("subject:").map { String(decoding: $0, as: UTF8.self) } == value)
        try file.descriptor.close()
    }
}
