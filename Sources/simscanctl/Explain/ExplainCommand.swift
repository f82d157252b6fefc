import ArgumentParser

/// Says which record, line and name set each value of the policy for an envelope.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says which record, line and name set each value of the policy for an envelope.")

    func run() throws {
        throw CleanExit.message("explain is not built yet")
    }
}
