import ArgumentParser
import Fakes
import Foundation

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts sample messages through the real simscan, and shows what becomes of them.",
        discussion: """
            Fake scanners on temporary sockets, a control directory, and a queue that only keeps what it gets; all is \
            gone afterwards. With --message the same is done with a message of your own.
            """)

    @Option(help: "The simscan to run.")
    var simscan = BuiltPrograms.simscan

    @Option(help: "The simscanmk to compile its settings with.")
    var simscanmk = BuiltPrograms.simscanmk

    @Option(help: "A message of your own: a file, as a mail program saves it.")
    var message: String?

    @Option(help: "The sender of your own message.")
    var from = "alice@example.org"

    @Option(help: "The recipients of your own message, with blanks between them.")
    var rcpt = "bob@example.com"

    @Flag(help: "Show simscan's log lines below the table.")
    var log = false

    @Flag(help: "Show each message below the table as the queue got it.")
    var queued = false

    func run() throws {
        let samples = try message.map { [try ownSample($0)] } ?? Sample.all
        let stage = try Stage(simscan: simscan, simscanmk: simscanmk)
        defer { stage.close() }

        let outcomes = try samples.map { try stage.show($0) }
        print(table(of: outcomes).text(for: .current))
        if log || message != nil {
            print("\nsimscan's log:")
            for outcome in outcomes { outcome.logLines.forEach { print("  " + $0) } }
        }
        if queued {
            for outcome in outcomes {
                for message in outcome.queued {
                    print("\n\(outcome.name), in the queue:\n" + String(decoding: message.message, as: UTF8.self))
                }
            }
        }
        let complaints = outcomes.flatMap(\.complaints) + stage.scannerProblems()
        guard complaints.isEmpty else {
            complain("\nNot as expected:")
            for complaint in complaints { complain("  " + complaint) }
            throw ExitCode.failure
        }
    }

    private func ownSample(_ path: String) throws -> Sample {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StageFailure("cannot read \(path)")
        }
        let recipients = rcpt.split(separator: " ").map(String.init)
        guard !recipients.isEmpty else { throw ValidationError("--rcpt names no recipient") }
        return Sample(
            URL(fileURLWithPath: path).lastPathComponent, [UInt8](data).withUnixLineEnds, from: from, to: recipients,
            expected: nil)
    }

    private func table(of outcomes: [Outcome]) -> Table {
        var table = Table(columns: [
            .init("message"), .init("verdict"), .init("exit", isNumber: true),
            .init("what the sending server is told", width: 46), .init("where it went"),
            .init("ms", isNumber: true),
        ])
        for outcome in outcomes {
            table.add(
                [
                    outcome.name, outcome.verdict, outcome.exit, outcome.reply.description,
                    outcome.destination.rawValue, String(format: "%.1f", outcome.milliseconds),
                ], colour: outcome.colour)
        }
        return table
    }
}

extension [UInt8] {
    /// The bytes with LF for each CR LF, which is what qmail-smtpd makes of a message from the network.
    fileprivate var withUnixLineEnds: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for byte in self {
            if byte == UInt8(ascii: "\n"), result.last == UInt8(ascii: "\r") { result.removeLast() }
            result.append(byte)
        }
        return result
    }
}
