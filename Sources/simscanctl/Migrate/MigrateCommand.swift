import ArgumentParser

/// Writes settings from a classic installation.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Writes settings from a classic installation.")

    func run() throws {
        throw CleanExit.message("migrate is not built yet")
    }
}
