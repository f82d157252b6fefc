import ArgumentParser
import SimscanNative

/// The postmaster's tool: what is wrong, why was it rejected, what is in quarantine, what was scanned (simscanctl(8)).
@main
struct Simscanctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscanctl",
        abstract: "Checks, explains and tests a simscan installation, and looks after its quarantine and its log.",
        version: Installation.version,
        subcommands: [
            CheckCommand.self, ExplainCommand.self, TestCommand.self, QuarantineCommand.self, LogCommand.self,
            MigrateCommand.self, MetricsCommand.self,
        ])
}
