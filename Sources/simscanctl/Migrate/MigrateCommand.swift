import ArgumentParser
import Foundation
import SimscanNative

/// Writes settings from a classic installation.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Writes settings from a classic installation.",
        discussion: """
            Reads what is left of a classic simscan and writes the simscan.conf that means the same, each setting with \
            the option that it came from; what has no setting any more is told in comments. Name what there is: the \
            source directory (its config.log has the configure line, and config.h stands for one), the control \
            directory (simcontrol and ssattach stay as they are, and are checked), log files (they show what was on).

              cd /var/qmail/control
              simscanctl migrate ~/src/simscan-1.4.0 . --output simscan.conf
              simscanctl migrate --configure "--enable-spam=y --enable-spam-hits=15"

            The settings go to standard output, and what became of each option to standard error; with --output the \
            settings go to a file, which is not overwritten but with --force.

            Exit status: 0 all was understood, 1 something was not (the settings tell it in comments), 64 wrong \
            usage, 66 a file cannot be read, or nothing was found, 73 the output is there already or cannot be written.
            """)

    @Argument(
        help: ArgumentHelp("Files and directories of the classic installation.", valueName: "path"),
        completion: .file())
    var paths: [String] = []

    // Its value begins with a dash.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The options that the classic was configured with.", valueName: "options"))
    var configure: String?

    @Option(help: ArgumentHelp("Write the settings to this file.", valueName: "file"), completion: .file())
    var output: String?

    @Flag(help: "Overwrite the file where it is there.")
    var force = false

    @OptionGroup var form: OutputOptions

    mutating func validate() throws {
        if paths.isEmpty && configure == nil {
            throw ValidationError("Name what is left of the classic: its source directory, control files, logs.")
        }
    }

    func run() throws {
        try tellingFailures {
            var migration = Migration(line: configure)
            for path in paths { try migration.read(path) }
            let outcome = try migration.outcome()
            if let output { try write(outcome.text, to: output) }
            if form.json {
                Terminal.output.write(outcome.json.text)
            } else if output == nil {
                Terminal.error.write(outcome.report(for: .error))
                Terminal.output.write(outcome.text)
            } else {
                Terminal.output.write(outcome.report(for: .output))
            }
            if !outcome.isWhole { throw ExitCode.failure }
        }
    }

    /// All of it or nothing: a new file beside it takes its place.
    private func write(_ text: String, to path: String) throws(Failure) {
        let temporary = path + ".tmp." + String(getpid())
        defer { unlink(temporary) }
        guard
            FileManager.default.createFile(
                atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: 0o644])
        else { throw Failure(path + ": cannot be written: " + String(cString: strerror(errno)), status: EX_CANTCREAT) }
        // link(2) does not replace what is there, rename(2) does.
        guard (force ? rename(temporary, path) : link(temporary, path)) == 0 else {
            let reason = errno == EEXIST ? "is there already; --force overwrites it" : String(cString: strerror(errno))
            throw Failure(path + ": " + reason, status: EX_CANTCREAT)
        }
    }
}
