import Foundation
import SimscanNative
import Testing

/// doc/simscan.conf.5 against the code.
@Suite struct SettingsManualTests {
    /// The manual's lines, with `\-` as the hyphen that it shows.
    private func lines() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("doc/simscan.conf.5"), encoding: .utf8)
        return text.replacingOccurrences(of: "\\-", with: "-").components(separatedBy: "\n")
    }

    @Test func `Every setting has its entry, in order and with its default`() throws {
        let entry = try Regex(#"^\\fB([a-z-]+)\\fR = .*\(default: (.*)\)$"#, as: (Substring, Substring, Substring).self)
        let found = try lines().compactMap { $0.wholeMatch(of: entry)?.output }
        #expect(found.map { String($0.1) } == SettingName.allCases.map(\.rawValue))
        for (_, name, value) in found {
            guard let setting = SettingName(rawValue: String(name)) else { continue }
            let text = Settings().text(of: setting)
            #expect(value == (text.isEmpty ? "none" : text), "\(name)")
        }
    }

    @Test func `An entry names the words that its setting takes`() throws {
        for line in try lines() where line.hasPrefix("\\fB") {
            let name = String(line.dropFirst(3).prefix { $0 != "\\" })
            guard let setting = SettingName(rawValue: name) else { continue }
            let words = try line.matches(of: Regex(#"\\fI([a-z]+)\\fR"#, as: (Substring, Substring).self))
                .map { String($0.output.1) }
            let kinds = ["seconds", "path", "addresses", "globs", "number", "bytes", "score", "name"]
            for word in words where !kinds.contains(word) {
                do {
                    var settings = Settings()
                    try settings.apply(setting, value: word)
                } catch SettingError.badValue {
                    Issue.record("\(name) does not take \(word)")
                }
            }
        }
    }

    @Test func `The example is a sound file`() throws {
        let example = try lines().drop { $0 != ".nf" }.dropFirst().prefix { $0 != ".fi" }
        let checked = checkSettings(Array(example.joined(separator: "\n").utf8), file: "example")
        #expect(example.count == 7)
        #expect(checked.diagnostics == [])
        #expect(checked.named.count == 7)
    }
}
