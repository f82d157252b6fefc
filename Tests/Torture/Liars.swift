import Fakes

/// Point 5: scanners that lie. Time and memory are bounded, and the verdict is one that the settings know.
struct LiarSection {
    /// A scanner, and what may become of a message that it was asked about.
    private struct Liar {
        let name: String
        /// The setting that has its address.
        let setting: String
        let script: FakeServer.Script
        /// What spamd is asked for.
        var command = "process"
        /// Whether the answer is one all the same: of a virus, or of a score.
        var accepted = false
        var refused = false
    }

    let programs: Lab.Programs
    let stride: Int

    /// The setting `deadline`, and what may pass beside it.
    private static let deadline = 2.0
    private static let grace = 4.0
    private static let maximumSeconds = 4.0

    func run() throws -> Tally {
        var tally = Tally()
        for (number, liar) in Self.all.enumerated() where number % stride == 0 {
            let server = try FakeServer(script: liar.script)
            defer { server.stop() }
            tally.add(try run(liar, server))
        }
        return tally
    }

    private func run(_ liar: Liar, _ server: FakeServer) throws -> Tally {
        var settings = [liar.setting: server.address, "deadline": "2", "size-limit": "100000000"]
        switch liar.setting {
        case "clamd": settings["clamav"] = "yes"
        case "spamd": settings.merge(["spam": "yes", "spamd-failure": "defer", "spamd-command": liar.command]) { $1 }
        default: break
        }
        let lab = try Lab(programs, settings: settings)
        defer { lab.remove() }
        let message = SampleMessages.filler(bytes: 200_000)
        let mail = try Mail(message, envelope: Envelope(from: "a@example.org", to: ["b@example.com"]).bytes)
        let outcome = try lab.run(mail, Lab.Plan(timeLimit: 60))
        var tally = Tally()
        tally.runs = 1
        let words = liar.setting + " " + liar.name
        let verdict: Judge.Verdict = liar.refused ? .refuse : .pass { $0 == message && liar.accepted }
        try Judge(verdict: verdict, mail: mail).look(at: outcome, in: lab, words, into: &tally)
        if (outcome.reply == .accepted) != liar.accepted || (outcome.reply == .permanent) != liar.refused {
            tally.note(.unbounded, words + ": " + outcome.ending + ", " + outcome.log.brief)
        }
        if outcome.seconds > Self.deadline + Self.grace || outcome.processorTime > Self.maximumSeconds
            || outcome.peakKiB > HostileSection.maximumKiB
        {
            let costs = "\(outcome.seconds) s, \(outcome.processorTime) s of processor time, \(outcome.peakKiB) KiB"
            tally.note(.unbounded, words + ": " + costs)
        }
        if outcome.events.count != 1 { tally.note(.unbounded, words + ": \(outcome.events.count) log lines") }
        if try !lab.workdir.names().isEmpty { tally.note(.leftBehind, words) }
        return tally
    }

    // MARK: The liars

    private static let megabyte = 1_048_576

