import Fakes
import Foundation

/// The configuration files of a document: its fenced blocks, by the heading that they stand under and their name.
struct Document {
    private let blocks: [(heading: String, name: String, text: String)]

    init(path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Trouble("cannot read \(path)")
        }
        var blocks: [(heading: String, name: String, text: String)] = []
        var heading = ""
        var open: (name: String, lines: [Substring])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let block = open {
                if line == "```" {
                    blocks.append((heading, block.name, block.lines.map { $0 + "\n" }.joined()))
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), [])
            } else if line.hasPrefix("## ") {
                heading = String(line.dropFirst(3))
            }
        }
        self.blocks = blocks
    }

    /// The one block of this name under this heading.
    func block(_ name: String, under heading: String) throws -> String {
        let found = blocks.filter { $0.heading == heading && $0.name == name }
        guard found.count == 1 else { throw Trouble("\(found.count) blocks “\(name)” under “\(heading)”") }
        return found[0].text
    }
}
