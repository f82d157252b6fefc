import Fakes
import Foundation

/// The examples of a manual page, as they stand in its EXAMPLES.
struct ManualExamples {
    /// The page's file in `doc/`.
    let page: String
    /// Each example's lines, without the formatter's escapes.
    let blocks: [[String]]

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("doc").path

    /// Every page there is.
    static func all() throws -> [ManualExamples] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            .filter { $0.hasSuffix(".5") || $0.hasSuffix(".8") }
            .map { try ManualExamples(page: $0) }
    }

    init(page: String) throws {
        self.page = page
        let text = try String(contentsOfFile: Self.directory + "/" + page, encoding: .utf8)
        var blocks: [[String]] = []
        var isInExamples = false
        var isInBlock = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(".SH") {
                isInExamples = line == ".SH EXAMPLES"
            } else if line == ".nf" {
                isInBlock = true
                if isInExamples { blocks.append([]) }
            } else if line == ".fi" {
                isInBlock = false
            } else if isInExamples, isInBlock {
                blocks[blocks.count - 1].append(Self.plain(line))
            }
        }
        self.blocks = blocks
    }

    /// Without the escapes that a page needs (groff(7)).
    private static func plain(_ line: Substring) -> String {
        line.replacingOccurrences(of: "\\-", with: "-").replacingOccurrences(of: "\\(aq", with: "'")
            .replacingOccurrences(of: "\\&", with: "").replacingOccurrences(of: "\\e", with: "\\")
            .replacingOccurrences(of: "\\(rs", with: "\\").replacingOccurrences(of: "\\fR", with: "")
            .replacingOccurrences(of: "\\fI", with: "").replacingOccurrences(of: "\\fB", with: "")
    }

    /// The examples that are commands: everything in section 8, and in section 5 what begins with a program.
    var commands: [String] { blocks.filter(isCommands).flatMap(\.self).filter { !$0.isEmpty } }

    /// The examples that are the control file of a page of section 5.
    var files: [[String]] { blocks.filter { !isCommands($0) } }

    private func isCommands(_ block: [String]) -> Bool {
        page.hasSuffix(".8") || ["simscanmk", "simscanctl"].contains(block.first?.split(separator: " ").first ?? "")
    }
}
