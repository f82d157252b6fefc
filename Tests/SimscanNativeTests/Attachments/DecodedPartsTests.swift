import Glibc
import SimscanNative
import SystemPackage
import Testing

@Suite("The decoded parts")
struct DecodedPartsTests {
    /// The test virus of EICAR, put together here so that no scanner takes this file for it.
    static let eicar = Array(
        ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!" + "$H+H*").utf8)
    /// Every byte, in several orders.
    static let binary = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }

    @Test(arguments: [eicar, binary, [0x00], Array("\n\r\n=.begin 644 x".utf8)])
    func `What a file was encoded from comes out byte for byte`(_ file: [UInt8]) throws {
        let type = "Content-Type: application/octet-stream\n"
        let messages: [(String, [UInt8])] = [
            ("base64", Array((type + "Content-Transfer-Encoding: base64\n\n" + base64(file)).utf8)),
            ("base64 with junk", Array((type + "Content-Transfer-Encoding: base64\n\n!\n" + junk(base64(file))).utf8)),
            ("quoted", Array((type + "Content-Transfer-Encoding: quoted-printable\n\n" + quoted(file)).utf8)),
            ("uuencode", Array(("From: a@b\n\nHello\n" + uuencode(file)).utf8)),
            ("uuencode without blanks", Array(("From: a@b\n\n" + uuencode(file, zero: 0x20, strips: true)).utf8)),
            ("x-uuencode", Array((type + "Content-Transfer-Encoding: x-uuencode\n\n" + uuencode(file)).utf8)),
            ("begin-base64", Array("From: a@b\n\nbegin-base64 644 x\n\(base64(file, width: 60))\n====\n".utf8)),
            ("yEnc", Array("From: a@b\n\n".utf8) + yEnc(file)),
            ("BinHex", Array("From: a@b\n\n".utf8) + binHex(file)),
            ("TNEF", Array((type + "Content-Transfer-Encoding: base64\n\n" + base64(tnef([file]))).utf8)),
            (
                "TNEF among others",
                Array(
                    (type + "Content-Transfer-Encoding: base64\n\n" + base64(tnef([Self.binary, file, Self.eicar])))
                        .utf8)
            ),
            ("unfolded", Array((type + "Content-Transfer-Encoding: base64\n\n" + base64(file, width: .max)).utf8)),
        ]
        for (encoding, message) in messages {
            let parts = try decoded(message)
            #expect(parts.isComplete, "\(encoding)")
            #expect(parts.contents.contains(file), "\(encoding)")
        }
    }

    @Test func `Nested messages come as their parts`() throws {
        let inner = attachment("Content-Transfer-Encoding: base64\n\n" + base64(Self.binary))
        for encoding in ["", "Content-Transfer-Encoding: base64\n"] {
            let body = encoding.isEmpty ? inner : base64(Array(inner.utf8))
            let parts = try decoded(Array(attachment("Content-Type: message/rfc822\n\(encoding)\n\(body)").utf8))
            #expect(parts.contents.contains { $0.starts(with: Self.binary) })
            #expect(parts.contents.filter { $0 == Array("Hello.\n".utf8) }.count == 2)
            #expect(!parts.contents.contains { $0.starts(with: Array("From:".utf8)) })
        }
    }

    @Test func `A text and the file in it stand apart, each in one piece`() throws {
        let text = "Hello\n" + uuencode(Self.binary) + "Bye\n" + uuencode(Self.eicar) + "End\n"
        let parts = try decoded(Array("From: a@b\n\n\(text)".utf8))
        #expect(parts.contents == [Array(text.utf8), Self.binary, Self.eicar])
        #expect(parts.paths == ["1", "1", "1"])
    }

    @Test func `A file of BinHex that has no end swallows nothing`() throws {
        let cut = String(decoding: binHex(Self.binary), as: UTF8.self).prefix(300)
        let parts = try decoded(Array("From: a@b\n\n\(cut)\n\n\(uuencode(Self.eicar))".utf8))
        #expect(parts.contents.contains(Self.eicar))
    }

    @Test func `A wrong length in TNEF hides no file behind it`() throws {
        var container = tnef([Self.binary, Self.eicar])
        // The first file says that it is much longer than it is.
        container[12] = 0xFF
        let parts = try decoded(Array("Content-Type: application/ms-tnef\n\n".utf8) + container)
        #expect(parts.contents.contains(Self.eicar))
    }

