import Fakes
import Testing

/// Whatever spamd does wrong, the message that arrives is the sender's, whole.
@Suite struct SpamdFaultTests {
    typealias Row = FaultRow<FakeSpamd.Behaviour>

    /// Larger than what the system keeps for a connection, smaller than what spamd is spared.
    static let message = SampleMessages.filler(bytes: 249_999)

    static let rows =
        Row.connectionFaults(sendsMessage: true) { $0.fault = $1 } + [
            corruption("a body that lacks its last byte", .shorterBody(by: 1)),
            corruption("half of a body", .shorterBody(by: 120_000)),
            corruption("a body with a byte more", .longerBody(by: 1)),
            corruption("another body", .otherBody),
            corruption("a byte less than it announced", .cutShort(by: 1)),
            corruption("half of what it announced", .cutShort(by: 120_000)),
            corruption("nothing of what it announced", .cutShort(by: 1_000_000)),
            corruption("a byte more than it announced", .overlong(by: 1)),
            corruption("no length", .noLength),
            corruption("a length that is a word", .length("many")),
            corruption("a length below zero", .length("-1")),
            corruption("a length of zero", .length("0")),
            corruption("a length that no number holds", .length("99999999999999999999")),
            corruption("a length in hexadecimal", .length("0x3D2F0")),
            corruption("two lengths in one", .length("250000 250000")),
            corruption("an empty length", .length(" ")),
            Row("it announces more than twice the message and 1 MiB", says: "impossible Content-length") {
                $0.corruption = .length(String(2 * message.count + 1_048_577))
            },
            score("a score that is a word", "False", "low"),
            score("a score that is no number", "False", "nan"),
            score("spam with a score that is no number", "True", "nan"),
            score("an infinite score without spam", "False", "inf"),
            score("an infinite score below zero without spam", "False", "-inf"),
            score("no score", "False", ""),
            score("a score with a comma", "False", "1,5"),
            score("neither True nor False", "Perhaps", "1.0"),
            Row("it says a threshold that is no number", says: "") {
                $0.verdict = .fixed("False", score: "1.0", threshold: "nan")
            },
            answer("nothing at all", "", says: "without an answer"),
            answer("an empty line", "\r\n"),
            answer("an error", "SPAMD/1.0 76 Bad header line: (oh)\r\n", says: "76"),
            answer("an error of an error", "SPAMD/1.1 75 EX_TEMPFAIL\r\nContent-length: 0\r\n\r\n", says: "75"),
            answer("in another protocol", "HTTP/1.1 200 OK\r\nContent-length: 3\r\n\r\nabc", says: "HTTP"),
            answer("a head and no more", "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n", says: "cut short"),
            answer("a head without a body", "SPAMD/1.1 0 EX_OK\r\nContent-length: 5\r\nSpam: False ; 0 / 5\r\n\r\n"),
            answer("a verdict alone", "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n"),
            answer(
                "spam that is an empty message", "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: True ; 9 / 5\r\n\r\n"),
            answer("two verdicts", "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9 / 5\r\nSpam: False ; 0 / 5\r\n\r\n"),
            answer("zero bytes", "\0\0\0\0"),
            Row("it never ends its header", says: "too long") {
                $0.raw = Array("SPAMD/1.1 0 EX_OK\r\n".utf8)
                $0.endless = (Array("X-Field: value\r\n".utf8), 1_000_000)
            },
            Row("it never ends its first line", says: "too long") {
                $0.raw = []
                $0.endless = (Array("SPAMD".utf8), 1_000_000)
            },
            Row("it never ends its message", says: "more than") { $0.endless = (Array("more\n".utf8), 10_000_000) },
        ]

    private static func corruption(_ description: String, _ corruption: FakeSpamd.Corruption) -> Row {
        Row("it returns " + description, says: "") { $0.corruption = corruption }
    }

    private static func score(_ description: String, _ flag: String, _ score: String) -> Row {
        Row("it says " + description, says: "") { $0.verdict = .fixed(flag, score: score) }
    }

    private static func answer(_ description: String, _ text: String, says error: String = "") -> Row {
        Row("it answers " + description, says: error) { $0.raw = Array(text.utf8) }
    }

    @Test(arguments: rows) func `After a failed scan the sender's message passes, and a note tells`(row: Row) throws {
        try run(row, command: "process")
    }

