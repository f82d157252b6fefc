import ArgumentParser
import Fakes
import Foundation

/// What all fake scanners can be told on the command line.
struct ScannerOptions: ParsableArguments {
    @Option(help: "Where to listen: unix:/path, tcp:127.0.0.1:port, tcp:[::1]:port (port 0: any that is free).")
    var listen: Place?

    @Option(help: "Milliseconds between the end of a message and the answer.")
    var delay = 0

    @Option(help: "Send the answer in pieces of so many bytes.")
    var pieces: Int?

    @Option(
        help: ArgumentHelp(
            "Go wrong at a byte: received:1000:reset, sent:3:close, received:0:silence.", valueName: "fault"))
    var fault: Fault?

    @Option(help: "How the connections are met: open, closed, unattended (nobody serves them), full.")
    var door = Door.open

    var place: Place { listen ?? .unix }
    var delayTime: Duration { .milliseconds(delay) }

    func validate() throws {
        if let pieces, pieces < 1 { throw ValidationError("--pieces must be 1 or more.") }
        if delay < 0 { throw ValidationError("--delay must not be negative.") }
    }
}

extension Place: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension Door: ExpressibleByArgument {
    package init?(argument: String) {
        switch argument {
        case "open": self = .open
        case "closed": self = .closed
        case "unattended": self = .unattended
        case "full": self = .full
        default: return nil
        }
    }
}

extension Fault: ExpressibleByArgument {
    package init?(argument: String) {
        let words = argument.split(separator: ":").map(String.init)
        guard words.count == 3, let count = Int(words[1]), count >= 0 else { return nil }
        let moment: Moment
        switch words[0] {
        case "received": moment = .received(count)
        case "sent": moment = .sent(count)
        default: return nil
        }
        switch words[2] {
        case "close": self = .after(moment, .close)
        case "reset": self = .after(moment, .reset)
        case "silence": self = .after(moment, .silence)
        default: return nil
        }
    }
}

/// Prints a fake's address, then serves and tells of each request, until SIGINT or SIGTERM.
///
/// The signals must have been blocked by `blockSignals()` before the fake made its threads.
func serve(_ fake: some Fake) {
    FileHandle.standardOutput.write(Data((fake.address + "\n").utf8))
    Thread.detachNewThread { tell(of: fake) }
    var signals = endingSignals
    var number: Int32 = 0
    sigwait(&signals, &number)
    fake.stop()
    for problem in fake.problems { complain(problem) }
}

/// Makes SIGINT and SIGTERM wait for `serve`.
func blockSignals() {
    var signals = endingSignals
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}

private var endingSignals: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    return signals
}

private func tell(of fake: some Fake) {
    var told = 0
    while true {
        guard fake.server.waitForRequests(told + 1, upTo: .seconds(3600)) else { continue }
        for request in fake.requests.dropFirst(told) {
            let user = request.user.map { " for \($0)" } ?? ""
            complain("\(request.command)\(user), \(request.message.count) bytes")
            told += 1
        }
    }
}

/// Writes a line to the standard error.
func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
