import Fakes
import Testing

/// Whatever clamd does wrong, an unscanned message is not taken for a clean one.
@Suite struct ClamdFaultTests {
    typealias Row = FaultRow<FakeClamd.Behaviour>

    /// Larger than what the system keeps for a connection, so that the other side's end is met while sending.
    static let message = SampleMessages.filler(bytes: 4_000_000)

    static let rows = ClamdFaults.rows

    @Test(arguments: rows) func `A failed scan defers the message`(row: Row) throws {
        let clamd = try FakeClamd(at: row.place, door: row.door, row.change)
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "deadline": row.deadline, "custom-smtp-reject": "yes"])
        let result = try site.run(Self.message)
        #expect(result.exitStatus == 82)
        #expect(result.rejectText == "ZYour email could not be checked for viruses now, please try again later")
        #expect(result.state == "ERROR")
        for part in ["clamd", clamd.address.logField, row.error] {
            #expect(part.isEmpty || result.what?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queue.isEmpty())
        row.end(clamd)
        #expect(clamd.problems == [])
    }

    @Test func `Without a reject channel the deferral is exit 71`() throws {
        let site = try Site(["clamd": "/nowhere/clamd.ctl"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.rejectText == "")
        #expect(result.what == "clamd unix_/nowhere/clamd.ctl_ cannot connect, No such file or directory")
        #expect(try site.queue.isEmpty())
    }

    @Test func `With clamd-failure = pass the message passes, and a note tells`() throws {
        let clamd = try FakeClamd { $0.verdict = .raw("stream: Can't open file ERROR\0") }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "clamd-failure": "pass"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.contains(clamd.address.logField) == true)
        #expect(result.notes.first?.contains("Can't open file") == true)
        #expect(try site.queued().message == SampleMessages.eicar)
    }

    @Test(arguments: [
        ("Worm.Bagle.AU", "stream: Worm.Bagle.AU FOUND\0"),
        ("a name with blanks", "stream: a name with blanks FOUND\0"),
        ("FOUND in the name", "stream: FOUND in the name FOUND\0"),
        ("Name(0123456789abcdef:68)", "stream: Name(0123456789abcdef:68) FOUND\0"),
        ("Second", "stream: First ERROR\0stream: Second FOUND\0"),
        ("Second", "stream: OK\0stream: Second FOUND\0stream: OK\0"),
        ("Without.Prefix", "Without.Prefix FOUND\0"),
        ("Without.End", "stream: Without.End FOUND"),
        ("In.The.Other.Form", "stream: In.The.Other.Form FOUND\n"),
    ])
    func `A line that ends in FOUND is a virus, whatever else there is`(name: String, answer: String) throws {
        for pieces in [nil, 1] {
            let clamd = try FakeClamd {
                $0.verdict = .raw(answer)
                $0.pieces = pieces
            }
            defer { clamd.stop() }
            let site = try Site(["clamd": clamd.address, "custom-smtp-reject": "yes"])
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == 82)
            #expect(result.rejectText == "DYour email was rejected because it contains the \(name) virus")
            #expect(result.state == "VIRUS")
            #expect(result.what == name.logField)
            #expect(try site.queue.isEmpty())
        }
    }

    @Test(arguments: [Place.unix, .tcp()])
    func `A virus counts even when the connection breaks behind it`(place: Place) throws {
        let answer = "stream: Virus FOUND\0"
        let clamd = try FakeClamd(at: place) {
            $0.verdict = .raw(answer)
            $0.fault = .after(.sent(answer.utf8.count), .reset)
        }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        // On TCP the answer may be lost with the connection; the message must not be queued for it.
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 31 || (place != .unix && result.exitStatus == 71))
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: [Place.unix, .tcp()])
    func `The size limit is understood while clamd leaves the rest of the message unread`(place: Place) throws {
        let clamd = try FakeClamd(at: place) { $0.streamMaxLength = 100_000 }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "clamd-oversize": "pass"])
        // The answer and the end of the connection race with what is still being sent.
        for _ in 0..<10 {
            let result = try site.run(Self.message)
            #expect(result.exitStatus == 0)
            #expect(result.notes.first?.contains("StreamMaxLength") == true, "\(result.logLines)")
        }
    }

    @Test func `OK from a clamd that has not got the whole message is no answer`() throws {
        let gate = Gate()
        defer { gate.open() }
        let clamd = try FakeServer { client in
            _ = try client.read(1000)
            try client.send("stream: OK\0")
            client.halfClose()
            try client.wait(for: gate)
        }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "clamd-transfer": "instream"])
        let result = try site.run(Self.message)
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("before the end of the message") == true, "\(result.logLines)")
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: ["ENOMEM", "EIO"])
    func `Where no more of the message can be sent, clamd is not waited for until the deadline`(error: String) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "clamd-transfer": "instream", "deadline": "60"])
        let failing = try Strace("sendfile", inject: "sendfile:error=\(error):when=1")
        defer { failing.remove() }
        // A larger one is sent while it arrives, and again where that fails.
        let message = SampleMessages.filler(bytes: 200_000)
        let result = try site.run(message) { $0.launcher = failing.launcher }
        #expect(result.exitStatus == 71)
        #expect(result.duration < .seconds(20))
        #expect(try site.queue.isEmpty())
    }

    @Test func `clamd gets every byte of the message, and nothing more`() throws {
        let clamd = try FakeClamd(at: .tcp())
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        for message in [SampleMessages.binary, Self.message, Array("\n".utf8), []] {
            #expect(try site.run(message).exitStatus == 0)
            #expect(clamd.requests.last?.message == message)
        }
        clamd.waitUntilIdle()
        #expect(clamd.problems == [])
        #expect(clamd.departures == [])
    }
}
