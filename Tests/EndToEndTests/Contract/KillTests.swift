import Fakes
import Glibc
import Testing

/// However the filter ends, qmail-queue has the whole message or none, and no file is left behind.
@Suite struct KillTests {
    @Test(arguments: [false, true])
    func `Killed before any system call, it leaves no part of a message anywhere`(scans: Bool) throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        let trophie = try FakeTrophie()
        defer {
            clamd.stop()
            spamd.stop()
            trophie.stop()
        }
        let scanners = ["clamd": clamd.address, "spamd": spamd.address, "trophie-socket": trophie.address]
        let site = try Site(scans ? scanners : [:], suffixes: [".exe"])
        // A message that has to be taken apart brings the cage in: for its names, and for trophie's parts.
        let message =
            scans
            ? SampleMessages.attachment(named: "=?utf-8?Q?a?=.txt", content: Array("text\n".utf8), subject: "Apart")
            : SampleMessages.binary
        let trace = try Strace()
        let complete = try site.run(message) { $0.launcher = trace.launcher }
        #expect(complete.exitStatus == 0)
        let whole = try site.queued().message
        let calls = try trace.calls().ofTheFilter

        var kills = 0
        for call in calls {
            let queue = try FakeQueue()
            let killing = try Strace(call.name, inject: "\(call.name):signal=KILL:when=\(call.occurrence)")
            var run = site.filter(message)
            run.launcher = killing.launcher
            run.environment.merge(queue.environment()) { $1 }
            let result = try run.run()
            if result.ending == .signalled(SIGKILL) { kills += 1 }
            // A run may go another way than the one that was watched, and not come to this call; and strace counts the
            // calls of each process, so that the caged child may die of it instead, which is a deferral.
            let isTaken = result.exitStatus == 0
            if let status = result.exitStatus, !isTaken { #expect((51...81).contains(status), "at \(call.line)") }
            #expect(try queue.arrivals().map(\.message) == (isTaken ? [whole] : []), "at \(call.line)")
            // Where trophie needs names, the next filter removes what the dead one left.
            #expect(try site.workdir.names().count <= (scans ? 1 : 0), "at \(call.line)")
            queue.remove()
            killing.remove()
        }
        #expect(kills >= 10)
        #expect(kills >= calls.count * 3 / 4, "\(kills) of \(calls.count)")
        _ = try site.run(message)
        #expect(try site.workdir.names() == [])
    }

    @Test(arguments: [0, 1, 1000, 100_000]) func `Killed while the message comes, it leaves nothing`(after: Int) throws
    {
        let site = try Site()
        var run = site.filter(SampleMessages.filler(bytes: 200_000))
        run.messageSource = .heldPipe(after: after)
        let filter = try run.start()
        filter.kill()
        #expect(filter.wait().ending == .signalled(SIGKILL))
        #expect(try site.queue.isEmpty())
        #expect(try site.workdir.names() == [])
    }

    @Test func `Killed while scanners work, it leaves nothing, and its connections end`() throws {
        let gate = Gate()
        defer { gate.open() }
        let clamd = try FakeClamd { $0.gate = gate }
        let spamd = try FakeSpamd { $0.gate = gate }
        defer {
            clamd.stop()
            spamd.stop()
        }
        let site = try Site(["clamd": clamd.address, "spamd": spamd.address])
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(clamd.server.waitForRequests(1))
        #expect(spamd.server.waitForRequests(1))
        filter.kill()
        let result = filter.wait()
        #expect(result.ending == .signalled(SIGKILL))
        #expect(result.logLines == [])
        #expect(try site.queue.isEmpty())
        #expect(try site.workdir.names() == [])
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGALRM])
    func `A signal that ends programs ends it, and nothing is queued`(signal: Int32) throws {
        let gate = Gate()
        defer { gate.open() }
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(trophie.server.waitForRequests(1))
        filter.kill(signal)
        #expect(filter.wait().exitStatus != 0)
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: [SIGPIPE, SIGXFSZ])
    func `A signal that tells of an error of a write by itself changes nothing`(signal: Int32) throws {
        let gate = Gate()
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(trophie.server.waitForRequests(1))
        filter.kill(signal)
        gate.open()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 0)
        #expect(try site.queued().message == SampleMessages.clean)
    }

    @Test func `Many filters at once do not disturb one another`() throws {
        let clamd = try FakeClamd()
        let trophie = try FakeTrophie()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            trophie.stop()
            spamd.stop()
        }
        let site = try Site(["clamd": clamd.address, "trophie-socket": trophie.address, "spamd": spamd.address])
        let messages = (0..<24).map { SampleMessages.text(subject: "Number \($0)", body: "body \($0)\n") }
        let filters = try messages.map { try site.filter($0).start() }
        for (number, filter) in filters.enumerated() {
            let result = filter.wait()
            #expect(result.exitStatus == 0)
            #expect(result.notes == [])
            #expect(result.what == "Number \(number)")
        }
        let bodies = try site.queue.arrivals().map { String(decoding: $0.message.mailBody, as: UTF8.self) }
        #expect(bodies.sorted() == (0..<24).map { "body \($0)\n" }.sorted())
        #expect(try site.workdir.names() == [])
    }
}