    private static let all: [Liar] =
        [
            clamd("sends one line without end", endless("a")),
            clamd("says OK without end", endless("stream: OK\0")),
            clamd("says FOUND without end", endless("stream: A FOUND\0"), refused: true),
            clamd("has a name of 1 MB", once("stream: " + String(repeating: "N", count: megabyte) + " FOUND\0")),
            clamd("sends a byte at a time", drip("stream: OK")),
            clamd("says nothing", silence),
            spamd("sends header lines without end", endless("X-Lie: yes\r\n", after: "SPAMD/1.1 0 EX_OK\r\n")),
            spamd("sends one header line without end", endless("a", after: "SPAMD/1.1 0 EX_OK\r\nSpam: ")),
            spamd("sends a status line without end", endless("S")),
            spamd("sends a body without end", endless("x", after: head("Content-length: 9223372036854775807\r\n"))),
            spamd("sends more than it announced", endless("x", after: head("Content-length: 10\r\n"))),
            spamd("announces 10^18 bytes", once(head("Content-length: 1000000000000000000\r\n") + "x")),
            spamd("announces 10^40 bytes", once(head("Content-length: 1" + zeros + "\r\n"))),
            spamd("announces a negative length", once(head("Content-length: -1\r\n"))),
            spamd("announces lengths that differ", once(head("Content-length: 1\r\nContent-length: 2\r\n") + "xx")),
            spamd("sends a byte at a time", drip("SPAMD/1.1 0 EX_OK\r\n")),
            spamd("sends a message of its own", once(head("Content-length: 6\r\n") + "a: b\n\n")),
            spamd("says nothing", silence),
            trophie("sends one line without end", endless("a")),
            trophie("has a name of 1 MB", once("1:" + String(repeating: "N", count: megabyte) + "\n")),
            trophie("has an error of 1 MB", once("-1:" + String(repeating: "E", count: megabyte) + "\n")),
            trophie("says nothing", silence),
        ]
        + scores.map { score in
            Liar(
                name: "has a score of " + score, setting: "spamd",
                script: { try question(to: $0, isStream: true, once(check(score))) },
                command: "check", accepted: score == "-123456.7")
        }

    private static let zeros = String(repeating: "0", count: 40)

    private static func check(_ score: String) -> String {
        "SPAMD/1.1 0 EX_OK\r\nSpam: False ; \(score) / 5.0\r\n\r\n"
    }

    private static let scores = ["-123456.7", "nan", "-nan", "inf", "1e999", "-1e999", "0x10", "1,5", "--1", ""]

    private static func clamd(_ name: String, _ script: @escaping FakeServer.Script, refused: Bool = false) -> Liar {
        Liar(name: name, setting: "clamd", script: { try question(to: $0, isStream: true, script) }, refused: refused)
    }

    private static func spamd(_ name: String, _ script: @escaping FakeServer.Script) -> Liar {
        Liar(name: name, setting: "spamd", script: { try question(to: $0, isStream: true, script) })
    }

    private static func trophie(_ name: String, _ script: @escaping FakeServer.Script) -> Liar {
        Liar(name: name, setting: "trophie-socket", script: { try question(to: $0, isStream: false, script) })
    }

    /// Takes the question, so that the answer is to all of it, and then lies.
    private static func question(
        to client: Conversation, isStream: Bool, _ script: FakeServer.Script
    ) throws {
        if isStream {
            // A stream of clamd has a chunk, or a descriptor; spamd's ends with the client's half.
            var last: [UInt8] = try client.read(9)
            if last.starts(with: "zFILDES".utf8) {
                // The descriptor came with it.
            } else if last.starts(with: "zINSTREAM".utf8) {
                _ = try client.read(1)
                while true {
                    last = try client.read(4)
                    let length = last.reduce(0) { $0 << 8 | Int($1) }
                    if length == 0 { break }
                    _ = try client.read(length)
                }
            } else {
                _ = try client.readToEnd()
            }
        } else {
            _ = try client.readLine(endingIn: UInt8(ascii: "\n"))
        }
        try script(client)
    }

    private static func head(_ fields: String) -> String {
        "SPAMD/1.1 0 EX_OK\r\n" + fields + "Spam: False ; 1.0 / 5.0\r\n\r\n"
    }

    private static func once(_ text: String) -> FakeServer.Script {
        { client in
            try client.send(text)
            client.halfClose()
        }
    }

    private static func endless(_ piece: String, after start: String = "") -> FakeServer.Script {
        { client in
            try client.send(start)
            let block = Array(String(repeating: piece, count: 65_536 / piece.utf8.count).utf8)
            // Ten gigabytes are without end.
            for _ in 0..<160_000 { try client.send(block) }
        }
    }

    private static func drip(_ text: String) -> FakeServer.Script {
        { client in
            while true { try client.send(text, inPiecesOf: 1, every: .milliseconds(50)) }
        }
    }

    private static let silence: FakeServer.Script = { client in try client.staySilent() }
}