    @Test(arguments: rows.filter { $0.testDescription.hasPrefix("it returns") })
    func `A failed scan by headers is the same`(row: Row) throws {
        try run(row, command: "headers")
    }

    private func run(_ row: Row, command: String) throws {
        let spamd = try FakeSpamd(at: row.place, door: row.door, row.change)
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "deadline": row.deadline, "spamd-command": command])
        let result = try site.run(Self.message)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.events.first?.scores == nil)
        #expect(result.notes.count == 1)
        for part in ["spamd", spamd.address.logField, row.error] {
            #expect(part.isEmpty || result.notes.first?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queued().message == Self.message)
        row.end(spamd)
        #expect(spamd.problems == [])
    }

    @Test(arguments: [
        rows[0], corruption("half of what it announced", .cutShort(by: 120_000)), corruption("no length", .noLength),
    ])
    func `With spamd-failure = defer it is deferred`(row: Row) throws {
        let spamd = try FakeSpamd(at: row.place, door: row.door, row.change)
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-failure": "defer"])
        let result = try site.run(Self.message)
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains(spamd.address.logField) == true)
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: rows.filter { $0.testDescription.hasPrefix("it returns") })
    func `A message that is passed through as spam is the sender's too, where spamd fails`(row: Row) throws {
        // An unmarked spam: report_safe may change a spam's body, so that a changed one is no failure.
        let spamd = try FakeSpamd {
            row.change(&$0)
            $0.verdict = .fixed("True", score: "9.0")
        }
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spam-passthru": "yes"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 0)
        let queued = try site.queued().message
        if result.state == "PASSTHRU" {
            #expect(queued.contains(pattern: Array("X-Spam-Flag: YES".utf8)))
        } else {
            #expect(result.notes.count == 1)
            #expect(queued == SampleMessages.clean)
        }
    }

    @Test func `A verdict of a spamd that has not got the whole message is no answer`() throws {
        let gate = Gate()
        defer { gate.open() }
        let spamd = try FakeServer { client in
            _ = try client.read(1000)
            try client.send("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n")
            client.halfClose()
            try client.wait(for: gate)
        }
        defer { spamd.stop() }
        let settings = ["spamd": spamd.address, "spamd-command": "check", "spamd-failure": "defer"]
        let site = try Site(settings.merging(["size-limit": "10000000"]) { $1 })
        // More than the connection holds, so that the end of the answer is met while sending.
        let result = try site.run(SampleMessages.filler(bytes: 2_000_000))
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("before the end of the message") == true, "\(result.logLines)")
        #expect(try site.queue.isEmpty())
    }

    @Test func `An infinite score is spam where spamd says so`() throws {
        let spamd = try FakeSpamd { $0.verdict = .fixed("True", score: "inf") }
        defer { spamd.stop() }
        for settings: [String: String] in [
            ["spamd": spamd.address], ["spamd": spamd.address, "spam-hits": "100"],
        ] {
            let site = try Site(settings)
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == 31)
            #expect(result.state == "SPAM REJECT")
            #expect(try site.queue.isEmpty())
        }
    }

    @Test func `A score of -0.0 and words of other servers are understood`() throws {
        for (flag, score, status) in [("False", "-0.0", Int32(0)), ("No", "0.5", 0), ("Yes", "7.5", 31)] {
            let spamd = try FakeSpamd { $0.verdict = .fixed(flag, score: score) }
            defer { spamd.stop() }
            let site = try Site(["spamd": spamd.address])
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == status)
            #expect(result.notes == [])
        }
    }

    @Test func `spamd gets every byte of the message, and the end behind it`() throws {
        let spamd = try FakeSpamd(at: .tcp()) { $0.pieces = 7 }
        defer { spamd.stop() }
        for command in ["process", "headers", "check"] {
            let site = try Site(["spamd": spamd.address, "spamd-command": command])
            for message in [SampleMessages.binary, SampleMessages.crlf, SampleMessages.filler(bytes: 10_000)] {
                let result = try site.run(message)
                #expect(result.notes == [])
                #expect(spamd.requests.last?.message == message)
                #expect(spamd.requests.last?.command == command.uppercased())
                #expect(spamd.requests.last?.halfClosed == true)
            }
            #expect(try site.queue.arrivals().count == 3)
        }
        spamd.waitUntilIdle()
        #expect(spamd.problems == [])
    }
}
