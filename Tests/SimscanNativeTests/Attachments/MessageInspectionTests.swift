import SimscanNative
import SystemPackage
import Testing

/// What a person is shown of a message's parts.
@Suite struct MessageInspectionTests {
    private func inspect(
        _ text: String, suffixes: [String] = [".exe"], options: AttachmentOptions = AttachmentOptions(),
        limits: MIMELimits = MIMELimits()
    ) throws -> MessageInspection {
        let message = try spooled(Array(text.utf8))
        defer { try? message.descriptor.close() }
        let rules = AttachmentRules(suffixes: suffixes.map { Array($0.utf8) }, allow: [])
        var inspection: MessageInspection
        var tries = 0
        // The test runner has threads, no program of ours has. A child in which a lock of another thread's is held never
        // answers, and another one is asked.
        repeat {
            tries += 1
            inspection = try inspectParts(
                of: message, rules: rules, limits: limits, options: options, until: .now + .seconds(30))
        } while inspection.missing == "parser, no answer in time" && tries < 4
        return inspection
    }

    private func spooled(_ bytes: [UInt8]) throws -> SpooledMessage {
        let file = try UnnamedFile(in: Workdir("/tmp"))
        var failure: Errno?
        bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try file.descriptor.writeAll(bytes, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        return SpooledMessage(descriptor: file.descriptor, start: 0, size: Int64(bytes.count))
    }

    private static let nested = """
        Subject: x
        Content-Type: multipart/mixed; boundary=a

        --a
        Content-Type: multipart/alternative; boundary=b

        --b

        text
        --b
        Content-Type: TEXT/HTML; charset=utf-8
        Content-Transfer-Encoding: Quoted-Printable

        text
        --b--
        --a
        Content-Type: application/x-thing; name="=?utf-8?Q?one=2Eexe?="
        Content-Disposition: attachment;
         filename="two.txt"

        thing
        --a
        Content-Type: message/rfc822

        Subject: inner
        Content-Type: image/png; name=three.png

        image
        --a--

        """

    @Test func `Parts come in the message's order, each with its depth and type`() throws {
        let inspection = try inspect(Self.nested)
        let parts = inspection.parts
        #expect(inspection.missing == nil)
        #expect(
            parts.map { String($0.depth) + " " + $0.type } == [
                "0 multipart/mixed", "1 multipart/alternative", "2 text/plain", "2 text/html", "1 application/x-thing",
                "1 message/rfc822", "2 image/png",
            ])
        #expect(parts.map(\.isContainer) == [true, true, false, false, false, true, false])
        #expect(parts.compactMap(\.encoding) == ["quoted-printable"])
    }

    @Test func `Every name is there, decoded, with the rule that refuses it`() throws {
        let parts = try inspect(Self.nested).parts
        #expect(
            parts.map { $0.names.map { String(decoding: $0.name, as: UTF8.self) } } == [
                [], [], [], [], ["one.exe", "two.txt"], [], ["three.png"],
            ])
        #expect(
            parts.flatMap(\.names).map { $0.rule.map { String(decoding: $0, as: UTF8.self) } } == [".exe", nil, nil])
    }

    @Test func `Fields stand as they are spelt, less the line ends`() throws {
        let part = try #require(inspect(Self.nested).parts.dropFirst(4).first)
        #expect(part.fields.map(\.name) == ["Content-Type", "Content-Disposition"])
        #expect(
            part.fields.map { String(decoding: $0.value, as: UTF8.self) } == [
                #"application/x-thing; name="=?utf-8?Q?one=2Eexe?=""#, #"attachment; filename="two.txt""#,
            ])
    }

    @Test func `A name in a part's content belongs to that part`() throws {
        let parts = try inspect(
            """
            Content-Type: multipart/mixed; boundary=a

            --a

            begin 644 inside.exe
            #0V%T
            `
            end
            --a
            Content-Type: text/plain; name=last.txt

            text
            --a--

            """
        ).parts
        #expect(parts[1].inside.map { String(decoding: $0.name, as: UTF8.self) } == ["inside.exe"])
        #expect(parts[1].names == [])
        #expect(parts[2].names.map { String(decoding: $0.name, as: UTF8.self) } == ["last.txt"])
        #expect(parts[2].inside == [])
    }

    @Test func `A limit ends it, and is told`() throws {
        let inspection = try inspect(Self.nested, limits: MIMELimits(parts: 3))
        #expect(inspection.missing == "beyond mime-parts")
        #expect(inspection.parts.count == 3)
    }
}
