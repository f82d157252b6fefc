import Fakes
import Foundation
import Glibc
import Testing

/// `simscanctl test`, beside what the filter itself does with the same message.
@Suite struct TestCommandTests {
    /// A message with an attachment whose name is hard to see.
    private static let invoice = Array(
        """
        From: billing@shop.example
        Subject: Your invoice
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer"

        --outer
        Content-Type: multipart/alternative; boundary="inner"

        --inner
        Content-Type: text/plain

        Please find your invoice attached.
        --inner
        Content-Type: text/html

        <p>Please find your invoice attached.</p>
        --inner--
        --outer
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment;
         filename*0*=utf-8''invoice%2Epdf;
         filename*1*=%2Eexe

        TVqQAAMAAAAEAAAA
        --outer--

        """.utf8)

    private func install(_ change: (inout [String: String]) -> Void = { _ in }) throws -> Installed {
        let installed = try Installed()
        installed.settings["custom-smtp-reject"] = "yes"
        change(&installed.settings)
        try installed.compile()
        return installed
    }

    private func test(_ installed: Installed, _ message: [UInt8], _ words: [String] = []) throws -> CommandResult {
        try installed.directory.write(message, to: "message.eml")
        installed.arguments =
            [installed.path("message.eml"), "--from", "alice@example.org", "--to", "bob@example.com"] + words
        return try installed.simscanctl("test")
    }

