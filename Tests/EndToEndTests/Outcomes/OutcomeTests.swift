import Fakes
import Foundation
import Testing

/// Every combination of what is found and what the settings make of it: exit status, reply, log state, quarantine
/// and queue of each.
@Suite struct OutcomeTests {
    /// What is done with spam.
    enum SpamMode: String, CaseIterable, Sendable {
        case reject, hits, passthru

        var settings: [String: String] {
            switch self {
            case .reject: [:]
            case .hits: ["spam-hits": "10"]
            case .passthru: ["spam-passthru": "yes"]
            }
        }
    }

    /// What is found in the message.
    enum Finding: String, CaseIterable, Sendable {
        case clean, attachment, virus, spamBelowHits, spamAboveHits, clamdFailed, spamdFailed, notScanned

        var message: [UInt8] {
            switch self {
            case .attachment: SampleMessages.trojan
            case .virus: SampleMessages.eicar
            case .clean, .spamBelowHits, .spamAboveHits, .clamdFailed, .spamdFailed, .notScanned:
                SampleMessages.binary
            }
        }

        func clamd() throws -> FakeClamd {
            try FakeClamd(door: self == .clamdFailed ? .closed : .open) {
                if self == .notScanned { $0.streamMaxLength = 10 }
            }
        }

        func spamd() throws -> FakeSpamd {
            try FakeSpamd(door: self == .spamdFailed ? .closed : .open) {
                switch self {
                case .spamBelowHits: $0.verdict = .fixed("True", score: "7.5")
                case .spamAboveHits: $0.verdict = .fixed("True", score: "53.5")
                case .clean, .attachment, .virus, .clamdFailed, .spamdFailed, .notScanned:
                    $0.verdict = .fixed("False", score: "-0.1")
                }
            }
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let mode: SpamMode
        let drops: Bool
        let custom: Bool
        let quarantines: Bool

        var testDescription: String {
            "\(mode.rawValue), dropmsg \(drops), custom-smtp-reject \(custom), quarantinedir \(quarantines)"
        }

        static let all: [Row] = SpamMode.allCases.flatMap { mode in
            [false, true].flatMap { drops in
                [false, true].flatMap { custom in
                    [false, true].map { Row(mode: mode, drops: drops, custom: custom, quarantines: $0) }
                }
            }
        }
    }

    /// What is to come out.
    struct Outcome {
        var status: Int32 = 0
        var state: String
        var reply = ""
        var isQuarantined = false
        /// Whether the queue gets spamd's version of the message; nil: it gets nothing.
        var isRewritten: Bool?
        var notes = 0
    }

    /// Refused: with the reply where the settings say so, and never where mail is dropped.
    private static func refused(_ row: Row, _ state: String, _ reply: String) -> Outcome {
        let isTold = row.custom && !row.drops
        return Outcome(status: isTold ? 82 : 31, state: state, reply: isTold ? reply : "")
    }

    private static func deferred(_ row: Row, _ reply: String) -> Outcome {
        let isTold = row.custom && !row.drops
        return Outcome(status: isTold ? 82 : 71, state: "ERROR", reply: isTold ? reply : "")
    }

    private static func refusedOrDropped(_ row: Row, _ state: String, dropped: String, _ reply: String) -> Outcome {
        var outcome = row.drops ? Outcome(state: dropped) : refused(row, state, reply)
        outcome.isQuarantined = row.quarantines
        return outcome
    }

