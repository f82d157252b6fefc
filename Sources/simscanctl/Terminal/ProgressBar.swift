import Glibc
import SimscanNative

/// A bar on standard error for what takes longer than a second, where a person looks on.
struct ProgressBar {
    private let terminal: Terminal
    private let label: String
    private let startedAt = Instant.now
    private var shownAt: Instant?

    private static let patience = Duration.seconds(1)
    private static let interval = Duration.milliseconds(100)
    private static let barColumns = 30

    init(_ label: String, on terminal: Terminal = .error) {
        self.label = label
        self.terminal = terminal
    }

    /// Says how far it is: `done` of `total` in any unit; without a total, the text stands alone.
    mutating func update(_ done: Int64, of total: Int64?, _ text: @autoclosure () -> String = "") {
        guard terminal.isTerminal else { return }
        let now = Instant.now
        guard now - startedAt >= Self.patience, shownAt.map({ now - $0 >= Self.interval }) ?? true else { return }
        shownAt = now
        var line = label + " "
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * Double(Self.barColumns))
            line += "[" + String(repeating: "#", count: filled)
            line += String(repeating: ".", count: Self.barColumns - filled)
            line += "] " + String(Int(share * 100)) + " % "
        }
        terminal.write("\r" + SafeText.cut(line + text(), to: terminal.columns - 1) + "\u{1B}[K")
    }

    /// Takes the bar away.
    mutating func finish() {
        guard shownAt != nil else { return }
        shownAt = nil
        terminal.write("\r\u{1B}[K")
    }
}
