import SimscanNative
import SystemPackage
import Testing

/// What a caged child says is believed only where it is exactly what a child says.
@Suite struct AnswerFormatTests {
    private static let name = Array("a.exe".utf8)

    static let attachments: [AttachmentFinding] =
        [
            .nothing, .blocked(AttachmentMatch(name: name, part: "1.2", rule: Array(".exe".utf8))),
            .encrypted(name: name, part: "2"), .broken(name: [], part: ""), .partial(part: "1"),
            .unparsed("out of something"),
        ] + MIMELimit.allCases.map { .limit($0) }
    static let regexes: [RegexFinding] = [.nothing, .matched(3), .failed(2, "too hard")]

    private static func answer(_ attachment: AttachmentFinding, _ regex: RegexFinding) -> [UInt8] {
        var writer = AnswerWriter()
        writer.add(attachment, regex)
        return writer.bytes
    }

    private static func read(
        _ bytes: [UInt8], expressions: Int = 3
    ) -> Result<(attachment: AttachmentFinding, regex: RegexFinding), Errno>? {
        var reader = AnswerReader(bytes)
        return reader.findings(expressions: expressions)
    }

    @Test(arguments: attachments, regexes)
    func `Findings come back as they were`(attachment: AttachmentFinding, regex: RegexFinding) throws {
        let findings = try #require(Self.read(Self.answer(attachment, regex))).get()
        #expect(findings.attachment == attachment)
        #expect(findings.regex == regex)
    }

    @Test func `An error comes back as one`() throws {
        var writer = AnswerWriter()
        writer.add(Errno.ioError)
        #expect(throws: Errno.ioError) { try #require(Self.read(writer.bytes)).get() }
    }

    @Test(arguments: attachments, regexes)
    func `A piece of an answer is none, and neither is more than one`(
        attachment: AttachmentFinding, regex: RegexFinding
    ) {
        let bytes = Self.answer(attachment, regex)
        for count in 0..<bytes.count { #expect(Self.read(Array(bytes[..<count])) == nil) }
        #expect(Self.read(bytes + [0]) == nil)
        #expect(Self.read(bytes + bytes) == nil)
    }

    @Test(arguments: attachments) func `A byte that is another one is a fault or another answer, and no crash`(
        attachment: AttachmentFinding
    ) {
        let bytes = Self.answer(attachment, .failed(1, "x"))
        for index in bytes.indices {
            for value in [0, 1, 2, 3, 7, 0x7f, 0x80, 0xff] as [UInt8] {
                var changed = bytes
                changed[index] = value
                _ = Self.read(changed)
            }
        }
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 40, 65_537, 6]) func `A length that is not there is not believed`(
        length: UInt64
    ) {
        var writer = AnswerWriter()
        writer.add(byte: 1)
        writer.add(byte: 1)
        writer.add(number: length)
        #expect(Self.read(writer.bytes + Self.name) == nil)
    }

    @Test func `An expression that does not exist cannot match`() {
        #expect(Self.read(Self.answer(.nothing, .matched(3)), expressions: 2) == nil)
        #expect(Self.read(Self.answer(.nothing, .failed(3, "")), expressions: 2) == nil)
        #expect(Self.read(Self.answer(.nothing, .matched(0))) == nil)
    }

    @Test func `A name that is too long is cut by the one who writes it`() throws {
        let long = [UInt8](repeating: 0x61, count: 1_000_000)
        let match = AttachmentMatch(name: long, part: "1", rule: [])
        let findings = try #require(Self.read(Self.answer(.blocked(match), .nothing))).get()
        guard case .blocked(let back) = findings.attachment else { throw Errno.invalidArgument }
        #expect(back.name.count == 65_536)
    }
}
