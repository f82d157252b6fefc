import Fakes
import Foundation
import Glibc
import Testing

/// SIMSCAN_DEBUG keeps the files of a message, and what dead filters left is removed by a later one.
@Suite struct DebugTests {
    /// Runs with SIMSCAN_DEBUG, and returns what is kept: names without `X.Y.Z`, and their bytes.
    private func kept(
        _ message: [UInt8], in site: Site, level: String = "1", status: Int32
    ) throws -> [String: [UInt8]] {
        var run = site.filter(message)
        run.environment["SIMSCAN_DEBUG"] = level
        let filter = try run.start()
        let result = filter.wait()
        #expect(result.exitStatus == status)
        #expect(result.events.count == 1, "\(result.logLines)")
        #expect(result.strangeLines == [])
        let directories = try site.workdir.names()
        let name = try #require(directories.count == 1 ? directories.first : nil, "\(directories)")
        #expect(name.wholeMatch(of: /[0-9]+\.[0-9]+\.([0-9]+)/)?.1 == "\(filter.pid)")
        var files: [String: [UInt8]] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: site.workdir.path(of: name)) {
            files[file.replacing("." + name, with: "")] = try site.workdir.read(name + "/" + file)
        }
        return files
    }

    @Test(arguments: ["1", "2", "3", "4"]) func `The message, the envelope and spamd's message are kept`(
        level: String
    ) throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-command": "process"])
        let files = try kept(SampleMessages.binary, in: site, level: level, status: 0)
        #expect(files["msg"] == SampleMessages.binary)
        #expect(files["addr"] == Envelope(from: "alice@example.org", to: ["bob@example.com"]).bytes)
        #expect(files["spamc.msg"] == (try site.queued().message))
        #expect(files["spamc.msg"]?.contains(pattern: SampleMessages.binary) == true)
    }

    @Test func `They are kept of a message that is refused, dropped or deferred`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        for (settings, message, status) in [
            (["clamd": clamd.address], SampleMessages.eicar, Int32(31)),
            (["clamd": clamd.address, "dropmsg": "yes"], SampleMessages.eicar, 0),
            (["clamd": "/nowhere/clamd"], SampleMessages.clean, 71),
        ] {
            let files = try kept(message, in: Site(settings), status: status)
            #expect(files["msg"] == message)
            #expect(files["addr"] == Envelope(from: "alice@example.org", to: ["bob@example.com"]).bytes)
            #expect(files["spamc.msg"] == nil)
        }
    }

    @Test func `They are kept where trophie needed the directory anyway`() throws {
        let trophie = try FakeTrophie()
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let files = try kept(SampleMessages.clean, in: site, status: 0)
        #expect(files["msg"] == SampleMessages.clean)
        // The next filter, with a directory of its own, leaves what is kept.
        #expect(try site.run(SampleMessages.eicar, check: false).exitStatus == 31)
        #expect(try site.workdir.names().count == 1)
    }

    @Test func `Without SIMSCAN_DEBUG, or with 0, nothing is kept`() throws {
        let site = try Site()
        for value in [nil, "0"] {
            _ = try site.run(SampleMessages.clean) { $0.environment["SIMSCAN_DEBUG"] = value }
        }
    }

    @Test func `qmail-queue inherits SIMSCAN_DEBUG too`() throws {
        let site = try Site()
        _ = try kept(SampleMessages.clean, in: site, status: 0)
        #expect(try site.queued().inherited.environment["SIMSCAN_DEBUG"] == "1")
    }

    @Test func `The directory of a killed filter is removed by a later one`() throws {
        let gate = Gate()
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.clean).start()
        #expect(trophie.server.waitForRequests(1))
        filter.kill(SIGKILL)
        #expect(filter.wait().ending == .signalled(SIGKILL))
        #expect(try site.workdir.names().count == 1)
        gate.open()
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
    }

    @Test func `The directory of one that works is left alone`() throws {
        let gate = Gate()
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let slow = try Site(["trophie-socket": trophie.address])
        let filter = try slow.filter(SampleMessages.clean).start()
        #expect(trophie.server.waitForRequests(1))
        let quick = try FakeTrophie()
        defer { quick.stop() }
        let other = try Site(["trophie-socket": quick.address, "workdir": slow.workdir.path])
        #expect(try other.run(SampleMessages.clean).exitStatus == 0)
        #expect(try slow.workdir.names().count == 1)
        gate.open()
        let result = filter.wait()
        try slow.check(result)
        #expect(result.exitStatus == 0)
    }

    @Test func `Nothing else in the working directory is touched`() throws {
        let trophie = try FakeTrophie()
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let elsewhere = try TemporaryDirectory()
        try elsewhere.write("precious".utf8, to: "file")
        let files = FileManager.default
        // Names like those of working directories, with the id of a process that cannot be (pid_max is 2^22).
        let names = [
            "notes", "1.2", "1.2.3.4194305", "1.2.x", "a.b.4194305", "1.2.4194305x", "-1.2.-4194305", "1.2.0",
            "1.2.\(getpid())",
        ]
        for name in names {
            try files.createDirectory(atPath: site.workdir.path(of: name), withIntermediateDirectories: false)
            try site.workdir.write("mine".utf8, to: name + "/file")
        }
        try site.workdir.write("mine".utf8, to: "1.3.4194305")
        try files.createSymbolicLink(
            atPath: site.workdir.path(of: "1.4.4194305"), withDestinationPath: elsewhere.path)
        let dead = "1.5.4194305"
        try files.createDirectory(atPath: site.workdir.path(of: dead), withIntermediateDirectories: false)
        try site.workdir.write("left".utf8, to: dead + "/msg." + dead)

        #expect(try site.run(SampleMessages.clean, check: false).exitStatus == 0)
        #expect(try site.workdir.names() == (names + ["1.3.4194305", "1.4.4194305"]).sorted())
        for name in names { #expect(try site.workdir.read(name + "/file") == Array("mine".utf8)) }
        #expect(try elsewhere.names() == ["file"])
        elsewhere.remove()
    }
}
