import SimscanNative
import Testing

@Suite("The text of a refusal")
struct ReplyTextTests {
    private func text(_ reply: Verdict.Reply, isPermanent: Bool = true) -> String {
        String(decoding: reply.text(isPermanent: isPermanent), as: UTF8.self)
    }

    @Test("is what postmasters know")
    func texts() {
        #expect(
            text(.attachment(name: Array("trojan.exe".utf8)))
                == "DYour email was rejected because it contains a bad attachment: trojan.exe")
        #expect(
            text(.virus(name: Array("Worm.Bagle.AU".utf8)))
                == "DYour email was rejected because it contains the Worm.Bagle.AU virus")
        #expect(text(.spam(score: 53.5)) == "DYour email is considered spam (53.5 spam-hits)")
        #expect(text(.tooComplex) == "DYour email was rejected because it is too complex to check")
        #expect(
            text(.virusScannerFailed, isPermanent: false)
                == "ZYour email could not be checked for viruses now, please try again later")
        #expect(
            text(.tooLargeForVirusScanner, isPermanent: false) == "ZYour email is too large to be checked for viruses")
        #expect(text(.tooLargeForVirusScanner) == "DYour email is too large to be checked for viruses")
    }

    @Test("holds no byte of a stranger's that could end a line or a session")
    func hostile() {
        let name = Array("a\r\n250 ok\0\u{7f}\u{e9}x".utf8)
        #expect(text(.virus(name: name)) == "DYour email was rejected because it contains the a??250 ok????x virus")
    }

    @Test("is at most 255 bytes, cut in the name and not in the words", arguments: [100, 186, 187, 5000])
    func length(count: Int) {
        let reply = text(.virus(name: [UInt8](repeating: UInt8(ascii: "v"), count: count)))
        #expect(reply.utf8.count <= 255)
        #expect(reply.hasSuffix("v virus"))
        #expect(text(.attachment(name: [UInt8](repeating: UInt8(ascii: "v"), count: count))).utf8.count <= 255)
    }
}