    @Test func `Every part is shown, and every name with how it was spelt`() throws {
        let installed = try install()
        defer { installed.remove() }
        let result = try test(installed, Self.invoice, ["--ip", "192.0.2.7"])
        #expect(result.status == 1, "\(result.errors)")
        let tree = """
            Parts
              multipart/mixed
              ├─ 1  multipart/alternative
              │  ├─ 1.1  text/plain
              │  └─ 1.2  text/html
              └─ 2  application/octet-stream, base64
                    name     invoice.pdf.exe  ◀ refused: .exe

            """
        #expect(result.text.contains(tree), "\(result.text)")
        #expect(
            result.text.contains(
                "spelt    Content-Disposition: attachment; filename*0*=utf-8''invoice%2Epdf; filename*1*=%2Eexe"))
        #expect(result.text.contains("verdict   ATTACH  refused"))
        #expect(result.text.contains("because   invoice.pdf.exe in part 2 ends in .exe, which is refused"))
        #expect(
            result.text.contains(
                "SMTP      554 Your email was rejected because it contains a bad attachment: invoice.pdf.exe"))
        #expect(!result.text.contains("\u{1B}"))
    }

    /// A message, the settings, and whether the client is one of ours.
    static let cases: [(name: String, message: [UInt8], settings: [String: String], isRelay: Bool)] = [
        ("clean", SampleMessages.clean, [:], false),
        ("virus", SampleMessages.eicar, [:], false),
        ("spam", SampleMessages.gtube, [:], false),
        ("attachment", SampleMessages.trojan, [:], false),
        ("dropped virus", SampleMessages.eicar, ["dropmsg": "yes"], false),
        ("spam with hits", SampleMessages.gtube, ["spam-hits": "7"], false),
        ("spam passed through", SampleMessages.gtube, ["spam-passthru": "yes"], false),
        ("shadow", SampleMessages.eicar, ["shadow": "yes"], false),
        ("relay", SampleMessages.gtube, [:], true),
        ("no text", SampleMessages.eicar, ["custom-smtp-reject": "no"], false),
        ("dead clamd", SampleMessages.clean, ["clamd": "tcp:127.0.0.1:1"], false),
        ("dead spamd", SampleMessages.clean, ["spamd": "tcp:127.0.0.1:1"], false),
        ("too large for spamd", SampleMessages.gtube, ["size-limit": "10"], false),
    ]

    @Test(arguments: cases.indices) func `The verdict and the reply are the filter's`(index: Int) throws {
        let (name, message, settings, isRelay) = Self.cases[index]
        let installed = try install { $0.merge(settings) { $1 } }
        defer { installed.remove() }
        installed.settings["quarantinedir"] = "off"
        try installed.compile()
        var run = FilterRun(
            of: BuiltPrograms.simscan, message: message, from: "alice@example.org", to: ["bob@example.com"])
        run.environment["SIMSCAN_CONTROLDIR"] = installed.control
        if isRelay { run.environment["RELAYCLIENT"] = "" }
        let filtered = try run.run()
        let json = try test(installed, message, ["--json"] + (isRelay ? ["--relay"] : [])).json()
        #expect(json["verdict"] as? String == filtered.state, "\(name): \(filtered.logLines)")
        #expect(json["reply"] as? String == QmailReply(to: filtered).description, "\(name)")
        let line = try #require((json["log"] as? String).flatMap(LogEvent.init))
        #expect(line.what == filtered.what)
        #expect(line.scores == filtered.events.first?.scores)
        let notes = try #require(json["notes"] as? [String])
        #expect(notes.map { $0.replacingOccurrences(of: ":", with: "_") } == filtered.notes, "\(name)")
    }

    @Test func `Nothing is queued and nothing is kept`() throws {
        let installed = try install()
        defer { installed.remove() }
        let queue = try FakeQueue()
        defer { queue.remove() }
        installed.settings["qmail-queue"] = BuiltPrograms.fakeQmailQueue
        try installed.compile()
        for message in [SampleMessages.clean, SampleMessages.eicar] { _ = try test(installed, message) }
        #expect(try queue.isEmpty())
        #expect(try FileManager.default.contentsOfDirectory(atPath: installed.path("quarantine")) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: installed.path("simscan")) == [])
    }

    @Test func `Each scanner is shown with its host and its time`() throws {
        let installed = try install()
        defer { installed.remove() }
        let json = try test(installed, SampleMessages.clean, ["--json"]).json()
        let scanners = try #require(json["scanners"] as? [[String: Any]])
        #expect(scanners.map { $0["scanner"] as? String } == ["clamd", "spamd"])
        #expect(scanners.map { $0["host"] as? String } == [installed.clamd.address, installed.spamd.address])
        #expect(scanners.map { $0["verdict"] as? String } == ["clean", "ham"])
        #expect(scanners.allSatisfy { ($0["milliseconds"] as? Double ?? 0) > 0 })
    }

    /// What is in the way of a check, the settings that refuse it, and how that is said.
    static let unchecked: [(content: String, name: String, settings: [String: String], because: String)] = [
        (
            "zip -q -P secret out.zip a.txt", "a.zip", ["attach-archives": "yes", "attach-encrypted": "reject"],
            "a.zip in part 2 is encrypted (attach-encrypted = reject)"
        ),
        (
            "zip -q -P secret a.zip a.txt && zip -q out.zip a.zip", "b.zip",
            ["attach-archives": "yes", "attach-encrypted": "reject"],
            "b.zip in part 2 is encrypted (attach-encrypted = reject)"
        ),
        (
            "zip -q out.zip a.txt && truncate -s 20 out.zip", "a.zip",
            ["attach-archives": "yes", "attach-broken": "reject"],
            "a.zip in part 2 cannot be read (attach-broken = reject)"
        ),
        ("cp a.txt out.zip", "a.txt", ["mime-parts": "2"], "it is beyond mime-parts (mime-limits = reject)"),
    ]

    @Test(arguments: unchecked.indices) func `What cannot be checked is named with the setting that refuses it`(
        index: Int
    ) throws {
        let (content, name, settings, because) = Self.unchecked[index]
        let installed = try install { $0.merge(settings) { $1 } }
        defer { installed.remove() }
        let made = try CommandResult(
            of: ["/bin/sh", "-c", "seq 2000 >a.txt && \(content)"], directory: installed.directory.path)
        try #require(made.status == 0, "\(made.errors)")
        let data = Data(try installed.directory.read("out.zip")).base64EncodedString(options: .lineLength76Characters)
        let message =
            "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello.\n--b\n"
            + "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\(name)\n"
            + "Content-Transfer-Encoding: base64\n\n" + data.split(separator: "\r\n").joined(separator: "\n")
            + "\n--b--\n"
        let result = try test(installed, Array(message.utf8))
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.text.contains("because   " + because + "\n"), "\(result.text)")
    }

    @Test func `A message as a mail program saves it has its line ends changed`() throws {
        let installed = try install()
        defer { installed.remove() }
        let result = try test(installed, SampleMessages.crlf)
        #expect(result.text.contains("CR LF made LF"))
    }

    static let wrongUsage: [(words: [String], status: Int32)] = [
        (["test"], 64), (["test", "/nowhere/at/all", "--from", "a@b", "--to", "c@d"], 66),
        (["test", "x", "--from", "a@b"], 64), (["test", "--self", "x"], 64),
    ]

    @Test(arguments: wrongUsage) func `Wrong usage is told apart from a missing message`(words: [String], status: Int32)
        throws
    {
        let installed = try install()
        defer { installed.remove() }
        installed.arguments = Array(words.dropFirst())
        #expect(try installed.simscanctl(words[0]).status == status)
    }
}
