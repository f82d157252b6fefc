import SimscanNative
import Testing

@Suite("The envelope")
struct EnvelopeTests {
    private static let twoRecipients = "Fa@b.com\0TC@d.com\0Tc@D.com\0\0"

    /// Feeds the bytes in pieces of this size, then the end of the file.
    private func parse(_ bytes: [UInt8], pieces: Int) throws(EnvelopeError) -> Envelope {
        var parser = EnvelopeParser()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            if let envelope = try parser.received(piece.span) { return envelope }
        }
        try parser.reachedEnd()
    }

    @Test("keeps bytes, case, order and duplicates, in pieces of any size", arguments: 1...30)
    func verbatim(pieces: Int) throws {
        let envelope = try parse(Array(Self.twoRecipients.utf8), pieces: pieces)
        #expect(envelope.bytes == Array(Self.twoRecipients.utf8))
        #expect(envelope.address(envelope.sender).elementsEqual("a@b.com".utf8))
        #expect(
            envelope.recipients.map { String(decoding: envelope.address($0), as: UTF8.self) } == ["C@d.com", "c@D.com"])
    }

    @Test("ends at its final NUL: what follows is not ours", arguments: [1, 7, 1000])
    func trailingBytes(pieces: Int) throws {
        let envelope = try parse(Array((Self.twoRecipients + "Fx\0garbage").utf8), pieces: pieces)
        #expect(envelope.bytes == Array(Self.twoRecipients.utf8))
    }

    @Test("is cut short at every byte before the last")
    func cutShort() {
        let bytes = Array(Self.twoRecipients.utf8)
        for count in 0..<bytes.count {
            #expect(throws: EnvelopeError.cutShort) { try parse(Array(bytes.prefix(count)), pieces: 5) }
        }
    }

    @Test(
        "of a wrong format is told from a cut one",
        arguments: [
            "Ta@b\0\0", "\0", "Fa\0\0", "Fa\0Fb\0\0", "Fa\0Tb\0Fc\0\0", "Fa\0Xb\0\0", "Fa\0Tb\0b\0", "a@b\0Tc\0\0",
        ])
    func wrongFormat(text: String) {
        #expect {
            try parse(Array(text.utf8), pieces: 3)
        } throws: { error in
            if case EnvelopeError.wrongFormat = error { true } else { false }
        }
    }

    @Test("may have an empty sender and an empty recipient")
    func empty() throws {
        let envelope = try parse(Array("F\0T\0\0".utf8), pieces: 2)
        #expect(envelope.sender.isEmpty)
        #expect(envelope.recipients.map(\.lowerBound) == [3])
        #expect(envelope.recipients.map(\.count) == [0])
    }

    @Test("takes an address of 1002 bytes and not of 1003, as sender and as recipient")
    func addressLimit() throws {
        let longest = String(repeating: "a", count: 1002)
        #expect(try parse(Array("F\(longest)\0T\(longest)\0\0".utf8), pieces: 100).sender.count == 1002)
        for text in ["F\(longest)a\0Tb\0\0", "Fa\0T\(longest)a\0\0"] {
            #expect(throws: EnvelopeError.addressTooLong) { try parse(Array(text.utf8), pieces: 100) }
        }
    }

    @Test("has any number of recipients")
    func manyRecipients() throws {
        var text = "Fa@b\0"
        for number in 0..<100_000 { text += "T\(number)@example.com\0" }
        let envelope = try parse(Array((text + "\0").utf8), pieces: 65_536)
        #expect(envelope.recipients.count == 100_000)
        #expect(envelope.recipients.last.map { Array(envelope.address($0)) } == Array("99999@example.com".utf8))
    }

    @Test("without an end takes no more memory than the largest", arguments: ["a", ""])
    func endless(address: String) {
        var parser = EnvelopeParser()
        let records = Array(String(repeating: "T" + address + "\0", count: 10_000).utf8)
        var taken = 0
        #expect(throws: EnvelopeError.tooLarge) {
            _ = try parser.received(Array("Fa\0".utf8).span)
            while taken < 2 * EnvelopeParser.maximumBytes {
                _ = try parser.received(records.span)
                taken += records.count
            }
        }
        #expect(taken >= EnvelopeParser.maximumBytes - 2 * records.count)
    }

    @Test("stays failed once it has failed")
    func sticky() {
        var parser = EnvelopeParser()
        let wrong: [UInt8] = [UInt8(ascii: "X")]
        let right = Array(Self.twoRecipients.utf8)
        #expect(throws: EnvelopeError.self) { try parser.received(wrong.span) }
        #expect(throws: EnvelopeError.self) { try parser.received(right.span) }
    }
}
