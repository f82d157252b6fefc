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

                Exit status: 0 released; 1 no message of this name, or released before; 65 its envelope is damaged; \
                69 the queue program does not run; 74 it was released, and cannot be marked so; 75 the queue did not \
                take it, or somebody else is releasing it. Of several failures 75 counts, else the first one.
                """)

        @OptionGroup var options: QuarantineOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("Another recipient than the envelope's; may be repeated.", valueName: "address"))
        var to: [String] = []
        @Option(
            help: ArgumentHelp("The program in place of the setting qmail-queue.", valueName: "program"),
            completion: .file())
        var queue: String?
        @Flag(help: "Release messages that were released before.")
        var again = false
        @Argument(help: "The messages' names.", completion: .custom(QuarantineOptions.completions))
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
                var released: [JSON] = []
                var failed: [(name: QuarantineName, failure: Failure)] = []
                for name in try QuarantineOptions.names(names, in: directory) {
                    do {
                        let recipients = try release(name, from: directory, to: QuarantineRelease(program: program))
                        released.append(
                            .object([
                                ("name", .string(name.description)), ("to", .array(recipients.map(JSON.bytes))),
                            ]))
                        guard !output.json else { continue }
                        let text = to.isEmpty ? "the envelope's recipients" : to.joined(separator: " ")
                        Terminal.output.line(name.description + ": released to " + SafeText.text(text))
                    } catch let failure as Failure {
                        Terminal.error.line("simscanctl: " + SafeText.text(failure.what))
                        failed.append((name, failure))
                    }
                }
                if output.json { Terminal.output.write(Self.json(released, failed).text) }
                if let status = Self.status(failed.map(\.failure.status)) { throw ExitCode(status) }
            }
        }

        /// Of several failures the one that another try may mend counts, else the first one.
        static func status(_ failures: [Int32]) -> Int32? {
            failures.contains(EX_TEMPFAIL) ? EX_TEMPFAIL : failures.first
        }

        private static func json(_ released: [JSON], _ failed: [(name: QuarantineName, failure: Failure)]) -> JSON {
            .object([
                ("released", .array(released)),
                (
                    "failed",
                    .array(
                        failed.map { name, failure in
                            .object([
                                ("name", .string(name.description)), ("error", .string(failure.what)),
                                ("status", .integer(Int64(failure.status))),
                            ])
                        })
                ),
            ])
        }

        /// Returns the recipients that the queue took it for.
        private func release(
            _ name: QuarantineName, from directory: borrowing QuarantineDirectory, to queue: QuarantineRelease
        ) throws -> [[UInt8]] {
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
            guard to.isEmpty else { return to.map { Array($0.utf8) } }
            return envelope.recipients.map { Array(envelope.address($0)) }
        }
    }
}
