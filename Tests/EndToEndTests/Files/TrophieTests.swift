import Fakes
import Foundation
import Testing

/// trophie is told a directory with the message in it, which is gone afterwards.
@Suite struct TrophieTests {
    @Test(arguments: [Place.unix, .tcp()]) func `It gets the directory, and the message in it`(place: Place) throws {
        let trophie = try FakeTrophie(at: place)
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.binary).start()
        let pid = filter.pid
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 0)
        let request = try #require(trophie.requests.first)
        #expect(request.message == SampleMessages.binary + body(of: SampleMessages.binary))
        let name = request.command.dropFirst(site.workdir.path.count + 1)
        #expect(request.command.hasPrefix(site.workdir.path + "/"))
        #expect(name.wholeMatch(of: /[0-9]+\.[0-9]+\.([0-9]+)/)?.1 == "\(pid)")
        trophie.waitUntilIdle()
        #expect(trophie.problems == [])
    }

    /// What follows the empty line: the one part of a message without parts, which stands beside it. A text part
    /// ends with a line end.
    private func body(of message: [UInt8]) -> [UInt8] {
        let text = Array("\n\n".utf8)
        let end = message.indices.dropLast().first { message[$0...($0 + 1)].elementsEqual(text) }
        let body = end.map { Array(message[($0 + 2)...]) } ?? []
        return body.last == UInt8(ascii: "\n") ? body : body + [UInt8(ascii: "\n")]
    }

    @Test func `It gets the decoded parts, under names that are ours`() throws {
        let gate = Gate()
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let filter = try site.filter(SampleMessages.eicar).start()
        #expect(trophie.server.waitForRequests(1))
        let path = try #require(trophie.requests.first?.command)
        let name = try #require(path.split(separator: "/").last)
        let parts = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(parts == ["msg.\(name)", "part.\(name).1", "part.\(name).2"])
        let decoded = FileManager.default.contents(atPath: path + "/part.\(name).2").map { [UInt8]($0) }
        #expect(decoded == TestPatterns.eicar)
        gate.open()
        #expect(filter.wait().state == "VIRUS")
    }

    @Test func `A virus in the message is found`() throws {
        let trophie = try FakeTrophie()
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(result.what == "EICAR-Test-File")
    }

    @Test func `A scanner in simscan's group can read the directory, and others cannot`() throws {
        let gate = Gate()
        let trophie = try FakeTrophie { $0.gate = gate }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        var run = site.filter(SampleMessages.clean)
        run.launcher = ["/bin/sh", "-c", "umask 0; exec \"$0\" \"$@\""]
        let filter = try run.start()
        #expect(trophie.server.waitForRequests(1))
        let path = try #require(trophie.requests.first?.command)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(path) == 0o750)
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            #expect(try mode(path + "/" + name) == 0o640)
        }
        gate.open()
        try site.check(filter.wait())
    }

    @Test(arguments: ["0\n", "1:Virus\n", "-1\n", ""]) func `The directory is gone, whatever it answered`(
        answer: String
    ) throws {
        let trophie = try FakeTrophie { $0.verdict = .raw(answer) }
        defer { trophie.stop() }
        let site = try Site(["trophie-socket": trophie.address])
        // Looks into the working directory at the end.
        _ = try site.run(SampleMessages.clean)
        #expect(trophie.requests.first?.command.hasPrefix(site.workdir.path + "/") == true)
    }

    @Test func `It gets the message as it came, not as spamd rewrote it, and without the Received line`() throws {
        let trophie = try FakeTrophie()
        let spamd = try FakeSpamd()
        defer {
            trophie.stop()
            spamd.stop()
        }
        let site = try Site(["trophie-socket": trophie.address, "spamd": spamd.address, "received": "yes"])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(trophie.requests.first?.message == SampleMessages.clean + body(of: SampleMessages.clean))
    }
}
