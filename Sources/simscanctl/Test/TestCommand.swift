import ArgumentParser

/// Scans a message as the filter would, without queueing it.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Scans a message as the filter would, without queueing it.")

    func run() throws {
        throw CleanExit.message("test is not built yet")
    }
}
