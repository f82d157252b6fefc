import Fakes
import Foundation
import Tracer

/// Point 7: the smallest limit on the address space under which each kind of message passes, as softlimit(8) sets it
/// for qmail-smtpd; below it, no message is lost.
struct MemorySection {
    let programs: Lab.Programs
    let scanners: Scanners
    /// How many limits below the smallest one are tried.
    let steps: Int

    private static let page: UInt = 65_536
    private static let most: UInt = 512 << 20

    func run() throws -> Tally {
        var tally = Tally()
        print("  | message | smallest limit in bytes | MiB | below it |")
        print("  | --- | --- | --- | --- |")
        for kind in try kinds() {
            let lab = try Lab(
                programs,
                settings: [
                    "clamav": "yes", "clamd": scanners.clamd.address, "spam": "yes", "spamd": scanners.spamd.address,
                    "spamd-command": "process", "attach": "yes", "attach-archives": "yes", "attach-types": "yes",
                    "size-limit": "100000000", "deadline": "60", "received": "yes", "spamd-failure": "defer",
                ],
                suffixes: [".exe"])
            defer {
                lab.remove()
                kind.mail.discard()
                scanners.forget()
            }
            let message = kind.mail.message
            let judge = Judge(verdict: .pass { $0.suffix(message.count) == message[...] }, mail: kind.mail)
            // The smallest one that passes, of those that are whole pages.
            var (below, above) = (UInt(0), Self.most)
            var endingBelow = ""
            guard try outcome(kind, above, lab, judge, &tally).reply == .accepted else {
                tally.note(.lost, kind.name + " does not pass at all")
                continue
            }
            while above - below > Self.page {
                let middle = below + (above - below) / 2 / Self.page * Self.page
                let outcome = try outcome(kind, middle, lab, judge, &tally)
                if outcome.reply == .accepted {
                    above = middle
                } else {
                    (below, endingBelow) = (middle, outcome.ending + " " + outcome.log.brief)
                }
            }
            print("  | \(kind.name) | \(above) | \(hundredths(Double(above) / 1_048_576)) | \(endingBelow) |")
            // Wherever memory ends, the message is not lost.
            for step in 1...steps { _ = try outcome(kind, above / UInt(steps + 1) * UInt(step), lab, judge, &tally) }
        }
        return tally
    }

    private func outcome(
        _ kind: Kind, _ limit: UInt, _ lab: Lab, _ judge: Judge, _ tally: inout Tally
    ) throws -> Outcome {
        var limits = tracer_limits()
        limits.address_space = max(limit, 1)
        let outcome = try lab.run(kind.mail, Lab.Plan(limits: limits, timeLimit: 120))
        tally.runs += 1
        try judge.look(at: outcome, in: lab, kind.name + " in \(limit) bytes", into: &tally)
        return outcome
    }

    private struct Kind {
        let name: String
        let mail: Mail
    }

    private func kinds() throws -> [Kind] {
        let one = Envelope(from: "alice@example.org", to: ["bob@example.com"]).bytes
        let many = Envelope(from: "alice@example.org", to: (0..<10_000).map { "user\($0)@example.com" }).bytes
        return [
            Kind(name: "plain text", mail: try Mail(SampleMessages.clean, envelope: one)),
            Kind(
                name: "multipart",
                mail: try Mail(
                    SampleMessages.attachment(named: "a.txt", content: Array("text\n".utf8), subject: "A"),
                    envelope: one)),
            Kind(name: "archive", mail: try Mail(Case.cleanWithAttachment, envelope: one)),
            Kind(name: "25 MB", mail: try Mail(SampleMessages.filler(bytes: 25_000_000), envelope: one)),
            Kind(name: "10,000 recipients", mail: try Mail(SampleMessages.clean, envelope: many)),
        ]
    }
}
