import SimscanNative
import Testing

@Suite("Where parts are")
struct PartWalkTests {
    private let blocked = "Content-Disposition: attachment; filename=x.exe\n\nMZ\n"

    @Test func `The path counts as IMAP does`() throws {
        #expect(try check(blocked).match?.part == "1")
        #expect(try check(attachment(blocked)).match?.part == "2")
        let inner = "Content-Type: multipart/mixed; boundary=c\n\n--c\n\n--c\n\n--c\n" + blocked
        #expect(try check(attachment(inner)).match?.part == "2.3")
        #expect(try check(attachment("Content-Type: message/rfc822\n\nFrom: c@d\n" + blocked)).match?.part == "2.1")
        #expect(try check(attachment("Content-Type: message/rfc822\n\n" + inner)).match?.part == "2.3")
    }

    @Test(arguments: [
        // A boundary of a Content-Type that another one contradicts.
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\nContent-Type: text/plain\n\n--b\n",
        "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--b\n",
        "Content-Type: multipart/mixed; boundary=b; boundary=a\n\n--b\n",
        // Boundaries in other spellings.
        "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n",
        "Content-Type: multipart/mixed; boundary*=us-ascii''%62\n\n--b\n",
        "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n",
        "Content-Type: multipart/mixed; boundary=\"b\n\n--b\n",
        "Content-Type: multipart/mixed boundary=b\n\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b  \t\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--bc\n",
        "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n",
        "Content-Type: multipart/mixed\n\n--anything\n",
        "Content-Type: multipart\n\n--anything\n",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\n",
        "Content-Type: message/rfc822\nContent-Type: multipart/mixed; boundary=b\n\n",
        // Behind an end, without a blank line, in a parent's part.
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bc\n\n--b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b--\n--b\n",
        "Content-Type: message/news\n\n",
        "junk\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
        "From a@b Sun Nov 22 23:00:00 2026\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
        "From: a@b\rContent-Type: multipart/mixed; boundary=b\r\r--b\r",
        "From: a@b\r\r\nContent-Type: multipart/mixed; boundary=b\r\r\n\n--b\n",
    ])
    func `A part is found wherever some program sees one`(_ start: String) throws {
        #expect(try check(start + blocked).name == "x.exe")
        let crlf = start.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        #expect(try check(crlf + blocked.replacing("\n", with: "\r\n")).name == "x.exe")
    }

    @Test(arguments: [
        "Content-Type: multipart/mixed; boundary=b\n\n-b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--c\n",
        "Content-Type: multipart/mixed; boundary=b\n\n --b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n>--b\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n",
        "Content-Type: text/plain; boundary=b\n\n--b\n",
        "Content-Type: multipart/mixed\n\n-- \n",
    ])
    func `Text that only looks like a part is none`(_ start: String) throws {
        #expect(try check(start + blocked) == .nothing)
    }

    @Test(arguments: [1, 65_534, 65_536, 131_070, 131_071, 131_072, 131_073, 300_000])
    func `A part is found across the edges of the blocks that are read`(_ length: Int) throws {
        let filler = String(repeating: "a", count: length)
        let start = "Content-Type: multipart/mixed; boundary=b\n\n"
        #expect(try check("\(start)\(filler)\n--b\n\(blocked)").name == "x.exe")
        #expect(try check("Subject: \(filler)\n\(start)--b\n\(blocked)").name == "x.exe")
        #expect(
            try check("\(start)--b\nContent-Disposition: attachment; a=\(filler); filename=x.exe\n\n").name == "x.exe")
        #expect(try check("\(start)\(filler)--b\n\(blocked)") == .nothing)
    }
}
