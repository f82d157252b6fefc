import CStart
import Glibc
import SimscanNative
import SystemPackage

/// What a person asks on the command line; qmail-smtpd gives no arguments.
enum CommandLineQuestion {
    private static let usage = """
        usage: simscan <message 1<envelope

        simscan stands in place of qmail-queue: qmail-smtpd runs it where QMAILQUEUE names it, with the message on
        descriptor 0 and the envelope on descriptor 1. It scans the message and hands it on to qmail-queue.

          --version   print the version
          --help      print this

        See simscan(8).

        """

    /// Prints the answer and ends the process, where there is a question.
    static func answer() {
        guard start_argument_count() > 1, let argument = start_argument(1) else { return }
        switch String(cString: argument) {
        case "--version":
            // What stands around the parser depends on the kernel, so it is tried.
            let walls = CageWalls.standing(until: .now + .seconds(10))
            print("simscan " + Installation.version)
            print("cage: " + (walls?.description ?? "none, no process can be made"))
            exit(0)
        case "--help":
            print(usage, terminator: "")
            exit(0)
        default:
            _ = try? FileDescriptor.standardError.writeAll(usage.utf8)
            // A temporary status: whoever put simscan into a queue's place with arguments loses no mail.
            exit(ExitStatus.internalFault.rawValue)
        }
    }
}
