import ArgumentParser

@main
struct SimscanCorpus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscan-corpus",
        abstract: "Makes mail that hides attachments, and measures what the attachment check makes of it.",
        subcommands: [Write.self, Table.self, Mutate.self, Check.self, Hostile.self])
}
