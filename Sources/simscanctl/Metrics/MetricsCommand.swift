import ArgumentParser

/// Prints the filters' counters in Prometheus' text format.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints the filters' counters in Prometheus' text format.")

    func run() throws {
        throw CleanExit.message("metrics is not built yet")
    }
}
