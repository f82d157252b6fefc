import ArgumentParser
import Fakes
import Foundation

struct SMTP: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "An SMTP server with qmail-smtpd's pipes, which gives each message to a program.",
        discussion: """
            The program gets the message on descriptor 0, the envelope on 1, and a reject channel; the client is told \
            what qmail-smtpd tells it. Prints its address and serves until it is interrupted:

              simscan-fakes smtp --queue /var/qmail/bin/simscan --listen 127.0.0.1:2525
              swaks --server 127.0.0.1 --port 2525 --from a@example.org --to b@example.com
            """)

    @Option(help: "The program that takes the messages, as QMAILQUEUE names it.")
    var queue: String

    @Option(help: "The descriptor of the reject channel: 4 (the custom-error patch), 6 (notqmail); 0 is none.")
    var rejectFd: Int32 = 4

    @Option(help: "Where to listen: 127.0.0.1:port (port 0: any that is free).")
    var listen = Place.tcp()

    func validate() throws {
        guard rejectFd == 0 || (3..<20).contains(rejectFd) else {
            throw ValidationError("--reject-fd must be 0, or 3 to 19.")
        }
    }

    func run() throws {
        blockSignals()
        let smtp = try FakeSMTPServer(
            at: listen, queue: queue, rejectFD: rejectFd == 0 ? nil : rejectFd,
            environment: ProcessInfo.processInfo.environment, patience: .seconds(1200)
        ) { result in
            for line in result.logLines { complain(line) }
            complain("\(queue): \(result.ending): \(QmailReply(to: result))")
        }
        serve(smtp)
    }
}
