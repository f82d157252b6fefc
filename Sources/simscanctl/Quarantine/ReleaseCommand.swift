import ArgumentParser
import Glibc

extension QuarantineCommand {
    /// `quarantine release`
    struct ReleaseCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Gives messages to qmail-queue, past the scan, byte for byte.",
            discussion: """
                A message is marked as released when the queue has taken it, and only then; its files stay. One \
                that was released is not released again without --again.
                """)

        @OptionGroup var options: QuarantineOptions
        @Option(help: ArgumentHelp("Another recipient than the envelope's; may be repeated.", valueName: "address"))
        var to: [String] = []
        @Option(help: ArgumentHelp("The program in place of the setting qmail-queue.", valueName: "program"))
        var queue: String?
        @Flag(help: "Release messages that were released before.")
        var again = false
        @Argument(help: "The messages' names.")
        var names: [String]

        /// What qmail-queue takes of an address (`ADDR` in its source, with the NUL).
        private static let maximumAddressBytes = 1002

        mutating func validate() throws {
            for address in to {
                let isPlain = address.utf8.allSatisfy { $0 > 0x1F && $0 != 0x7F }
                guard !address.isEmpty, isPlain, address.utf8.count <= Self.maximumAddressBytes else {
                    throw ValidationError("--to: '" + SafeText.text(address) + "' is no address.")
                }
            }
        }

        func run() throws {
            try tellingFailures {
                let directory = try options.open()
                let program = try queue ?? options.control.settings().qmailQueue
                // Whoever interrupts now stops the queue, if anything; the mark follows what it says.
                for number in [SIGINT, SIGHUP, SIGTERM] { signal(number, SIG_IGN) }
                var isFailed = false
                for name in try QuarantineOptions.names(names, in: directory) {
                    do {
                        try release(name, from: directory, to: QuarantineRelease(program: program))
                    } catch let failure as Failure {
                        guard names.count > 1 else { throw failure }
                        Terminal.error.line("simscanctl: " + SafeText.text(failure.what))
                        isFailed = true
                    }
                }
                if isFailed { throw Failure("not every message was released", status: EX_TEMPFAIL) }
            }
        }

        private func release(
            _ name: QuarantineName, from directory: borrowing QuarantineDirectory, to queue: QuarantineRelease
        ) throws {
            guard let message = try directory.open(.message, of: name) else {
                throw Failure(name.description + ": no such message")
            }
            // Two at the same time would release it twice.
            guard flock(message.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw Failure(name.description + ": somebody else is releasing it", status: EX_TEMPFAIL)
            }
            guard again || !directory.has(.released, of: name) else {
                throw Failure(name.description + ": was released before; --again releases it again")
            }
            guard let file = try directory.open(.envelope, of: name), let envelope = QuarantineEntry.envelope(file)
            else { throw Failure(name.description + ": its envelope is missing or damaged", status: EX_DATAERR) }
            try queue.run(message, envelope, to: to)
            let recipients = to.isEmpty ? "the envelope's recipients" : to.joined(separator: " ")
            do throws(Failure) {
                try directory.append(
                    ClockText.utc(Int64(time(nil))) + " to " + recipients + "\n", to: .released, of: name)
            } catch {
                throw Failure(
                    name.description + ": was released, but cannot be marked so: " + error.what, status: EX_IOERR)
            }
            Terminal.output.line(name.description + ": released to " + SafeText.text(recipients))
        }
    }
}
