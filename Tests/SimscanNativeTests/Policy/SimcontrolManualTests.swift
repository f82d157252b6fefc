import Foundation
import SimscanNative
import Testing

/// doc/simcontrol.5 and doc/simscanmk.8 against the code.
@Suite struct SimcontrolManualTests {
    /// A manual's lines, with `\-` as the hyphen that it shows.
    private func lines(_ page: String) throws -> [String] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("doc/" + page), encoding: .utf8)
        return text.replacingOccurrences(of: "\\-", with: "-").components(separatedBy: "\n")
    }

    private func words(_ line: String) throws -> [String] {
        try line.matches(of: Regex(#"\\fI([a-z]+)\\fR"#, as: (Substring, Substring).self)).map { String($0.output.1) }
    }

    @Test func `Every name of a record has its entry, in order and with the words that it takes`() throws {
        let entry = try Regex(#"^\\fB([a-z_]+)\\fR = .*$"#, as: (Substring, Substring).self)
        let entries = try lines("simcontrol.5").filter { $0.wholeMatch(of: entry) != nil }
        let names = entries.compactMap { $0.wholeMatch(of: entry).map { String($0.output.1) } }
        #expect(names == SimcontrolName.allCases.map(\.rawValue))
        for (name, line) in zip(SimcontrolName.allCases, entries) {
            let kinds = ["suffixes", "score", "bytes", "name", "path", "expressions"]
            for word in try words(line) where !kinds.contains(word) {
                var record = SimcontrolRecord()
                #expect(throws: Never.self, "\(name.rawValue)=\(word)") { try record.set(name, word) }
            }
        }
    }

    @Test func `The example of the manual is the one that is tested, and is sound`() throws {
        let example = Array(try lines("simcontrol.5").drop { $0 != ".nf" }.dropFirst().prefix { $0 != ".fi" })
        #expect(example == PerDomainPolicyTests.example)
        let bytes = Array(example.joined(separator: "\n").utf8)
        #expect(checkSimcontrol(bytes, file: "f", settings: PerDomainPolicyTests.settings()).diagnostics == [])
    }

    @Test func `simscanmk's manual says of every configure option what it has become`() throws {
        let page = try lines("simscanmk.8")
        let rows = page.drop { $0 != "_" }.dropFirst().prefix { $0 != ".TE" }.map { $0.components(separatedBy: "\t") }
        #expect(rows.allSatisfy { $0.count == 2 })
        let options = [
            "user", "clamav", "clamdscan", "custom-smtp-reject", "per-domain", "attach", "spam", "spam-passthru",
            "spamc-user", "spam-hits", "spamc", "spamc-args", "dropmsg", "quarantinedir", "qmaildir", "workdir",
            "qmail-queue", "trophie-path", "trophie-socket", "ripmime", "received", "spamassassin-path",
            "clamavdb-path", "sigtool-path", "controldir", "spam-auth-user", "regex",
        ]
        let listed = rows.flatMap { $0[0].components(separatedBy: ", ") }.map { $0.components(separatedBy: " ")[0] }
        #expect(Set(listed) == Set(options))
        for row in rows where row[1] == "the same" {
            for option in row[0].components(separatedBy: ", ") {
                let value =
                    settingsFromConfigure("--enable-\(option)=/x").text
                    + settingsFromConfigure("--enable-\(option)").text
                #expect(value.contains(option + " = "), "\(option)")
            }
        }
        for option in options { #expect(settingsFromConfigure("--enable-\(option)=y").problems == [], "\(option)") }
    }
}
