import ArgumentParser

@main
struct SimscanFakes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscan-fakes",
        abstract: "The servers around simscan, in small: to try it out, and to see it fail.",
        subcommands: [Demo.self, Clamd.self, Spamd.self, Trophie.self, SMTP.self, Samples.self])
}
