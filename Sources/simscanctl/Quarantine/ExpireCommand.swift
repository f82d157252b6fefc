import ArgumentParser
import Glibc

extension QuarantineCommand {
    /// `quarantine expire`
    struct ExpireCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "expire",
            abstract: "Deletes old and large messages.",
            discussion: """
                With --older-than and --larger-than, what is both. --keep-bytes then deletes the oldest of the rest \
                until the messages that stay are no larger together.

                Files without a message, which a filter leaves that is killed while it keeps one, go when they are a \
                day old.

                  simscanctl quarantine expire --older-than 30d --keep-bytes 2G
                """)

        /// Seconds; by then no filter is still at it.
        private static let leftoverAge: Int64 = 86400

        @OptionGroup var options: QuarantineOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("An age: 90s, 15m, 12h, 30d, 4w.", valueName: "age"))
        var olderThan: String?
        @Option(help: ArgumentHelp("A size in bytes: 4096, 500k, 10M, 2G.", valueName: "size"))
        var largerThan: String?
        @Option(help: ArgumentHelp("How much may stay: 4096, 500k, 10M, 2G.", valueName: "size"))
        var keepBytes: String?
        @Flag(name: [.customShort("n"), .long], help: "Say what would be deleted, and delete nothing.")
        var dryRun = false

        mutating func validate() throws {
            guard olderThan != nil || largerThan != nil || keepBytes != nil else {
                throw ValidationError("Give --older-than, --larger-than or --keep-bytes.")
            }
            if let olderThan, Amounts.seconds(olderThan) == nil {
                throw ValidationError("--older-than: '" + SafeText.text(olderThan) + "' is no age like 30d.")
            }
            for size in [largerThan, keepBytes].compactMap({ $0 }) where Amounts.bytes(size) == nil {
                throw ValidationError("'" + SafeText.text(size) + "' is no size like 10M.")
            }
        }

        func run() throws {
            try tellingFailures {
                let directory = try options.open()
                var messages: [(name: QuarantineName, size: Int64)] = []
                for name in try directory.entries() {
                    guard let file = try directory.open(.message, of: name) else { continue }
                    messages.append((name, file.size))
                }
                let expired = Self.expired(
                    messages, now: Int64(time(nil)), olderThan: olderThan.flatMap(Amounts.seconds),
                    largerThan: largerThan.flatMap(Amounts.bytes), keepBytes: keepBytes.flatMap(Amounts.bytes))
                var bar = ProgressBar("deleting")
                for (index, message) in expired.enumerated() {
                    if !dryRun { try directory.remove(message.name) }
                    bar.update(Int64(index), of: Int64(expired.count))
                }
                bar.finish()
                let leftovers = try directory.leftovers(before: Int64(time(nil)) - Self.leftoverAge)
                if !dryRun { for name in leftovers { try directory.remove(leftover: name) } }
                report(expired, of: messages, leftovers)
            }
        }

        /// Which of the messages go; they stand in the order in which they came.
        static func expired(
            _ messages: [(name: QuarantineName, size: Int64)], now: Int64, olderThan: Int64?, largerThan: Int64?,
            keepBytes: Int64?
        ) -> [(name: QuarantineName, size: Int64)] {
            var expired: [(name: QuarantineName, size: Int64)] = []
            var kept: [(name: QuarantineName, size: Int64)] = []
            for message in messages {
                let isOld = olderThan.map { now - message.name.seconds > $0 } ?? true
                let isLarge = largerThan.map { message.size > $0 } ?? true
                let isAsked = olderThan != nil || largerThan != nil
                if isAsked && isOld && isLarge { expired.append(message) } else { kept.append(message) }
            }
            guard let keepBytes else { return expired }
            var total = kept.reduce(0) { $0 + $1.size }
            for message in kept where total > keepBytes {
                expired.append(message)
                total -= message.size
            }
            return expired
        }

        private func report(
            _ expired: [(name: QuarantineName, size: Int64)], of all: [(name: QuarantineName, size: Int64)],
            _ leftovers: [String]
        ) {
            let bytes = expired.reduce(0) { $0 + $1.size }
            if output.json {
                let names = expired.map { JSON.string($0.name.description) }
                let report = JSON.object([
                    ("deleted", .array(names)), ("bytes", .integer(bytes)),
                    ("leftovers", .array(leftovers.map(JSON.string))),
                    ("kept", .integer(all.count - expired.count)), ("dry_run", .bool(dryRun)),
                ])
                return Terminal.output.write(report.text)
            }
            if dryRun { for name in expired.map(\.name.description) + leftovers { Terminal.output.line(name) } }
            let verb = dryRun ? " would be deleted" : " deleted"
            Terminal.output.line(
                Units.counted(expired.count, "message") + verb + ", " + Units.bytes(bytes) + "; "
                    + Units.count(all.count - expired.count) + " stay")
            if !leftovers.isEmpty {
                Terminal.output.line(Units.counted(leftovers.count, "file") + " without a message" + verb)
            }
        }
    }
}
