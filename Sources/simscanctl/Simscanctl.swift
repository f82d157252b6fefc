import ArgumentParser
import CLinux
import SimscanNative

/// The postmaster's tool: what is wrong, why was it rejected, what is in quarantine, what was scanned (simscanctl(8)).
@main
struct Simscanctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscanctl",
        abstract: "Checks, explains and tests a simscan installation, and looks after its quarantine and its log.",
        discussion: """
            Is everything as it must be?
              simscanctl check
            Do the scanners find what they must?
              simscanctl test --self
            Why was this message rejected?
              simscanctl test message.eml --from a@b.example --to c@d.example
            Which line of which file says so?
              simscanctl explain --from a@b.example --to c@d.example
            What is in quarantine, and what has the filter done?
              simscanctl quarantine list
              simscanctl log /var/log/qmail/smtpd/current

            Every command explains itself with --help, and prints JSON with --json. Completions for bash (or zsh, \
            fish):
              simscanctl --generate-completion-script bash

            Exit status: 0 done and fine, 1 something is wrong or was refused, 64 wrong usage, 65 an entry of the \
            quarantine is damaged, 66 a file cannot be read, 69 the queue program does not run, 71 a program cannot \
            be started, 73 a file cannot be made, 74 a control file or a log cannot be read, or a file not written, \
            75 try again later.
            """,
        version: Installation.version,
        subcommands: [
            CheckCommand.self, ExplainCommand.self, TestCommand.self, QuarantineCommand.self, LogCommand.self,
            MigrateCommand.self, MetricsCommand.self,
        ])

    static func main() {
        linux_users_are_in_files()
        main(nil)
    }
}
