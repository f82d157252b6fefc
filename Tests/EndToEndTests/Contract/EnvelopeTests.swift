import Fakes
import Testing

/// The envelope on fd 1, as `qmail-queue(8)` takes it, and as it arrives in the queue.
@Suite struct EnvelopeTests {
    /// An envelope and what becomes of it.
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let status: Int32
        /// A part of what the log says.
        let error: String
    }

    static let refused = [
        row("no F", "Tb@example.com\0\0", 91, "F"),
        row("T before F", "Tb@example.com\0Fa@example.org\0\0", 91, "F"),
        row("two F", "Fa@example.org\0Fa@example.org\0Tb@example.com\0\0", 91, "second sender"),
        row("a second F behind a recipient", "Fa@example.org\0Tb@example.com\0Fa@example.org\0\0", 91, "second sender"),
        row("no recipient", "Fa@example.org\0\0", 91, "no recipient"),
        row("no recipient of a bounce", "F\0\0", 91, "no recipient"),
        row("a stray record", "Fa@example.org\0Xb@example.com\0\0", 91, "neither"),
        row("a stray record behind a recipient", "Fa@example.org\0Tb@example.com\0b@example.com\0\0", 91, "neither"),
        row("small letters", "fa@example.org\0tb@example.com\0\0", 91, "F"),
        row("a NUL alone", "\0", 91, "F"),
        row("nothing", "", 54, "ended"),
        row("an end in the sender", "Fa@exam", 54, "ended"),
        row("an end behind the sender", "Fa@example.org\0", 54, "ended"),
        row("an end in a recipient", "Fa@example.org\0Tb@exam", 54, "ended"),
        row("an end before the last NUL", "Fa@example.org\0Tb@example.com\0", 54, "ended"),
        row("a sender of 1003 bytes", "F" + address(1003) + "\0Tb@example.com\0\0", 11, "1002"),
        row("a recipient of 1003 bytes", "Fa@example.org\0T" + address(1003) + "\0\0", 11, "1002"),
        row("an address without end", "Fa@example.org\0T" + String(repeating: "x", count: 200_000), 11, "1002"),
    ]

    private static func row(_ description: String, _ text: String, _ status: Int32, _ error: String) -> Row {
        Row(testDescription: description, bytes: Array(text.utf8), status: status, error: error)
    }

    /// An address of so many bytes.
    private static func address(_ count: Int) -> String {
        String(repeating: "a", count: count - 12) + "@example.com"
    }

    @Test(arguments: refused) func `A wrong envelope is refused with qmail-queue's own status`(row: Row) throws {
        let site = try Site()
        let result = try site.filter(SampleMessages.clean, envelope: row.bytes).run()
        try site.check(result)
        #expect(result.exitStatus == row.status)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains(row.error) == true, "\(result.logLines)")
        #expect(result.rejectText == "")
        #expect(try site.queue.isEmpty())
    }

    /// Envelopes that must arrive as they came.
    static let taken: [(String, [UInt8])] = [
        ("a bounce", Envelope(from: "", to: ["bob@example.com"]).bytes),
        ("upper case, order and duplicates", Envelope(from: "A@B.Org", to: ["Z@x.Com", "a@x.com", "Z@x.Com"]).bytes),
        ("an address without @ before one that begins with @", Envelope(from: "a", to: ["b", "@c", "@", ""]).bytes),
        ("addresses of 498 to 502 bytes", Envelope(from: address(499), to: (498...502).map(address)).bytes),
        ("addresses of 1002 bytes", Envelope(from: address(1002), to: [address(1002), address(1002)]).bytes),
        (
            "addresses with blanks, colons, commas",
            Envelope(from: "\"a b\"@x", to: ["a:b,c@x", "F", "T", "#@[]"]).bytes
        ),
        ("bytes that are no text", [0x46, 0xff, 0x0a, 0x00, 0x54, 0x80, 0x09, 0x40, 0xfe, 0x00, 0x00]),
        ("an envelope of just the capacity of a pipe's write", envelope(ofBytes: 4096)),
        ("one byte more", envelope(ofBytes: 4097)),
        ("one byte more than a pipe", envelope(ofBytes: 65537)),
        ("1,000 recipients", Envelope(from: "a@b", to: (0..<1000).map { "user\($0)@example.com" }).bytes),
    ]

    private static func envelope(ofBytes count: Int) -> [UInt8] {
        // F, NUL; T and NUL for each recipient; NUL.
        var recipients: [String] = []
        var left = count - 3
        while left > 0 {
            let room = min(left, 802)
            recipients.append(String(repeating: "r", count: room - 2))
            left -= room
        }
        return Envelope(from: "", to: recipients).bytes
    }

    @Test(arguments: taken) func `An envelope arrives byte for byte`(name: String, envelope: [UInt8]) throws {
        let site = try Site()
        let result = try site.filter(SampleMessages.clean, envelope: envelope).run()
        try site.check(result)
        #expect(result.exitStatus == 0)
        let queued = try site.queued()
        #expect(queued.envelopeBytes == envelope)
        #expect(queued.message == SampleMessages.clean)
    }

    @Test func `100,000 recipients arrive, in one log line`() throws {
        let site = try Site()
        let envelope = Envelope(from: "alice@example.org", to: (0..<100_000).map { "user\($0)@example.com" })
        let result = try site.filter(SampleMessages.clean, envelope: envelope.bytes).run()
        try site.check(result)
        #expect(result.exitStatus == 0)
        #expect(try site.queued().envelopeBytes == envelope.bytes)
        #expect(result.standardError.count <= 4096)
        let shown = try #require(result.events.first?.recipients)
        #expect(shown.last == "+\(100_000 - shown.count + 1)")
        #expect(
            shown.dropLast() == envelope.recipients.prefix(shown.count - 1).map { String(decoding: $0, as: UTF8.self) })
        #expect(shown.count > 100)
    }

    @Test func `Bytes behind the final NUL are not handed on`() throws {
        let site = try Site()
        let envelope = Envelope(from: "a@example.org", to: ["b@example.com"]).bytes
        let result = try site.filter(SampleMessages.clean, envelope: envelope + Array("Tc@example.com\0\0".utf8)).run()
        try site.check(result)
        #expect(result.exitStatus == 0)
        #expect(try site.queued().envelopeBytes == envelope)
    }

    @Test func `The end of the envelope's file is not waited for`() throws {
        let site = try Site()
        let result = try site.run(SampleMessages.clean) { $0.envelopeStaysOpen = true }
        #expect(result.exitStatus == 0)
        #expect(try site.queue.arrivals().count == 1)
        var run = site.filter(SampleMessages.clean, envelope: Self.refused[0].bytes)
        run.envelopeStaysOpen = true
        #expect(try run.run().exitStatus == 91)
    }

    @Test(arguments: [0, 1, 2]) func `A descriptor that is closed from the start loses no message`(number: Int) throws {
        let site = try Site()
        var run = site.filter(SampleMessages.clean)
        run.launcher = ["/bin/sh", "-c", "exec \"$0\" \"$@\" \(number)>&-"]
        let result = try run.run()
        #expect(result.exitStatus == (number == 2 ? 0 : 54))
        #expect(try site.queue.isEmpty() == (number != 2))
        #expect(try site.workdir.names() == [])
    }

    @Test func `A message that is empty, and one without a header, arrive as they came`() throws {
        for message in [
            "", "\n", "\n\nbody\n", "no header\n", "a: b", " folded\n", "\r\n", "\0", "From a@b\na: b\n\nc",
        ] {
            let site = try Site()
            let result = try site.run(Array(message.utf8))
            #expect(result.exitStatus == 0)
            #expect(try site.queued().message == Array(message.utf8))
        }
    }

    @Test func `Every byte value arrives, in a message from a file as well`() throws {
        let message = [UInt8]((0...255).flatMap { [UInt8](repeating: $0, count: 300) }) + Array("\n.\n..\n".utf8)
        for source in [FilterRun.MessageSource.pipe, .file] {
            let site = try Site()
            let result = try site.run(message) { $0.messageSource = source }
            #expect(result.exitStatus == 0)
            #expect(try site.queued().message == message)
        }
    }
}
