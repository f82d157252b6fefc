import ArgumentParser
import Glibc
import SimscanNative

/// Scans a message as the filter would, without queueing it.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Scans a message as the filter would, without queueing it.",
        discussion: """
            Takes a message through the policy, the attachment check and the scanners, and shows the parts with every \
            attachment name and how it was spelt, what each scanner said and how long it took, the verdict, why it is \
            this one, and the reply that the sender would see. Nothing is queued, dropped or quarantined.

              simscanctl test message.eml --from alice@example.org --to bob@example.com

            With --self four messages go through the installed filter with its real scanners: a clean one, the EICAR \
            test virus, the GTUBE test spam and an attachment of a refused name. Did each come out as the settings \
            promise? The filter's own settings hold, but for the queue: it has one that takes and discards. Run it as \
            root: another user may not read an installed filter, and tests simscanctl's own pipeline, which is the \
            same, without the filter's rights.

              simscanctl test --self

            Exit status: 0 the message would be delivered, or every promise is kept; 1 it would be refused or \
            dropped, or a promise is broken; 64 wrong usage; 66 the message cannot be read; 71 the filter cannot be \
            started; 74 a control file cannot be read, or a file of the test not written; 75 the message would be \
            deferred.
            """)

    @Argument(
        help: ArgumentHelp("The message, as a mail program saves it; - is standard input.", valueName: "message"),
        completion: .file())
    var message: String?

    @Flag(name: .customLong("self"), help: "Test the installation with messages whose verdict is known.")
    var isSelf = false

    @Option(help: ArgumentHelp("The envelope's sender; empty for a bounce.", valueName: "address"))
    var from: String?

    @Option(help: ArgumentHelp("A recipient; several times for several, in their order.", valueName: "address"))
    var to: [String] = []

    @Option(help: ArgumentHelp("The client's address, for the log line.", valueName: "address"))
    var ip: String?

    @Flag(help: "The client has RELAYCLIENT, as an authenticated one does.")
    var relay = false

    @Option(help: ArgumentHelp("The filter that --self tests.", valueName: "path"), completion: .file())
    var program = Installation.qmaildir + "/bin/simscan"

    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        if isSelf {
            if message != nil { throw ValidationError("--self has messages of its own.") }
            return
        }
        guard message != nil else { throw ValidationError("Name a message, or give --self.") }
        guard from != nil, !to.isEmpty else {
            throw ValidationError("The policy depends on the envelope: give --from and --to.")
        }
    }

    func run() throws {
        try tellingFailures {
            if isSelf {
                try runSelfTest()
            } else if let message, let from {
                try run(message, from)
            }
        }
    }

    private func run(_ message: String, _ sender: String) throws {
        let sources = try ControlSources(directory: control.directory)
        let settings = sources.settings.withUsableWorkdir()
        let source = try TrialMessage(
            file: message, sender: sender, recipients: to, workdir: settings.workdir, room: settings.spoolRoom)
        let policy = try sources.policy(for: source.envelope)
        let trial = try Waiting.during("asking the scanners") { () throws(Failure) in
            try Trial(source, settings: settings, policy: policy, client: ip, isRelay: relay)
        }
        Terminal.output.write(output.json ? trial.json.text : trial.text(for: .output))
        let status = trial.verdict.exitStatus
        if status != 0 { throw ExitCode(status) }
    }

    private func runSelfTest() throws {
        let sources = try ControlSources(directory: control.directory)
        let test = SelfTest(
            sources: sources, program: program, sender: from, recipients: to)
        let report = try Waiting.during("testing the filter") { () throws(Failure) in try test.run() }
        Terminal.output.write(output.json ? report.json.text : report.text(for: .output))
        if !report.isKept { throw ExitCode.failure }
    }
}

extension Settings {
    /// The same with a directory for the message that whoever asks may write to.
    func withUsableWorkdir() -> Settings {
        var settings = self
        if let file = try? UnnamedFile(in: Workdir(workdir)) {
            try? file.descriptor.close()
        } else {
            settings.workdir = Terminal.environment("TMPDIR", isEmpty: false) ?? "/tmp"
        }
        return settings
    }
}

extension ControlSources {
    /// The policy for an envelope, as the filter makes it.
    ///
    /// - Throws: `Failure` with 74 where a control file cannot be read.
    func policy(for envelope: Envelope) throws(Failure) -> Policy {
        guard settings.perDomain else {
            let firstRecipient = envelope.recipients.first.map { Array(envelope.address($0)) } ?? []
            return Policy(
                settings, attachSuffixes: settings.attach ? try suffixes() : [], firstRecipient: firstRecipient)
        }
        do throws(ControlFileFailure) {
            let simcontrol = try Simcontrol(controlDirectory: directory)
            return try Policy(
                settings, sender: envelope.address(envelope.sender),
                recipients: envelope.recipients.lazy.map(envelope.address)
            ) { (key) throws(ControlFileFailure) in try simcontrol.record(key) }
        } catch {
            throw Failure(error.description, status: EX_IOERR)
        }
    }
}
