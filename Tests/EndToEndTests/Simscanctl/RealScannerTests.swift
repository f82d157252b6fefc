import Fakes
import Foundation
import Testing

/// simscanctl with Debian's own clamd and spamd.
@Suite struct RealScannerTests {
    private func install(_ transfer: (RealClamd, RealSpamd) -> (String, String)) throws -> Installed {
        let installed = try Installed()
        let (clamd, spamd) = transfer(try RealScanners.clamd(), try RealScanners.spamd())
        installed.settings.merge(["clamd": clamd, "spamd": spamd, "custom-smtp-reject": "yes"]) { $1 }
        try installed.compile()
        return installed
    }

    @Test func `check sees that they work, and which versions they are`() throws {
        let installed = try install { ($0.tcp, $1.tcp) }
        defer { installed.remove() }
        let result = try installed.simscanctl(
            "check", "--json", "--program", installed.program, "--user", installed.user)
        let findings = try #require(try result.json()["findings"] as? [[String: Any]])
        let scanners = findings.filter {
            $0["section"] as? String == "scanners" && $0["name"] as? String != "clamd-limit"
        }
        #expect(scanners.map { $0["severity"] as? String } == ["ok", "ok"], "\(scanners)")
        let said = scanners.compactMap { $0["what"] as? String }
        #expect(said.first?.range(of: #" ms, ClamAV [0-9]+\.[0-9]"#, options: .regularExpression) != nil, "\(said)")
        #expect(
            said.last?.range(of: #" ms, SpamAssassin [0-9]+\.[0-9]"#, options: .regularExpression) != nil, "\(said)")
        #expect(result.status == 0)
    }

    @Test func `The self-test's promises are kept`() throws {
        let installed = try install { ($0.unix, $1.unix) }
        defer { installed.remove() }
        let result = try installed.simscanctl("test", "--self", "--json", "--program", BuiltPrograms.simscan)
        let messages = try #require(try result.json()["messages"] as? [[String: Any]])
        #expect(messages.map { $0["state"] as? String } == ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"], "\(messages)")
        #expect(messages.allSatisfy { $0["kept"] as? Bool == true }, "\(messages)")
        #expect(result.status == 0)
    }

    @Test func `A message's scanners are shown with what they say`() throws {
        let installed = try install { ($0.tcp, $1.tcp) }
        defer { installed.remove() }
        try installed.directory.write(SampleMessages.gtube, to: "message.eml")
        installed.arguments = [installed.path("message.eml"), "--from", "a@example.org", "--to", "b@example.com"]
        let result = try installed.simscanctl("test")
        #expect(result.status == 1)
        #expect(result.text.contains("clamd     clean"))
        #expect(result.text.contains("spamd     spam"))
        #expect(result.text.contains("SMTP      554 Your email is considered spam ("))
    }
}
