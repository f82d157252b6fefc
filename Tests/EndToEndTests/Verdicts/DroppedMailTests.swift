import Fakes
import Testing

/// dropmsg: what would be refused for a virus or as spam is accepted, and goes no further.
@Suite struct DroppedMailTests {
    @Test func `A virus is dropped and kept in the quarantine`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        let site = try Site(["clamd": clamd.address, "dropmsg": "yes", "quarantinedir": quarantine.path])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 0)
        #expect(result.state == "VIRUS DROPPED")
        #expect(result.what == "Eicar-Signature.UNOFFICIAL")
        #expect(try site.queue.isEmpty())
        #expect(try quarantine.names().count == 3)
        quarantine.remove()
    }

    @Test func `Without a quarantine it is dropped all the same`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "dropmsg": "yes"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 0)
        #expect(result.state == "VIRUS DROPPED")
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: [nil, "5"]) func `Spam is dropped`(hits: String?) throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        var settings = ["spamd": spamd.address, "dropmsg": "yes"]
        settings["spam-hits"] = hits
        let site = try Site(settings)
        let result = try site.run(SampleMessages.gtube)
        #expect(result.exitStatus == 0)
        #expect(result.state == "SPAM DROPPED")
        #expect(result.events.first?.scores == "1003.30/5.00/5.00")
        #expect(try site.queue.isEmpty())
    }

    @Test func `Spam that is passed through is not dropped, unless spam-hits is set`() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let settings = ["spamd": spamd.address, "dropmsg": "yes", "spam-passthru": "yes"]
        let through = try Site(settings)
        let passed = try through.run(SampleMessages.gtube)
        #expect(passed.exitStatus == 0)
        #expect(passed.state == "PASSTHRU")
        #expect(try through.queued().message.contains(pattern: SampleMessages.gtube))
        let hits = try Site(settings.merging(["spam-hits": "100"]) { $1 })
        let dropped = try hits.run(SampleMessages.gtube)
        #expect(dropped.exitStatus == 0)
        #expect(dropped.state == "SPAM DROPPED")
        #expect(try hits.queue.isEmpty())
    }

    @Test func `A bad attachment is refused, without a text`() throws {
        let site = try Site(["dropmsg": "yes", "custom-smtp-reject": "yes"], suffixes: [".exe"])
        let result = try site.run(SampleMessages.trojan)
        #expect(result.exitStatus == 31)
        #expect(result.rejectText == "")
        #expect(result.state == "ATTACH")
    }

    @Test func `A failed scanner is a deferral, without a text`() throws {
        let site = try Site(["clamd": "/nowhere/clamd.ctl", "dropmsg": "yes", "custom-smtp-reject": "yes"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.rejectText == "")
    }

    /// A scanner that fails beside one that would have the message dropped.
    @Test(arguments: ["virus and trophie", "virus and spamd", "spam and clamd"])
    func `Nothing is dropped while a scanner has failed that defers`(pair: String) throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        var settings = ["dropmsg": "yes", "spamd-failure": "defer"]
        switch pair {
        case "virus and trophie": settings.merge(["clamd": clamd.address, "trophie-socket": "/nowhere/trophie"]) { $1 }
        case "virus and spamd": settings.merge(["clamd": clamd.address, "spamd": "/nowhere/spamd"]) { $1 }
        default: settings.merge(["clamd": "/nowhere/clamd", "spamd": spamd.address]) { $1 }
        }
        let site = try Site(settings)
        let result = try site.run(pair == "spam and clamd" ? SampleMessages.gtube : SampleMessages.eicar)
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("/nowhere/") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A virus is dropped although a scanner has failed that passes`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["dropmsg": "yes", "clamd": clamd.address, "spamd": "/nowhere/spamd"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 0)
        #expect(result.state == "VIRUS DROPPED")
    }

    @Test func `A virus is not dropped before a slow scanner has answered that could defer it`() throws {
        let gate = Gate()
        let clamd = try FakeClamd()
        let trophie = try FakeTrophie {
            $0.gate = gate
            $0.verdict = .raw("-1:broken\n")
        }
        defer {
            clamd.stop()
            trophie.stop()
        }
        let site = try Site(["dropmsg": "yes", "clamd": clamd.address, "trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.eicar).start()
        #expect(trophie.server.waitForRequests(1))
        #expect(clamd.server.waitForRequests(1))
        #expect(clamd.waitUntilIdle())
        gate.open()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("broken") == true)
    }
}
