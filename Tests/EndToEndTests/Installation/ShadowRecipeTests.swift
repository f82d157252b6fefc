import Fakes
import Foundation
import Testing

/// The recipe "Try it first" of doc/per-domain.md, as it stands there.
@Suite struct ShadowRecipeTests {
    /// The blocks of the section, by their language.
    private func recipe() throws -> (settings: [String: String], records: [String]) {
        let section = try Repository.text(of: "doc/per-domain.md").components(separatedBy: "\n## Try it first\n")[1]
        func block(_ language: String) throws -> [String] {
            let text = try #require(section.components(separatedBy: "```\(language)\n").dropFirst().first)
            return text.components(separatedBy: "```")[0].split(separator: "\n").map(String.init)
        }
        let settings = try block("simscan.conf").map { line in
            let parts = line.components(separatedBy: " = ")
            return (parts[0], parts[1])
        }
        return (Dictionary(uniqueKeysWithValues: settings), try block("simcontrol"))
    }

    /// Sender and recipients, and what becomes of a virus.
    static let doors: [(from: String, to: [String], state: String)] = [
        ("someone@example.org", ["a@example.com"], "SHADOW VIRUS"),
        ("someone@example.org", ["b@example.net"], "VIRUS"),
        ("forged@example.com", ["b@example.net"], "VIRUS"),
        ("someone@example.org", ["b@example.net", "a@example.com"], "VIRUS"),
        ("someone@example.org", ["a@example.com", "b@example.net"], "VIRUS"),
    ]

    @Test(arguments: doors.indices) func `What is watched in one domain lets no virus through to another`(index: Int)
        throws
    {
        let (from, to, state) = Self.doors[index]
        let (settings, records) = try recipe()
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        let site = try Site()
        try site.control.writeSimcontrol(records)
        try site.change(settings.merging(["clamd": clamd.address, "spamd": spamd.address]) { $1 })
        #expect(try site.run(SampleMessages.eicar, from: from, to: to).state == state)
    }
}