    static func expected(_ finding: Finding, _ row: Row) -> Outcome {
        func spam(_ score: String) -> Outcome {
            refusedOrDropped(
                row, "SPAM REJECT", dropped: "SPAM DROPPED", "DYour email is considered spam (\(score) spam-hits)")
        }
        switch (finding, row.mode) {
        case (.clean, _):
            return Outcome(state: "CLEAN", isRewritten: true)
        case (.attachment, _):
            return refused(
                row, "ATTACH", "DYour email was rejected because it contains a bad attachment: trojan.exe")
        case (.virus, _):
            return refusedOrDropped(
                row, "VIRUS", dropped: "VIRUS DROPPED",
                "DYour email was rejected because it contains the Eicar-Signature.UNOFFICIAL virus")
        case (.spamBelowHits, .reject):
            return spam("7.5")
        case (.spamBelowHits, .hits):
            return Outcome(state: "SPAM PASS", isRewritten: true)
        case (.spamAboveHits, .reject), (.spamAboveHits, .hits):
            return spam("53.5")
        case (.spamBelowHits, .passthru), (.spamAboveHits, .passthru):
            return Outcome(state: "PASSTHRU", isRewritten: true)
        case (.clamdFailed, _):
            return deferred(row, "ZYour email could not be checked for viruses now, please try again later")
        case (.spamdFailed, _):
            return Outcome(state: "CLEAN", isRewritten: false, notes: 1)
        case (.notScanned, _):
            return deferred(row, "ZYour email is too large to be checked for viruses")
        }
    }

    @Test(arguments: Row.all) func `Every finding has its outcome`(row: Row) throws {
        for finding in Finding.allCases {
            try run(finding, row)
        }
    }

    private func run(_ finding: Finding, _ row: Row) throws {
        let (clamd, spamd) = (try finding.clamd(), try finding.spamd())
        defer {
            clamd.stop()
            spamd.stop()
        }
        let quarantine = try TemporaryDirectory(mode: 0o750)
        defer { quarantine.remove() }
        var settings = row.mode.settings
        settings["clamd"] = clamd.address
        settings["spamd"] = spamd.address
        if row.drops { settings["dropmsg"] = "yes" }
        if row.custom { settings["custom-smtp-reject"] = "yes" }
        if row.quarantines { settings["quarantinedir"] = quarantine.path }
        let site = try Site(settings, suffixes: [".exe"])
        let result = try site.run(finding.message, from: "Alice@Example.org", to: ["Bob@example.com", "c@d"])
        let outcome = Self.expected(finding, row)
        let comment = Comment("\(finding): \(result.logLines)")

        #expect(result.exitStatus == outcome.status, comment)
        #expect(result.state == outcome.state, comment)
        #expect(result.rejectText == outcome.reply, comment)
        #expect(result.notes.count == outcome.notes, comment)
        try checkQueue(site, finding, outcome.isRewritten, comment)
        try checkQuarantine(quarantine, finding, outcome.isQuarantined, result, comment)
    }

    private func checkQueue(_ site: Site, _ finding: Finding, _ isRewritten: Bool?, _ comment: Comment) throws {
        guard let isRewritten else { return #expect(try site.queue.isEmpty(), comment) }
        let queued = try site.queued()
        #expect(queued.envelopeBytes == Array("FAlice@Example.org\0TBob@example.com\0Tc@d\0\0".utf8), comment)
        let message = String(decoding: queued.message, as: UTF8.self)
        #expect(message.contains("X-Spam-Status:") == isRewritten, comment)
        #expect(queued.message.suffix(finding.message.count) == finding.message[...], comment)
        if !isRewritten { #expect(queued.message == finding.message, comment) }
    }

    /// The message and the envelope, byte for byte, and the log line; or nothing.
    private func checkQuarantine(
        _ quarantine: TemporaryDirectory, _ finding: Finding, _ isQuarantined: Bool, _ result: FilterResult,
        _ comment: Comment
    ) throws {
        let names = try quarantine.names().sorted()
        guard isQuarantined else { return #expect(names == [], comment) }
        try #require(names.count == 3, comment)
        let name = names[0].dropFirst("addr.".count)
        #expect(names == ["addr.\(name)", "log.\(name)", "msg.\(name)"], comment)
        #expect(try quarantine.read("msg.\(name)") == finding.message, comment)
        #expect(
            try quarantine.read("addr.\(name)") == Array("FAlice@Example.org\0TBob@example.com\0Tc@d\0\0".utf8), comment
        )
        let line = String(decoding: try quarantine.read("log.\(name)"), as: UTF8.self)
        #expect(LogEvent(line.trimmingCharacters(in: .newlines))?.state == result.state, comment)
    }
}
