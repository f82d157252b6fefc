import ArgumentParser

/// Looks at the installation and asks every scanner host whether it works.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at the installation and asks every scanner host whether it works.")

    func run() throws {
        throw CleanExit.message("check is not built yet")
    }
}
