import ArgumentParser
import Glibc

/// Lists, shows, releases and deletes what is in quarantine.
struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lists, shows, releases and deletes what is in quarantine.",
        discussion: """
            Messages are named X.Y.Z as their files are (msg.X.Y.Z): unix seconds, microseconds, process id.

              simscanctl quarantine list
              simscanctl quarantine release 1790000000.123456.4711

            Exit status: 0 done, 1 nothing of this name, or released before, 64 wrong usage, 65 a damaged entry, \
            66 no quarantine, 69, 71 or 75 the queue did not take the message, 74 a file cannot be read or written.
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, ReleaseCommand.self, DeleteCommand.self, ExpireCommand.self,
        ], defaultSubcommand: ListCommand.self)
}

/// Where the quarantine is.
struct QuarantineOptions: ParsableArguments {
    @OptionGroup var control: ControlOptions

    @Option(
        help: ArgumentHelp("The quarantine, where it is not the setting's.", valueName: "directory"),
        completion: .directory)
    var quarantinedir: String?

    func open() throws -> QuarantineDirectory {
        guard let path = try quarantinedir ?? control.settings().quarantinedir else {
            throw Failure("the setting quarantinedir is off: nothing is kept", status: EX_NOINPUT)
        }
        return try QuarantineDirectory(path)
    }

    /// The names on the command line, each of which must be there.
    static func names(_ texts: [String], in directory: borrowing QuarantineDirectory) throws -> [QuarantineName] {
        var names: [QuarantineName] = []
        for text in texts {
            let plain = text.hasPrefix("msg.") ? String(text.dropFirst(4)) : text
            guard let name = QuarantineName(plain) else {
                throw Failure("'" + text + "' is no name of a message; they are like 1790000000.123456.4711")
            }
            guard directory.has(.message, of: name) else { throw Failure(name.description + ": no such message") }
            names.append(name)
        }
        return names
    }

    /// The names for a shell to complete: those of the quarantine that the words before name, or the settings.
    @Sendable static func completions(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        func value(of option: String) -> String? {
            if let word = words.last(where: { $0.hasPrefix(option + "=") }) {
                return String(word.dropFirst(option.count + 1))
            }
            return words.lastIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        var control = ControlOptions()
        control.controldir = value(of: "--controldir")
        // A shell has no place for errors.
        guard let path = (try? value(of: "--quarantinedir") ?? control.settings().quarantinedir) ?? nil,
            let directory = try? QuarantineDirectory(path), let entries = try? directory.entries()
        else { return [] }
        return entries.map(\.description)
    }
}

extension QuarantineCommand {
    /// `quarantine list`
    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the messages, the oldest first.")

        @OptionGroup var options: QuarantineOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try tellingFailures {
                let directory = try options.open()
                var bar = ProgressBar("reading")
                var entries: [QuarantineEntry] = []
                let names = try directory.entries()
                for (index, name) in names.enumerated() {
                    do {
                        if let entry = try QuarantineEntry(name, in: directory) { entries.append(entry) }
                    } catch let failure as Failure {
                        // One that cannot be read hides no other.
                        Terminal.error.line("simscanctl: " + SafeText.text(failure.what))
                    }
                    bar.update(Int64(index), of: Int64(names.count))
                }
                bar.finish()
                if output.json {
                    Terminal.output.write(JSON.array(entries.map(\.json)).text)
                } else {
                    Terminal.output.write(QuarantineEntry.table(entries).text(for: .output))
                }
            }
        }
    }

    /// `quarantine show`
    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows a message's envelope, log line and header.")

        @OptionGroup var options: QuarantineOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Print the message itself, byte for byte.")
        var raw = false
        @Argument(help: "The message's name.", completion: .custom(QuarantineOptions.completions))
        var name: String

        func run() throws {
            try tellingFailures {
                let directory = try options.open()
                let names = try QuarantineOptions.names([name], in: directory)
                guard let name = names.first, let message = try directory.open(.message, of: name),
                    let entry = try QuarantineEntry(name, in: directory)
                else { throw Failure(self.name + ": no such message") }
                if raw { return Self.copy(message) }
                if output.json { return Terminal.output.write(entry.json.text) }
                Terminal.output.write(Self.text(entry, message))
            }
        }

        private static let blockBytes = 1 << 20
        private static let maximumHeaderBytes = 1 << 16

        private static func copy(_ message: QuarantineFile) {
            var offset: off_t = 0
            while true {
                let block = [UInt8](unsafeUninitializedCapacity: blockBytes) { buffer, count in
                    count = max(0, pread(message.descriptor, buffer.baseAddress, buffer.count, offset))
                }
                guard !block.isEmpty else { return }
                Terminal.output.write(block)
                offset += block.count
            }
        }

        private static func text(_ entry: QuarantineEntry, _ message: QuarantineFile) -> String {
            func field(_ name: String, _ value: String) -> String {
                let padding = String(repeating: " ", count: 12 - name.utf8.count)
                return Terminal.output.styled(name, .bold) + padding + value + "\n"
            }
            var text = field("name", entry.name.description)
            text += field("received", ClockText.local(entry.name.seconds, "%Y-%m-%d %H:%M:%S %Z"))
            text += field("size", Units.bytes(entry.size))
            text += field("reason", SafeText.text(entry.reason))
            text += field("sender", SafeText.text(entry.sender))
            for recipient in entry.recipients { text += field("recipient", SafeText.text(recipient)) }
            if let released = entry.released { text += field("released", SafeText.text(released)) }
            text += field("log", SafeText.text(entry.logLine)) + "\n"
            for line in message.bytes(atMost: maximumHeaderBytes).split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            {
                let plain = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
                guard !plain.isEmpty else { break }
                text += SafeText.text(plain) + "\n"
            }
            return text
        }
    }

    /// `quarantine delete`
    struct DeleteCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Deletes messages, with all their files.")

        @OptionGroup var options: QuarantineOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The messages' names.", completion: .custom(QuarantineOptions.completions))
        var names: [String]

        func run() throws {
            try tellingFailures {
                let directory = try options.open()
                let names = try QuarantineOptions.names(names, in: directory)
                for name in names {
                    try directory.remove(name)
                    if !output.json { Terminal.output.line(name.description + ": deleted") }
                }
                guard output.json else { return }
                let deleted = names.map { JSON.string($0.description) }
                Terminal.output.write(JSON.object([("deleted", .array(deleted))]).text)
            }
        }
    }
}
