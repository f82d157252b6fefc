import ArgumentParser

/// Sums up simscan's log lines.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Sums up simscan's log lines.")

    func run() throws {
        throw CleanExit.message("log is not built yet")
    }
}
