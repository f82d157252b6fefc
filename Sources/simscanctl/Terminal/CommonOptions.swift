import ArgumentParser
import Glibc
import SimscanNative

/// `--json`, for every command.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text for people.")
    var json = false
}

/// Where the control files are.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of the control files (\(Installation.controldir); SIMSCAN_CONTROLDIR names another).",
            valueName: "directory"), completion: .directory)
    var controldir: String?

    /// The option, else the environment, else the installation.
    var directory: String {
        controldir ?? Terminal.environment("SIMSCAN_CONTROLDIR", isEmpty: false) ?? Installation.controldir
    }

    /// The settings as simscanmk compiled them; the defaults where there are none.
    ///
    /// - Throws: `Failure` with 74 where the compiled file cannot be read.
    func settings() throws -> Settings {
        do throws(ControlFileFailure) {
            return try loadSettings(controlDirectory: directory)
        } catch {
            throw Failure(error.description, status: EX_IOERR)
        }
    }
}

/// Why a command cannot go on: one line on standard error, and an exit status of sysexits(3).
struct Failure: Error {
    let what: String
    let status: Int32

    init(_ what: String, status: Int32 = EXIT_FAILURE) {
        self.what = what
        self.status = status
    }

    /// Says it, and makes an exit of it for `run()` to throw.
    var exit: ExitCode {
        Terminal.error.line("simscanctl: " + SafeText.text(what))
        return ExitCode(status)
    }
}

/// Does a command's work; a `Failure` is told in one line and becomes the exit status.
func tellingFailures(_ work: () throws -> Void) throws {
    // A full disk and a reader who has gone away are errors to be told, not signals to die of.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    do {
        try work()
    } catch let failure as Failure {
        throw failure.exit
    }
}
