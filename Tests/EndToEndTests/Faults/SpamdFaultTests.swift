import Fakes
import Testing

/// Whatever spamd does wrong, the message that arrives is the sender's, whole.
@Suite struct SpamdFaultTests {
    typealias Row = FaultRow<FakeSpamd.Behaviour>

    /// Larger than what the system keeps for a connection.
    static let message = SampleMessages.filler(bytes: 4_000_000)

    static let rows = SpamdFaults.rows

    @Test(arguments: rows) func `After a failed scan the sender's message passes, and a note tells`(row: Row) throws {
        try run(row, command: "process")
    }

    @Test(arguments: rows.filter { $0.description.hasPrefix("it returns") })
    func `A failed scan by headers is the same`(row: Row) throws {
        try run(row, command: "headers")
    }

    private func run(_ row: Row, command: String) throws {
        let spamd = try FakeSpamd(at: row.place, door: row.door, row.change)
        defer { spamd.stop() }
        let site = try Site([
            "spamd": spamd.address, "deadline": row.deadline, "spamd-command": command, "size-limit": "10000000",
        ])
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
        rows[0], SpamdFaults.corruption("half of what it announced", .cutShort(by: 120_000)),
        SpamdFaults.corruption("no length", .noLength),
    ])
    func `With spamd-failure = defer it is deferred`(row: Row) throws {
        let spamd = try FakeSpamd(at: row.place, door: row.door, row.change)
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-failure": "defer", "size-limit": "10000000"])
        let result = try site.run(Self.message)
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains(spamd.address.logField) == true)
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: rows.filter { $0.description.hasPrefix("it returns") })
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
        let result = try site.run(Self.message)
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
