import Fakes
import Testing

/// Whatever trophie does wrong, an unscanned message is not taken for a clean one.
@Suite struct TrophieFaultTests {
    typealias Row = FaultRow<FakeTrophie.Behaviour>

    static let rows = TrophieFaults.rows

    @Test(arguments: rows) func `A failed scan defers the message`(row: Row) throws {
        let trophie = try FakeTrophie(at: row.place, door: row.door, row.change)
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address, "deadline": row.deadline])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        for part in ["trophie", trophie.address.logField, row.error] {
            #expect(part.isEmpty || result.what?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queue.isEmpty())
        row.end(trophie)
        #expect(trophie.problems == [])
    }

    @Test(arguments: ["0\n", "0", "0\0", "0:clean\n"]) func `Clean is exactly 0`(answer: String) throws {
        let trophie = try FakeTrophie {
            $0.verdict = .raw(answer)
            $0.pieces = 1
        }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(trophie.requests.count == 1)
        #expect(try site.queued().message == SampleMessages.clean)
    }

    @Test(arguments: [("1:Worm.A\n", "Worm.A"), ("1:Worm B", "Worm B"), ("1:Worm.C\0", "Worm.C"), ("1\n", "unnamed")])
    func `1 is a virus`(answer: String, name: String) throws {
        let trophie = try FakeTrophie { $0.verdict = .raw(answer) }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address, "custom-smtp-reject": "yes"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 82)
        #expect(result.rejectText == "DYour email was rejected because it contains the \(name) virus")
        #expect(result.state == "VIRUS")
        #expect(result.what == name)
        #expect(try site.queue.isEmpty())
    }

    @Test func `With trophie-failure = pass the message passes, and a note tells`() throws {
        let trophie = try FakeTrophie { $0.verdict = .raw("-2\n") }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address, "trophie-failure": "pass"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 0)
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.contains("trophie") == true)
        #expect(try site.queued().message == SampleMessages.clean)
    }
}
