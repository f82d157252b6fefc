import Fakes
import Testing

/// Scanners work at the same time, the verdict does not depend on who answers first, and waiting stops when it is
/// certain. No clock is read closely: the scanners' gates say who answers when.
@Suite struct OrderTests {
    /// Three scanners that answer when the test says so.
    final class Scanners {
        let clamdGate = Gate()
        let trophieGate = Gate()
        let spamdGate = Gate()
        let clamd: FakeClamd
        let trophie: FakeTrophie
        let spamd: FakeSpamd

        init(
            clamd clamdAnswer: FakeClamd.Verdict = .clean, trophie trophieAnswer: String = "0\n",
            spamd isSpam: Bool = false, at place: Place = .unix
        ) throws {
            let (clamdGate, trophieGate, spamdGate) = (clamdGate, trophieGate, spamdGate)
            clamd = try FakeClamd(at: place) {
                $0.verdict = clamdAnswer
                $0.gate = clamdGate
            }
            trophie = try FakeTrophie(at: place) {
                $0.verdict = .raw(trophieAnswer)
                $0.gate = trophieGate
            }
            spamd = try FakeSpamd(at: place) {
                $0.verdict = isSpam ? .fixed("True", score: "9.0") : .fixed("False", score: "0.0")
                $0.gate = spamdGate
            }
        }

        deinit {
            clamd.stop()
            trophie.stop()
            spamd.stop()
        }

        var settings: [String: String] {
            ["clamd": clamd.address, "trophie-socket": trophie.address, "spamd": spamd.address]
        }

        func haveAllBeenAsked() -> Bool {
            clamd.server.waitForRequests(1) && trophie.server.waitForRequests(1) && spamd.server.waitForRequests(1)
        }

        /// Lets one answer, and waits until its client has read that and closed.
        func answer(_ scanner: Scanner) {
            switch scanner {
            case .clamd:
                clamdGate.open()
                clamd.waitUntilIdle()
            case .trophie:
                trophieGate.open()
                trophie.waitUntilIdle()
            case .spamd:
                spamdGate.open()
                spamd.waitUntilIdle()
            }
        }
    }

    enum Scanner: CaseIterable { case clamd, trophie, spamd }

    static let orders: [[Scanner]] = [
        [.clamd, .trophie, .spamd], [.clamd, .spamd, .trophie], [.trophie, .clamd, .spamd],
        [.trophie, .spamd, .clamd], [.spamd, .clamd, .trophie], [.spamd, .trophie, .clamd],
    ]

    @Test(arguments: [Place.unix, .tcp(), .tcp6])
    func `All scanners have the message before one of them has answered`(place: Place) throws {
        let scanners = try Scanners(at: place)
        let site = try Site(scanners.settings)
        let message = SampleMessages.filler(bytes: 200_000)
        let filter = try site.filter(message).start()
        #expect(scanners.haveAllBeenAsked())
        #expect(scanners.clamd.requests.first?.message == message)
        #expect(scanners.spamd.requests.first?.message == message)
        for scanner in Scanner.allCases { scanners.answer(scanner) }
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
    }

