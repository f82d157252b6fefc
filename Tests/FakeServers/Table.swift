import Foundation

/// The colour of a row, where the output is a terminal.
enum Colour: String {
    case green = "\u{1B}[32m"
    case red = "\u{1B}[31m"
    case yellow = "\u{1B}[33m"

    static let reset = "\u{1B}[0m"
}

/// A table of text with aligned columns; a cell that is too wide for its column goes on in the line below.
struct Table {
    struct Column {
        let title: String
        let isNumber: Bool
        /// The most that a cell has in one line; nil is as much as there is.
        let width: Int?

        init(_ title: String, isNumber: Bool = false, width: Int? = nil) {
            self.title = title
            self.isNumber = isNumber
            self.width = width
        }
    }

    /// Where the table is printed.
    enum Output {
        case terminal
        case plain

        /// That of this process.
        static var current: Output { isatty(STDOUT_FILENO) == 1 ? .terminal : .plain }
    }

    private let columns: [Column]
    private var rows: [(cells: [[String]], colour: Colour?)] = []

    init(columns: [Column]) {
        self.columns = columns
        add(columns.map(\.title), colour: nil)
    }

    mutating func add(_ cells: [String], colour: Colour?) {
        rows.append((zip(columns, cells).map { Self.lines(of: $1, width: $0.width) }, colour))
    }

    func text(for output: Output) -> String {
        let widths = columns.indices.map { column in
            rows.flatMap { $0.cells[column] }.map(\.count).max() ?? 0
        }
        var lines: [String] = []
        for (number, row) in rows.enumerated() {
            for line in 0..<(row.cells.map(\.count).max() ?? 0) {
                let cells = columns.indices.map { column -> String in
                    let text = line < row.cells[column].count ? row.cells[column][line] : ""
                    let padding = String(repeating: " ", count: widths[column] - text.count)
                    return columns[column].isNumber ? padding + text : text + padding
                }
                lines.append(Self.paint(cells.joined(separator: "  "), row.colour, output))
            }
            if number == 0 { lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")) }
        }
        return lines.joined(separator: "\n")
    }

    private static func paint(_ line: String, _ colour: Colour?, _ output: Output) -> String {
        let trimmed = line.replacingOccurrences(of: " +$", with: "", options: .regularExpression)
        guard output == .terminal, let colour else { return trimmed }
        return colour.rawValue + trimmed + Colour.reset
    }

    /// A cell's text broken between words; a word that is longer than the width stays whole.
    private static func lines(of text: String, width: Int?) -> [String] {
        guard let width, text.count > width else { return [text] }
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
