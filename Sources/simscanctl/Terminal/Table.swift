/// Columns of text under a header, as wide as what stands in them.
struct Table {
    /// One column's header and how its cells stand.
    struct Column {
        let title: String
        let isRight: Bool
        /// Whether it is cut where the terminal is too narrow.
        let isFlexible: Bool

        static func left(_ title: String) -> Column { Column(title: title, isRight: false, isFlexible: false) }
        static func right(_ title: String) -> Column { Column(title: title, isRight: true, isFlexible: false) }
        /// For long text.
        static func text(_ title: String) -> Column { Column(title: title, isRight: false, isFlexible: true) }
    }

    /// A cell's text, safe for a terminal already, and how it looks.
    struct Cell: ExpressibleByStringLiteral {
        let text: String
        let style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = text
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// No column is cut to less.
    private static let minimumColumns = 8
    private static let gap = 2

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// - Precondition: as many cells as there are columns.
    mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row has a cell for every column")
        rows.append(cells)
    }

    /// The table's lines, each with its newline; cut to the terminal's width where it is one.
    func text(for terminal: Terminal) -> String {
        let widths = widths(within: terminal.isTerminal ? terminal.columns : nil)
        var result = line(columns.map { Cell($0.title, .bold) }, widths, terminal)
        for row in rows { result += line(row, widths, terminal) }
        return result
    }

    private func widths(within total: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(SafeText.columns(columns[index].title)) { max($0, SafeText.columns($1[index].text)) }
        }
        guard let total else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - total
        while excess > 0 {
            // The widest gives first.
            let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > Self.minimumColumns }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ terminal: Terminal) -> String {
        var result = ""
        // Nothing stands behind the last text of a line.
        let last = cells.lastIndex { !$0.text.isEmpty } ?? -1
        for (index, cell) in cells.prefix(last + 1).enumerated() {
            if index > 0 { result += String(repeating: " ", count: Self.gap) }
            let text = SafeText.cut(cell.text, to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - SafeText.columns(text)))
            let styled = cell.style.map { terminal.styled(text, $0) } ?? text
            if columns[index].isRight {
                result += padding + styled
            } else {
                result += styled + (index == last ? "" : padding)
            }
        }
        return result + "\n"
    }
}
