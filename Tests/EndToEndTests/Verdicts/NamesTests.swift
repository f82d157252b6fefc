import Fakes
import Foundation
import Testing

/// Attachment names in the forms that the mail standards know (RFC 2183, RFC 2231, RFC 2047), against `ssattach`.
///
/// What hides a name against the standards is tested by itself; here is the way from the list to the refusal.
@Suite struct NamesTests {
    /// A part's header, and whether its name ends in `.exe`.
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let header: String
        /// What the refusal says of the name; nil where the message passes.
        let name: String?

        init(_ description: String, _ header: String, _ name: String? = "trojan.exe") {
            testDescription = description
            self.header = header
            self.name = name
        }
    }

    static let rows = [
        Row("filename", "Content-Disposition: attachment; filename=\"trojan.exe\""),
        Row("filename without quotes", "Content-Disposition: attachment; filename=trojan.exe"),
        Row("name", "Content-Type: application/octet-stream; name=\"trojan.exe\""),
        Row("upper case", "Content-Disposition: attachment; filename=\"TROJAN.EXE\"", "TROJAN.EXE"),
        Row(
            "name and filename differ",
            "Content-Type: text/plain; name=\"a.txt\"\nContent-Disposition: attachment; filename=\"trojan.exe\""),
        Row("RFC 2231", "Content-Disposition: attachment; filename*=utf-8''trojan%2Eexe"),
        Row("RFC 2231 with a language", "Content-Disposition: attachment; filename*=us-ascii'en'%74rojan.exe"),
        Row(
            "RFC 2231 in parts",
            "Content-Disposition: attachment;\n filename*0=\"tro\";\n filename*1=\"jan.e\";\n filename*2=\"xe\""),
        Row(
            "RFC 2231 in parts out of order",
            "Content-Disposition: attachment;\n filename*1=\"jan.exe\";\n filename*0=\"tro\""),
        Row(
            "RFC 2231 in encoded parts",
            "Content-Disposition: attachment;\n filename*0*=utf-8''tro%6a;\n filename*1*=an%2e;\n filename*2=exe"),
        Row("RFC 2047 in base64", "Content-Disposition: attachment; filename=\"=?utf-8?B?dHJvamFuLmV4ZQ==?=\""),
        Row("RFC 2047 quoted", "Content-Disposition: attachment; filename=\"=?us-ascii?Q?trojan=2Eexe?=\""),
        Row(
            "RFC 2047 in two words",
            "Content-Disposition: attachment; filename=\"=?utf-8?Q?troj?=\n =?utf-8?B?YW4uZXhl?=\""),
        Row("RFC 2047 in name", "Content-Type: application/x-msdownload; name=\"=?utf-8?B?dHJvamFuLmV4ZQ==?=\""),
        Row("a text", "Content-Disposition: attachment; filename=\"trojan.txt\"", nil),
        Row("the suffix within", "Content-Disposition: attachment; filename=\"trojan.exe.txt\"", nil),
        Row("the suffix without its dot", "Content-Disposition: attachment; filename=\"trojanexe\"", nil),
        Row("RFC 2231 of a text", "Content-Disposition: attachment; filename*=utf-8''trojan.exe%2Etxt", nil),
        Row("RFC 2047 of a text", "Content-Disposition: attachment; filename=\"=?utf-8?Q?trojan=5Fexe?=\"", nil),
        Row("a description", "Content-Description: trojan.exe\nContent-Type: text/plain", nil),
        Row("no name", "Content-Type: application/octet-stream", nil),
    ]

    private static func message(_ header: String) -> [UInt8] {
        Array(
            """
            From: Alice <alice@example.org>
            Subject: Names, trojan.exe
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b"

            --b
            Content-Type: text/plain

            This text says trojan.exe and is harmless.
            --b
            \(header)
            Content-Transfer-Encoding: base64

            TVo=
            --b--

            """.utf8)
    }

    @Test(arguments: rows) func `A name is found in every form, and its harmless twin passes`(row: Row) throws {
        let site = try Site(["custom-smtp-reject": "yes"], suffixes: [".com", ".exe", ".scr"])
        let message = Self.message(row.header)
        let result = try site.run(message)
        if let name = row.name {
            #expect(result.exitStatus == 82)
            #expect(
                result.rejectText == "DYour email was rejected because it contains a bad attachment: \(name)")
            #expect(result.state == "ATTACH")
            #expect(result.what == name)
            #expect(try site.queue.isEmpty())
        } else {
            #expect(result.exitStatus == 0)
            #expect(result.state == "CLEAN")
            #expect(try site.queued().message == message)
        }
    }

    @Test func `With attach = no no name is looked at`() throws {
        let site = try Site(["attach": "no"], suffixes: [".exe"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 0)
        #expect(try site.queued().message == SampleMessages.trojan)
    }

    @Test func `The list is read anew for every message`() throws {
        let site = try Site(suffixes: [".exe", ".a-much-longer-suffix"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 31)
        try site.control.writeAttachmentList([".com"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 0)
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        try site.control.writeAttachmentList([".EXE"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 31)
    }

    @Test(arguments: [["", ".scr"], ["# .exe", "#", ".scr"], [" ", "\t", "\r"], []])
    func `An entry that is empty or a comment refuses nothing`(lines: [String]) throws {
        let site = try Site(["attach": "yes"])
        try site.control.writeAttachmentList(lines)
        #expect(try site.run(SampleMessages.trojan).exitStatus == 0)
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        // The other entries of the list are good for something.
        let screen = SampleMessages.attachment(named: "a.scr", content: [0], subject: "x")
        #expect(try site.run(screen).exitStatus == (lines.contains(".scr") ? 31 : 0))
    }

    @Test func `A list of 5,000 entries is read to its last`() throws {
        let site = try Site(suffixes: (0..<5000).map { ".x\($0)" } + [".exe"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 31)
        #expect(try site.run(SampleMessages.eicar).exitStatus == 0)
    }

    @Test func `A list with CR LF, without a last line end, in upper case is understood`() throws {
        let site = try Site(suffixes: ["x"])
        try ".Com\r\n.eXe".write(toFile: site.control.path(of: "ssattach"), atomically: false, encoding: .utf8)
        #expect(try site.run(SampleMessages.trojan).exitStatus == 31)
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
    }

    @Test func `attach-allow lets a name through`() throws {
        let site = try Site(["attach-allow": "tro*.exe"], suffixes: [".exe"])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 0)
        let other = SampleMessages.attachment(named: "other.exe", content: [0], subject: "x")
        #expect(try site.run(other).exitStatus == 31)
    }

    @Test func `Neither the message's own files nor trophie's directory are matched`() throws {
        let trophie = try FakeTrophie()
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address], suffixes: ["msg", "addr", "0", "1", "2", "3", "4"])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(trophie.requests.count == 1)
    }

    @Test(arguments: [
        ("defer", Int32(82), "LIMIT", "ZYour email is too complex to check"), ("pass", 0, "CLEAN", ""),
        ("reject", 82, "LIMIT", "DYour email was rejected because it is too complex to check"),
    ])
    func `A message beyond a limit is treated as the setting says`(
        setting: String, status: Int32, state: String, text: String
    ) throws {
        let settings = ["mime-parts": "2", "mime-limits": setting, "custom-smtp-reject": "yes"]
        let site = try Site(settings, suffixes: [".scr"])
        let result = try site.run(SampleMessages.trojan)
        #expect(result.exitStatus == status)
        #expect(result.rejectText == text)
        #expect(result.state == state)
        #expect(result.notes.count == (setting == "pass" ? 1 : 0))
    }
}
