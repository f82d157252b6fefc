import ArgumentParser
import SimscanNative

/// Looks at the installation and asks every scanner host whether it works.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at the installation and asks every scanner host whether it works.",
        discussion: """
            Looks at the control files (right? compiled? current?), the filter's owner and setuid bit, the directories \
            and their disks, the queue program and the kernel, and connects to every address of every scanner. What \
            is wrong is told with the command that mends it. Run it as root: then everything is tried with the \
            filter's own rights. Another user's cannot be told from those, and are not tried. Nothing is changed.

              simscanctl check
              simscanctl check --json | jq '.findings[] | select(.severity != "ok")'

            Exit status: 0 fine (there may be warnings), 1 there are problems, 64 wrong usage.
            """)

    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("The filter.", valueName: "path"), completion: .file())
    var program = Installation.qmaildir + "/bin/simscan"

    @Option(help: ArgumentHelp("Who the filter and its directories should belong to.", valueName: "name"))
    var user = Installation.user

    @Option(
        help: ArgumentHelp(
            "The clamd.conf whose limits hold (found by itself in the usual places).", valueName: "file"),
        completion: .file())
    var clamdConf: String?

    @Option(help: ArgumentHelp("How long a host may take to answer.", valueName: "seconds"))
    var timeout = 10.0

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds up to 600.") }
    }

    func run() throws {
        try tellingFailures {
            let report = CheckReport(findings: Waiting.during("asking the scanners") { findings() })
            Terminal.output.write(output.json ? report.json.text : report.text(for: .output))
            if !report.isFine { throw ExitCode.failure }
        }
    }

    private func findings() -> [Finding] {
        let owner = User(named: user)
        let rights = owner.map { FilterRights($0, program: try? Status(program)) }
        let (settingsFindings, settings, queues) = SettingsFindings(
            directory: control.directory, rights: rights
        ).findings()
        var findings = settingsFindings
        if let rights, !rights.canTry { findings += Self.untried }
        findings += ProgramCheck(path: program, userName: user, user: owner).findings()
        for (setting, path, mode, consequence) in directories(settings) {
            findings += DirectoryCheck(
                setting: setting, path: path, user: owner, rights: rights, mode: mode, consequence: consequence
            ).findings()
        }
        findings += QueueCheck(queues: queues, program: program, rights: rights).findings()
        findings += SystemCheck().findings()
        let scanners = ScannerCheck(
            settings: settings, controlDirectory: control.directory, rights: rights, clamdConfiguration: clamdConf,
            patience: .milliseconds(Int64(timeout * 1000)))
        return findings + scanners.findings()
    }

    /// What another user than root and the filter's own cannot tell.
    private static var untried: [Finding] {
        var findings = FindingList(.system)
        findings.warn(
            "not-tried", "what the filter may read, write, run and connect to was not tried, which takes its rights",
            mend: "run it as root")
        return findings.all
    }

    private func directories(_ settings: Settings) -> [(SettingName, path: String, mode: String, consequence: String)] {
        var directories = [
            (SettingName.workdir, path: settings.workdir, mode: "2750", consequence: "every message is deferred")
        ]
        if let path = settings.quarantinedir {
            let consequence = settings.dropmsg ? "mail that is to be dropped is deferred" : "rejected mail is not kept"
            directories.append((.quarantinedir, path, "0750", consequence))
        }
        // Without it the filters remember nothing, which may be meant.
        if let path = settings.statedir, settings.metrics || (try? Status(path)) != nil {
            directories.append((.statedir, path, "2750", "dead hosts are not remembered, and nothing is counted"))
        }
        return directories
    }
}