    @Test func `A body that is read in two encodings comes in both`() throws {
        let message =
            "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n" + base64(Self.eicar) + "\n"
        let parts = try decoded(Array(message.utf8))
        #expect(parts.contents.contains(Self.eicar))
        #expect(parts.contents.contains(Array((base64(Self.eicar) + "\n").utf8)))
    }

    @Test func `Parts beyond a limit are not decoded, and that is said`() throws {
        let many = attachment(String(repeating: "\nx\n--b\n", count: 20))
        #expect(try !decoded(Array(many.utf8), limits: MIMELimits(parts: 10)).isComplete)
        #expect(try decoded(Array(many.utf8), limits: MIMELimits(parts: 40)).isComplete)
        let tooMany = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 4999)
        let parts = try decoded(Array(tooMany.utf8), limits: MIMELimits(parts: 5001))
        #expect(!parts.isComplete)
        #expect(parts.contents.count == 4096)
    }

    @Test func `Runs of BinHex cannot fill the disk`() throws {
        // 3 bytes become 255: 20 MB out of 300 kB.
        let bomb = binHex(
            [], rawFork: Array(repeating: [0x61, 0x90, 0xFF], count: 80_000).flatMap { $0 }, length: 1 << 28)
        let parts = try decoded(Array("From: a@b\n\n".utf8) + bomb)
        #expect(!parts.isComplete)
        #expect(parts.contents.reduce(0) { $0 + $1.count } <= 4 * (bomb.count + 11) + 1_048_576)
    }

    @Test func `The corpus is decoded without trouble`() throws {
        for entry in CorpusTests.entries {
            let message = CorpusTests.bytes(of: CorpusTests.directory + "/" + entry.file)
            let parts = try decoded(message)
            #expect(parts.isComplete, "\(entry.file)")
        }
    }

    @Test func `Each part gets a file with a name of ours`() throws {
        var template = Array("/tmp/simscan-parts.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let name = MessageName()
        defer {
            for number in 1...2 { unlink("\(path)/part.\(name).\(number)") }
            rmdir(path)
        }
        let message = attachment(
            "Content-Disposition: attachment; filename=\"../../x\"\nContent-Transfer-Encoding: base64\n\n"
                + base64(Self.eicar))
        let parts = try spool(Array(message.utf8)) { parts in
            let directory = try Directory(path)
            let count = try parts.write(into: directory, name: name)
            do {
                _ = try parts.write(into: directory, name: name)
                Issue.record("a file was written over")
            } catch {
                #expect(error as? Errno == .fileExists)
            }
            return count
        }
        #expect(parts == 2)
        #expect(CorpusTests.bytes(of: "\(path)/part.\(name).1") == Array("Hello.\n".utf8))
        #expect(CorpusTests.bytes(of: "\(path)/part.\(name).2").starts(with: Self.eicar))
        var status = stat()
        #expect(stat("\(path)/part.\(name).2", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func `What the sink throws ends the walk`() throws {
        final class Full: PartSink {
            func begin(part: Int, path: String) throws(Errno) {}
            func received(_ bytes: UnsafeRawBufferPointer, part: Int) throws(Errno) { throw .noSpace }
            func end(part: Int) throws(Errno) { throw .badAddress }
        }
        try withSpooled(Array(attachment("").utf8)) { message in
            _ = #expect(throws: Errno.noSpace) { try forEachDecodedPart(of: message, limits: MIMELimits(), Full()) }
        }
    }
}

@Suite("Pieces of messages")
struct PartialTests {
    @Test func `A piece of a message is a finding where the settings say so`() throws {
        let message = attachment("Content-Type: Message/Partial; id=a; number=1; total=2\n\nFrom: a@b\n").utf8
        #expect(try check(message) == .nothing)
        #expect(try check(message, options: AttachmentOptions(rejectsPartial: true)) == .partial(part: "2"))
        #expect(
            try check(message, blocking: [], options: AttachmentOptions(rejectsPartial: true)) == .partial(part: "2"))
        #expect(
            try check(
                attachment("Content-Type: text/plain; name=message/partial").utf8,
                options: AttachmentOptions(rejectsPartial: true)) == .nothing)
    }
}