    @Test func `Slow scanners take as long as the slowest, not as long as all together`() throws {
        let clamd = try FakeClamd { $0.delay = .milliseconds(2000) }
        let spamd = try FakeSpamd { $0.delay = .milliseconds(2500) }
        defer {
            clamd.stop()
            spamd.stop()
        }
        let site = try Site(["clamd": clamd.address, "spamd": spamd.address])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 0)
        #expect(result.duration >= .milliseconds(2500))
        #expect(result.duration < .milliseconds(4500))
        // The log has the same time.
        #expect(try #require(result.events.first).seconds >= 2.5)
    }

    @Test func `A virus ends the waiting for spamd`() throws {
        let scanners = try Scanners(clamd: .infected(name: "Worm"))
        let site = try Site(scanners.settings)
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(scanners.haveAllBeenAsked())
        scanners.clamdGate.open()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(result.what == "Worm")
        // Those that were not waited for see that their client has gone.
        scanners.spamdGate.open()
        scanners.trophieGate.open()
        #expect(scanners.spamd.waitUntilIdle())
        #expect(scanners.trophie.waitUntilIdle())
    }

    @Test(arguments: orders) func `A virus is a virus, and spam beside it does not matter`(order: [Scanner]) throws {
        let scanners = try Scanners(clamd: .infected(name: "Worm"), spamd: true)
        let site = try Site(scanners.settings)
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(scanners.haveAllBeenAsked())
        for scanner in order.prefix(through: order.firstIndex(of: .clamd) ?? 0) { scanners.answer(scanner) }
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
    }

    @Test(arguments: orders) func `Spam is refused when both virus scanners have answered, though one failed`(
        order: [Scanner]
    ) throws {
        let scanners = try Scanners(trophie: "-1\n", spamd: true)
        let site = try Site(scanners.settings)
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(scanners.haveAllBeenAsked())
        for scanner in order { scanners.answer(scanner) }
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(result.state == "SPAM REJECT")
    }

    @Test(arguments: orders) func `A scanner that failed defers what nothing else refuses`(order: [Scanner]) throws {
        let scanners = try Scanners(clamd: .raw("stream: Trouble ERROR\0"))
        let site = try Site(scanners.settings)
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(scanners.haveAllBeenAsked())
        for scanner in order { scanners.answer(scanner) }
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("Trouble") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A blocked attachment is refused before any scanner is asked`() throws {
        let scanners = try Scanners(clamd: .infected(name: "Worm"), spamd: true)
        let site = try Site(scanners.settings, suffixes: [".exe"])
        let result = try site.run(SampleMessages.trojan)
        #expect(result.exitStatus == 31)
        #expect(result.state == "ATTACH")
        #expect(result.what == "trojan.exe")
        #expect(scanners.clamd.server.connections == 0)
        #expect(scanners.trophie.server.connections == 0)
        #expect(scanners.spamd.server.connections == 0)
    }

    @Test func `A scanner that says nothing costs the deadline and no more`() throws {
        let scanners = try Scanners()
        let site = try Site(scanners.settings.merging(["deadline": "2"]) { $1 })
        let filter = try site.filter(SampleMessages.clean).start()
        scanners.clamdGate.open()
        scanners.spamdGate.open()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 71)
        #expect(result.what?.hasPrefix("trophie ") == true)
        #expect(result.what?.contains("no answer in time") == true)
        #expect(result.duration >= .seconds(2))
        #expect(result.duration < .seconds(15))
    }

    @Test func `The time of a slow client does not count`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "deadline": "1.5"])
        var run = site.filter(SampleMessages.clean)
        run.messageSource = .heldPipe(after: 10)
        let filter = try run.start()
        // The deadline passes while the client is slow; nothing opens this gate.
        #expect(!Gate().wait(upTo: .milliseconds(1600)))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 0)
        #expect(clamd.requests.count == 1)
        #expect(result.duration >= .milliseconds(1600))
    }

    @Test(arguments: [Door.closed, .unattended, .full])
    func `The next host of the list is asked when one does not answer`(door: Door) throws {
        for place in [Place.unix, .tcp()] {
            let first = try FakeClamd(at: place, door: door)
            let second = try FakeClamd(at: place)
            defer {
                first.stop()
                second.stop()
            }
            let site = try Site([
                "clamd": "\(first.address), \(second.address)", "first-byte-clamd": "0.1", "connect-timeout": "1",
            ])
            let result = try site.run(SampleMessages.eicar)
            #expect(result.exitStatus == 31)
            #expect(result.state == "VIRUS")
            #expect(second.requests.first?.message == SampleMessages.eicar)
        }
    }

    @Test func `A host that breaks in the middle of the message is followed by the next, which gets all of it`() throws
    {
        let first = try FakeSpamd(at: .tcp()) { $0.fault = .after(.received(50_000), .reset) }
        let second = try FakeSpamd(at: .tcp())
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["spamd": "\(first.address), \(second.address)"])
        let message = SampleMessages.filler(bytes: 200_000)
        let result = try site.run(message)
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        #expect(second.requests.map(\.message) == [message])
        #expect(try site.queued().message.mailBody == message.mailBody)
    }

    @Test(arguments: [Place.unix, .tcp()]) func `A virus that clamd finds early is not waited for any longer`(
        place: Place
    ) throws {
        let clamd = try FakeServer(at: place) { client in
            try client.expect("zINSTREAM\0")
            _ = try client.read(100)
            try client.send("stream: Early FOUND\0")
            try client.staySilent()
        }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        let result = try site.run(SampleMessages.filler(bytes: 3_000_000))
        #expect(result.exitStatus == 31)
        #expect(result.what == "Early")
    }

    @Test func `An answer is read while the message is still being sent, and does not count`() throws {
        let message = SampleMessages.filler(bytes: 3_000_000)
        // More than the system keeps for a connection, both ways: who only sends, or only reads, waits for ever.
        let spamd = try FakeServer(at: .unix) { client in
            let head = "SPAMD/1.1 0 EX_OK\r\nContent-length: \(message.count + 7)\r\nSpam: False ; 1.5 / 5.0\r\n\r\n"
            try client.send(Array(head.utf8) + Array("X-A: b\n".utf8) + message)
            client.halfClose()
            _ = try client.readToEnd()
        }
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-command": "process", "size-limit": "10000000"])
        let result = try site.run(message)
        #expect(result.exitStatus == 0)
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.hasSuffix("an answer before the end of the message") == true, "\(result.notes)")
        #expect(try site.queued().message == message)
    }
}
