import SimscanNative
import Testing

@Suite("Names of attachments")
struct AttachmentNameTests {
    @Test(arguments: [
        "Content-Disposition: attachment; filename=trojan.exe",
        "Content-Disposition: attachment; filename=\"trojan.exe\"",
        "CONTENT-DISPOSITION : attachment; FileName = \"TROJAN.EXE\"",
        "Content-Disposition: attachment;\n\tfilename=\"trojan.exe\"",
        "Content-Type: application/octet-stream; name=trojan.exe",
        "Content-Type: application/octet-stream; name=a.txt\nContent-Disposition: attachment; filename=trojan.exe",
        "Content-Type: application/octet-stream; name=trojan.exe\nContent-Disposition: attachment; filename=a.txt",
        "Content-Disposition: attachment; filename=a.txt\nContent-Disposition: attachment; filename=trojan.exe",
        "Content-Disposition: attachment; filename=trojan.exe\nContent-Disposition: attachment; filename=a.txt",
        "Content-Disposition: attachment; filename=a.txt; filename=trojan.exe",
        "Content-Disposition: attachment; filename=trojan.exe; filename=a.txt",
        "Content-Disposition: attachment; filename*=utf-8''tr%6Fjan%2Eexe",
        "Content-Disposition: attachment; filename*0=tro; filename*1=jan.; filename*2=exe",
        "Content-Disposition: attachment; filename*2=exe; filename*0=tro; filename*1=jan.",
        "Content-Disposition: attachment; filename*0*=us-ascii'en'tro; filename*1*=jan%2E; filename*2=exe",
        "Content-Type: text/plain; name*=UTF-16BE''%00t%00r%00o%00j%00a%00n%00%2E%00e%00x%00e",
        "Content-Disposition: attachment; filename==?utf-8?Q?trojan=2Eexe?=",
        "Content-Disposition: attachment; filename=\"=?UTF-8?B?dHJvamFuLmV4ZQ==?=\"",
        "Content-Disposition: attachment; filename=\"=?utf-8?B?dHJvamE=?= =?utf-8?Q?n.ex?=\n =?iso-8859-1*en?q?e?=\"",
        "Content-Disposition: attachment; filename=\"trojan%2Eexe\"",
        "Content-Disposition: attachment; filename=\"trojan.exe.\"",
        "Content-Disposition: attachment; filename=\"trojan.exe  \"",
        "Content-Disposition: attachment; filename=\"trojan.exe",
        "Content-Disposition: attachment; filename=trojan.exe\"",
        "Content-Disposition: attachment; filename=\"\"trojan.exe\"\"",
        "Content-Disposition: attachment; filename='trojan.exe'",
        "Content-Disposition: attachment filename=trojan.exe",
        "Content-Disposition: attachment; size=5 filename=\"trojan.exe\"",
        "Content-Disposition: attachment; (a comment) filename (another) = trojan.exe (the last)",
        "Content-Disposition: attachment; filename=\"C:\\trojan.exe\"; size=5",
        "Content-Disposition: attachment;\nfilename=trojan.exe",
        "Content-Disposition: attachment;\r filename=trojan.exe",
        "Content-Disposition: attachment; filename=my trojan.exe",
    ])
    func `Every spelling of a blocked name is found`(_ header: String) throws {
        let finding = try check(attachment(header))
        #expect(finding.match?.part == "2")
        #expect(finding.match?.rule == Array(".exe".utf8))
        #expect(try check(attachment(header.split(separator: "\n").joined(separator: "\r\n"))).match != nil)
    }

    @Test(arguments: [
        "Content-Disposition: attachment; filename=trojan.exe.txt",
        "Content-Disposition: attachment; filename=execution.txt",
        "Content-Disposition: attachment; filename=trojanexe",
        "Content-Disposition: attachment; filename*0=tro; filename*1=jan.exe; filename*2=.txt",
        "Content-Disposition: attachment; filename=\"=?utf-8?Q?trojan.ex?=\"",
        "Content-Description: trojan.exe is what this is about, in plain words",
        "Subject: name=trojan.exe",
        "X-Content-Disposition: attachment; filename=trojan.exe",
    ])
    func `A harmless name passes`(_ header: String) throws {
        #expect(try check(attachment(header)) == .nothing)
    }

    @Test func `The name in the finding is the decoded one`() throws {
        let header = "Content-Disposition: attachment; filename=\"=?utf-8?Q?gr=C3=BC=C3=9Fe.EXE?=\""
        #expect(try check(attachment(header)).name == "grüße.EXE")
    }

    @Test func `A name in the text or in another part's header is no attachment`() throws {
        #expect(
            try check("From: a@b\n\nContent-Disposition: attachment; filename=trojan.exe\n") == .nothing)
        #expect(
            try check(
                attachment("Content-Type: text/plain\n\nContent-Disposition: attachment; filename=trojan.exe\n\n"))
                == .nothing)
    }
}
