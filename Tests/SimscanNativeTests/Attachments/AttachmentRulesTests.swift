import SimscanNative
import Testing

@Suite("The attachment rules")
struct AttachmentRulesTests {
    let message = attachment("Content-Disposition: attachment; filename=Report.EXE")

    @Test func `Suffixes are compared without case, any number of them`() throws {
        #expect(try check(message, blocking: [".eXe"]).name == "Report.EXE")
        let many = (0..<1000).map { ".\($0)" } + [".exe"]
        #expect(try check(message, blocking: many).match?.rule == Array(".exe".utf8))
        #expect(try check(message, blocking: [".ex", "exe.", ".bat"]) == .nothing)
    }

    @Test func `An empty suffix refuses nothing`() throws {
        #expect(try check(message, blocking: ["", ".bat"]) == .nothing)
        #expect(AttachmentRules(suffixes: [[]], allow: []).isEmpty)
        #expect(!AttachmentRules(suffixes: [[0x61]], allow: []).isEmpty)
    }

    @Test(arguments: ["report.exe", "REPORT.*", "*", "r?port.exe", "*port*.exe"])
    func `A name that is allowed passes`(_ glob: String) throws {
        #expect(try check(message, allow: ["other.exe", glob]) == .nothing)
    }

    @Test(arguments: ["report", "report.ex?x", "?", "xreport.exe", ""])
    func `Another name does not`(_ glob: String) throws {
        #expect(try check(message, allow: [glob]).match != nil)
    }

    @Test func `An allowed name does not cover a blocked one beside it`() throws {
        let two = attachment("Content-Type: a/b; name=report.exe\nContent-Disposition: attachment; filename=other.exe")
        #expect(try check(two, allow: ["report.exe"]).name == "other.exe")
    }

    @Test func `The list is one suffix a line`() {
        let list = "# comment\n.exe\r\n\n  .BAT \n\t\n.vbs # not a comment\n#.txt\n.com"
        #expect(
            readSuffixList(Array(list.utf8)) == [".exe", ".bat", ".vbs # not a comment", ".com"].map { Array($0.utf8) })
        #expect(readSuffixList([]).isEmpty)
    }
}
