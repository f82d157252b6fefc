import ArgumentParser

/// Says which record, line and name set each value of the policy for an envelope.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says which record, line and name set each value of the policy for an envelope.",
        discussion: """
            Looks the sender and the recipients up in simcontrol as the filter does, and shows each look-up with its \
            record, and each value with the line that set it and the lines that it overrode. Without per-domain the \
            lines are those of simscan.conf. What is compiled counts, and the sources tell the lines.

              simscanctl explain --from alice@example.org --to bob@example.com

            answers "why was this scanned, and that not?" for such a message. The recipients' order matters: a later \
            one beats an earlier one. --relay asks for a client that RELAYCLIENT is set for.

            Exit status: 0 told, 64 wrong usage, 74 a control file cannot be read.
            """)

    @Option(help: ArgumentHelp("The envelope's sender; empty for a bounce.", valueName: "address"))
    var from: String

    @Option(help: ArgumentHelp("A recipient; several times for several, in their order.", valueName: "address"))
    var to: [String]

    @Flag(help: "The client has RELAYCLIENT, as an authenticated one does.")
    var relay = false

    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        if to.isEmpty { throw ValidationError("Name a recipient: --to bob@example.com") }
    }

    func run() throws {
        try tellingFailures {
            let explanation = try ControlSources(directory: control.directory).explanation(
                sender: Array(from.utf8), recipients: to.map { Array($0.utf8) }, isRelay: relay)
            Terminal.output.write(output.json ? explanation.json.text : explanation.text(for: .output))
        }
    }
}
