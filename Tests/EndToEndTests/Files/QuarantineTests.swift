import Fakes
import Foundation
import Glibc
import Testing

/// The quarantine keeps every spam and every infected message that is not delivered, or the sender keeps it.
@Suite struct QuarantineTests {
    /// What a quarantine has of one message.
    private struct Kept {
        let message: [UInt8]
        let envelope: [UInt8]
        let log: String

        init(in directory: TemporaryDirectory) throws {
            let names = try directory.names()
            let first = try #require(names.first)
            let name = first.dropFirst("addr.".count)
            #expect(name.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/) != nil)
            #expect(names == ["addr.", "log.", "msg."].map { $0 + name })
            message = try directory.read("msg." + name)
            envelope = try directory.read("addr." + name)
            log = String(decoding: try directory.read("log." + name), as: UTF8.self)
        }
    }

    private static let envelope = Envelope(from: "Alice@Example.org", to: ["Bob@Example.com", "bob@example.com"])

    @Test(arguments: ["virus", "spam"], [false, true])
    func `A message is kept as it came, with its envelope and its log line`(kind: String, drops: Bool) throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        let quarantine = try TemporaryDirectory()
        let site = try Site([
            "clamd": clamd.address, "spamd": spamd.address, "dropmsg": drops ? "yes" : "no",
            "received": "yes", "quarantinedir": quarantine.path,
        ])
        let message = (kind == "virus" ? SampleMessages.eicar : SampleMessages.gtube) + [0, 0xff]
        let result = try site.filter(message, envelope: Self.envelope.bytes).run()
        try site.check(result)
        #expect(result.exitStatus == (drops ? 0 : 31))
        #expect(result.notes == [])
        #expect(try site.queue.isEmpty())
        let kept = try Kept(in: quarantine)
        #expect(kept.message == message)
        #expect(kept.envelope == Self.envelope.bytes)
        #expect(kept.log.hasSuffix("\n"))
        let line = try #require(LogEvent(String(kept.log.dropLast())))
        #expect(line.state == result.state)
        #expect(line.what == result.what)
        #expect(line.recipients == ["bob@example.com", "bob@example.com"])
        // The same line, to the last digit of its seconds.
        #expect(result.logLines.map { $0 + "\n" } == [kept.log])
        quarantine.remove()
    }

    @Test func `qmail-queue takes what is kept`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        let site = try Site(["clamd": clamd.address, "quarantinedir": quarantine.path])
        #expect(try site.filter(SampleMessages.eicar, envelope: Self.envelope.bytes).run().exitStatus == 31)
        let kept = try Kept(in: quarantine)
        var release = FilterRun(of: BuiltPrograms.fakeQmailQueue, message: kept.message, envelope: kept.envelope)
        release.messageSource = .file
        release.environment.merge(site.queue.environment()) { $1 }
        #expect(try release.run().exitStatus == 0)
        #expect(try site.queued().message == SampleMessages.eicar)
        #expect(try site.queued().envelope == Self.envelope)
        quarantine.remove()
    }

    @Test func `Nothing is kept of a message that passes, is deferred, or has a bad attachment`() throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        let quarantine = try TemporaryDirectory()
        let site = try Site(
            ["clamd": clamd.address, "spamd": spamd.address, "spam-hits": "9000", "quarantinedir": quarantine.path],
            suffixes: [".exe"])
        for (message, status) in [
            (SampleMessages.clean, Int32(0)), (SampleMessages.gtube, 0), (SampleMessages.trojan, 31),
        ] {
            #expect(try site.run(message).exitStatus == status)
        }
        let failing = try Site(["clamd": "/nowhere/clamd", "quarantinedir": quarantine.path])
        #expect(try failing.run(SampleMessages.eicar).exitStatus == 71)
        #expect(try quarantine.names() == [])
        quarantine.remove()
    }

    @Test func `A quarantine that cannot be written defers a drop`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "dropmsg": "yes", "quarantinedir": "/nowhere/quarantine"])
        let result = try site.run(SampleMessages.eicar)
        #expect([53, 71].contains(result.exitStatus))
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("/nowhere/quarantine") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `It does not change a refusal, and a note tells`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "quarantinedir": "/nowhere/quarantine"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.contains("/nowhere/quarantine") == true)
    }

    @Test func `All of it is on disk before the status says that the message was taken`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        let site = try Site(["clamd": clamd.address, "dropmsg": "yes", "quarantinedir": quarantine.path])
        let trace = try Strace("fsync,fdatasync,linkat,rename,renameat,renameat2,exit_group")
        let result = try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }
        #expect(result.exitStatus == 0)
        let names = try trace.calls().map {
            $0.name.hasPrefix("f") ? "sync" : $0.name.hasPrefix("exit") ? "exit" : "name"
        }
        // Each file before it gets its name, and last the directory with the names.
        #expect(names == ["sync", "name", "sync", "name", "sync", "name", "sync", "exit"], "\(names)")
        quarantine.remove()
    }

    @Test(arguments: [false, true]) func `A disk that fails at any moment leaves nothing half done`(drops: Bool) throws
    {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        let site = try Site([
            "clamd": clamd.address, "dropmsg": drops ? "yes" : "no", "quarantinedir": quarantine.path,
        ])
        let trace = try Strace()
        _ = try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }
        for name in try quarantine.names() { try FileManager.default.removeItem(atPath: quarantine.path(of: name)) }
        let calls = try trace.calls().ofTheFilter
        let start = try #require(calls.firstIndex { $0.line.contains(quarantine.path) })
        var failures = 0
        for call in calls[start...] where ["openat", "pwrite64", "sendfile", "fsync", "linkat"].contains(call.name) {
            let failing = try Strace(call.name, inject: "\(call.name):error=ENOSPC:when=\(call.occurrence)")
            let result = try site.run(SampleMessages.eicar) { $0.launcher = failing.launcher }
            let names = try quarantine.names()
            if names.count == 3 {
                // There was another way.
                #expect(result.exitStatus == (drops ? 0 : 31), "\(call.line)")
                #expect(try Kept(in: quarantine).message == SampleMessages.eicar)
            } else {
                failures += 1
                #expect(names == [], "\(call.line)")
                #expect(result.exitStatus == (drops ? 53 : 31), "\(call.line)")
                #expect(result.notes.count == (drops ? 0 : 1), "\(call.line)")
            }
            for name in names { try FileManager.default.removeItem(atPath: quarantine.path(of: name)) }
        }
        #expect(failures >= 8)
        quarantine.remove()
    }

    @Test(arguments: [false, true]) func `Killed at any moment, it has told nobody that the message was taken`(
        drops: Bool
    ) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        defer { quarantine.remove() }
        let site = try Site([
            "clamd": clamd.address, "dropmsg": drops ? "yes" : "no", "quarantinedir": quarantine.path,
        ])
        let trace = try Strace()
        _ = try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }
        func clear() throws {
            for name in try quarantine.names() { try FileManager.default.removeItem(atPath: quarantine.path(of: name)) }
        }
        try clear()
        let calls = try trace.calls().ofTheFilter
        let start = try #require(calls.firstIndex { $0.line.contains(quarantine.path) })
        var states: Set<[String]> = []
        for call in calls[start...] {
            let killing = try Strace(call.name, inject: "\(call.name):signal=KILL:when=\(call.occurrence)")
            let result = try site.run(SampleMessages.eicar, check: false) { $0.launcher = killing.launcher }
            #expect(result.ending == .signalled(SIGKILL), "\(call.line)")
            #expect(try site.queue.isEmpty())
            #expect(try site.workdir.names() == [])
            let kinds = try quarantine.names().map { String($0.prefix { $0 != "." }) }
            // Who sees the message sees the other two, whole.
            #expect(
                [[], ["addr"], ["addr", "log"], ["addr", "log", "msg"]].contains(kinds), "\(kinds) at \(call.line)")
            if kinds.count == 3 { #expect(try Kept(in: quarantine).message == SampleMessages.eicar) }
            states.insert(kinds)
            try clear()
            killing.remove()
        }
        #expect(states.count == 4, "\(states)")
        // The sender tries again.
        #expect(try site.run(SampleMessages.eicar).exitStatus == (drops ? 0 : 31))
        #expect(
            try Kept(in: quarantine).envelope
                == Envelope(from: "alice@example.org", to: ["bob@example.com"]).bytes)
    }

    @Test func `The quarantine may be a symbolic link of root's or of the filter's user, and nobody else's`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory()
        let place = try TemporaryDirectory()
        defer {
            quarantine.remove()
            place.remove()
        }
        let link = place.path(of: "quarantine")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: quarantine.path)
        let site = try Site(["clamd": clamd.address, "dropmsg": "yes", "quarantinedir": link])
        #expect(try site.run(SampleMessages.eicar).exitStatus == 0)
        #expect(try quarantine.names().count == 3)
        // Only root can make it somebody else's.
        guard lchown(link, 65_534, 65_534) == 0 else { return }
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 53)
        #expect(result.what?.contains("Not a directory") == true, "\(result.logLines)")
        #expect(try quarantine.names().count == 3)
    }
}
