import ArgumentParser
import CLinux
import Foundation
import SimscanNative

@main
struct SimscanMk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscanmk",
        abstract: "Compiles simscan's control files.",
        discussion: """
            Checks simscan.conf and simcontrol in the control directory and compiles them to simscan.cdb and \
            simcontrol.cdb, which is what simscan reads. Every error is reported with its line and column; where \
            there is one, nothing is changed. Running filters see an old file or the new one, never a part.

            The control directory is \(Installation.controldir); the environment variable SIMSCAN_CONTROLDIR \
            names another.

            Exit status: 0 done, 1 errors in the files (nothing was changed), 64 wrong usage, 74 a file cannot \
            be read or written, 75 a scanner cannot be asked for its version (nothing was changed).
            """,
        version: Installation.version)

    static func main() {
        // Foundation asks who a file belongs to.
        linux_users_are_in_files()
        main(nil)
    }

    @Option(help: ArgumentHelp("The directory of the control files.", valueName: "directory"), completion: .directory)
    var controldir: String?

    @Flag(name: [.customShort("n"), .long], help: "Check the files and change nothing.")
    var check = false

    @Flag(help: "Show each setting as it is compiled now, and where it comes from; change nothing.")
    var print = false

    @Flag(help: "Make every warning an error.")
    var strict = false

    @Flag(
        name: [.customShort("g"), .long],
        help: "Ask the scanners for their versions and build simversions.cdb, for the Received line.")
    var versions = false

    @Flag(help: "Show which hosts of the scanners the filters remember, and which are in a pause; change nothing.")
    var hosts = false

    // Its value begins with a dash.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Print the simscan.conf that means the same as these options of the classic's configure script.",
            valueName: "options"))
    var fromConfigure: String?

    mutating func validate() throws {
        if [check, print, versions, hosts, fromConfigure != nil].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --check, --print, --versions, --hosts and --from-configure.")
        }
    }

    func run() throws {
        // A full file system or a limit on file sizes is an error to be told, not a signal to die of.
        signal(SIGXFSZ, SIG_IGN)
        if let fromConfigure { return try translate(fromConfigure) }
        let environment = ProcessInfo.processInfo.environment["SIMSCAN_CONTROLDIR"]
        let directory = controldir ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? Installation.controldir
        do {
            guard access(directory, F_OK) == 0 else {
                throw ControlFileFailure(path: directory, reason: String(cString: strerror(errno)))
            }
            if versions {
                try Versions(directory: directory).run()
            } else if hosts {
                try Hosts(directory: directory).run()
            } else if print {
                try Listing(directory: directory).run()
            } else {
                try Compilation(directory: directory, checkOnly: check, strict: strict).run()
            }
        } catch let failure as ControlFileFailure {
            complain("simscanmk: " + failure.description)
            throw ExitCode(EX_IOERR)
        }
    }
}

/// Prints the settings of a configure line; throws `ExitCode.failure` where some of it is not understood.
private func translate(_ line: String) throws {
    let translation = settingsFromConfigure(line)
    print("# The settings of the classic's configure line.")
    print(translation.text, terminator: "")
    for problem in translation.problems { complain("simscanmk: not understood: " + problem) }
    if !translation.problems.isEmpty { throw ExitCode.failure }
}

/// One line on standard error.
func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
