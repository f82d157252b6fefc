import Fakes
import Foundation

/// The scanners that the cases ask.
final class Scanners: Sendable {
    let clamd: FakeClamd
    let spamd: FakeSpamd
    let trophie: FakeTrophie

    init() throws {
        clamd = try FakeClamd()
        spamd = try FakeSpamd()
        trophie = try FakeTrophie()
    }

    /// What was asked is memory.
    func forget() {
        for server in [clamd.server, spamd.server, trophie.server] { server.forget() }
    }

    func stop() {
        clamd.stop()
        spamd.stop()
        trophie.stop()
    }
}

/// A message that takes its own way through the filter, whose every system call is made to fail.
struct Case: Sendable {
    let name: String
    let settings: [String: String]
    var suffixes: [String] = []
    var simcontrol: [String] = []
    let mail: Mail
    /// The true verdict, from what became of the message without a fault.
    let verdict: @Sendable (_ queued: [UInt8]?) throws -> Judge.Verdict

    /// Those of which the torture fails every system call.
    static func all(_ scanners: Scanners) throws -> [Case] {
        let envelope = Envelope(from: "alice@example.org", to: ["bob@example.com", "carol@example.com"]).bytes
        // More than a pipe's atomic write, so that it goes over a file of its own.
        let many = Envelope(from: "alice@example.org", to: (0..<300).map { "user\($0)@example.com" }).bytes
        let clamd = ["clamav": "yes", "clamd": scanners.clamd.address]
        let both = clamd.merging(["spam": "yes", "spamd": scanners.spamd.address]) { $1 }
        let attach = [".exe", ".scr", ".com"]
        let oddlyNamed = SampleMessages.attachment(
            named: "=?utf-8?Q?M=C3=A4rz?=.txt", content: [0x41], subject: "A file")
        return [
            Case(
                name: "clean, clamd and spamd",
                settings: both.merging(["attach": "yes", "received": "yes", "attach-archives": "yes"]) { $1 },
                suffixes: attach, mail: try Mail(cleanWithAttachment, envelope: many), verdict: { _ in passes }),
            Case(
                name: "spam passed as spamd rewrote it",
                settings: both.merging(
                    ["spam-passthru": "yes", "spamd-failure": "defer", "spamd-command": "process"]) { $1 },
                mail: try Mail(SampleMessages.gtube, envelope: envelope),
                verdict: { queued in
                    guard let queued, queued.starts(with: Array("X-Spam-".utf8)),
                        queued.suffix(SampleMessages.gtube.count) == SampleMessages.gtube[...]
                    else { throw Trouble("spam is not passed as it should be") }
                    return .pass { $0 == queued }
                }),
            Case(
                name: "spam refused",
                settings: both.merging(["custom-smtp-reject": "yes", "spamd-failure": "defer"]) { $1 },
                mail: try Mail(SampleMessages.gtube, envelope: envelope), verdict: { _ in .refuse }),
            Case(
                name: "virus dropped, with quarantine",
                settings: both.merging(["dropmsg": "yes", "quarantinedir": "QUARANTINE"]) { $1 },
                mail: try Mail(SampleMessages.eicar, envelope: many), verdict: { _ in .drop }),
            Case(
                name: "attachment refused",
                settings: ["attach": "yes", "attach-archives": "yes", "custom-smtp-reject": "yes"], suffixes: attach,
                mail: try Mail(SampleMessages.trojan, envelope: envelope), verdict: { _ in .refuse }),
            Case(
                name: "attachment refused whose name a child reads",
                settings: ["attach": "yes", "custom-smtp-reject": "yes"], suffixes: attach,
                mail: try Mail(
                    SampleMessages.attachment(named: "a.\u{FF45}xe", content: [0x4D, 0x5A], subject: "A file"),
                    envelope: envelope),
                verdict: { _ in .refuse }),
            Case(
                name: "clean, with a name that a child reads",
                settings: clamd.merging(["attach": "yes"]) { $1 }, suffixes: attach,
                mail: try Mail(oddlyNamed, envelope: envelope), verdict: { _ in .pass { $0 == oddlyNamed } }),
            Case(
                name: "virus refused, by the domain's policy",
                settings: both.merging(["per-domain": "yes", "attach": "yes"]) { $1 },
                simcontrol: [":clam=no,spam=no", "example.com:clam=yes,spam=yes,spam_hits=900,attach=.exe:.scr"],
                mail: try Mail(SampleMessages.eicar, envelope: envelope), verdict: { _ in .refuse }),
            Case(
                name: "clean, by the domain's policy",
                settings: both.merging(["per-domain": "yes"]) { $1 },
                simcontrol: ["example.com:clam=yes,spam=yes,spam_hits=9", "carol@example.com:spam=no"],
                mail: try Mail(SampleMessages.binary, envelope: envelope), verdict: { _ in passes }),
            Case(
                name: "clean, clamd and trophie",
                settings: [
                    "trophie-socket": scanners.trophie.address, "clamav": "yes", "clamd": scanners.clamd.address,
                ],
                mail: try Mail(cleanWithAttachment, envelope: envelope), verdict: { _ in passes }),
        ]
    }

    /// The message as it came, or with the fields that the filter and spamd put in front.
    private static var passes: Judge.Verdict { .pass(isWhole: isWholeClean) }

    @Sendable private static func isWholeClean(_ queued: [UInt8]) -> Bool {
        for message in [cleanWithAttachment, SampleMessages.binary] where queued.suffix(message.count) == message[...] {
            return queued.count == message.count || queued.starts(with: Array("Received: by simscan ".utf8))
                || queued.starts(with: Array("X-Spam-".utf8))
        }
        return false
    }

    /// Several reads of a pipe long, with an archive.
    static let cleanWithAttachment: [UInt8] = {
        let archive = Data(base64Encoded: emptyZip).map { [UInt8]($0) } ?? []
        let text = SampleMessages.filler(bytes: 90_000)
        return SampleMessages.attachment(
            named: "minutes.zip", content: archive + [UInt8](text.suffix(60_000)), subject: "The minutes")
    }()

    /// An archive with one name in it, `a.txt`, and nothing else.
    private static let emptyZip =
        "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAAFAAAAYS50eHRQSwECHgMKAAAAAAAAACEAAAAAAAAAAAAAAAAABQAAAAAAAAAAAAAApIEAAAAAYS50eHRQSwUGAAAAAAEAAQAzAAAAIwAAAAAA"
}
