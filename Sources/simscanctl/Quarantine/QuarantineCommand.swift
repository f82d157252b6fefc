import ArgumentParser

/// Lists, shows, releases and deletes what is in quarantine.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lists, shows, releases and deletes what is in quarantine.")

    func run() throws {
        throw CleanExit.message("quarantine is not built yet")
    }
}
