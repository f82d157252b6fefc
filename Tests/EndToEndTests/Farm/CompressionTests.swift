import Fakes
import Testing

/// `spamd-compress`: the message goes to spamd in zlib's format (SPAMC/1.5, `Compress: zlib`).
@Suite struct CompressionTests {
    private func site(_ address: String, _ settings: [String: String] = [:]) throws -> Site {
        try Site(["spamd": address, "spamd-compress": "yes"].merging(settings) { $1 })
    }

    private func field(_ name: String, in request: FakeRequest) -> String? {
        let lines = String(decoding: request.head, as: UTF8.self).split(separator: "\r\n")
        return lines.first { $0.lowercased().hasPrefix(name + ": ") }.map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    @Test func `Over TCP every message is compressed and comes out whole`() throws {
        let spamd = try FakeSpamd(at: .tcp())
        defer { spamd.stop() }
        let site = try site(spamd.address)
        let noise = (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 * 2_654_435_761) >> 7) }
        let large = SampleMessages.filler(bytes: 249_999)
        for message in [SampleMessages.clean, SampleMessages.binary, noise, large, Array("\n".utf8), []] {
            #expect(try site.run(message).exitStatus == 0)
            let request = try #require(spamd.requests.last)
            #expect(request.message == message)
            #expect(field("compress", in: request) == "zlib")
            #expect(request.halfClosed)
        }
        let length = try #require(field("content-length", in: spamd.requests[3]).flatMap(Int.init))
        #expect(length < large.count / 2)
        spamd.waitUntilIdle()
        #expect(spamd.problems == [])
    }

    @Test func `The message that goes on is the sender's, with what spamd has added`() throws {
        let spamd = try FakeSpamd(at: .tcp6)
        defer { spamd.stop() }
        let site = try site(spamd.address, ["spamd-command": "process"])
        #expect(try site.run(SampleMessages.binary).exitStatus == 0)
        let queued = try site.queued().message
        #expect(queued.starts(with: Array("X-Spam-Checker-Version:".utf8)))
        #expect(Array(queued.suffix(SampleMessages.binary.count)) == SampleMessages.binary)
    }

    @Test func `A socket in the file system gets the message as it is, and so does everybody without the setting`()
        throws
    {
        let local = try FakeSpamd()
        let remote = try FakeSpamd(at: .tcp())
        defer {
            local.stop()
            remote.stop()
        }
        #expect(try site(local.address).run(SampleMessages.clean).exitStatus == 0)
        #expect(try Site(["spamd": remote.address]).run(SampleMessages.clean).exitStatus == 0)
        for request in local.requests + remote.requests {
            #expect(field("compress", in: request) == nil)
            #expect(request.message == SampleMessages.clean)
        }
    }

    @Test func `The second host gets all of it, compressed where it is remote`() throws {
        let dies = try FakeSpamd(at: .tcp()) { $0.fault = .after(.received(1000), .reset) }
        let local = try FakeSpamd { $0.fault = .after(.received(1000), .close) }
        let works = try FakeSpamd(at: .tcp())
        defer {
            for spamd in [dies, local, works] { spamd.stop() }
        }
        let site = try site("\(dies.address),\(local.address),\(works.address)", ["spam-hits": "yes"])
        let message = SampleMessages.gtube + SampleMessages.filler(bytes: 200_000)
        #expect(try site.run(message).exitStatus == 31)
        #expect(works.requests.first?.message == message)
    }

    @Test(arguments: ["process", "headers", "check"]) func `Real spamd understands it`(command: String) throws {
        let site = try site(RealScanners.spamd().tcp, ["spam-hits": "100", "spamd-command": command])
        let spam = try site.run(SampleMessages.gtube)
        #expect(spam.exitStatus == 31, "\(spam.logLines)")
        let message = SampleMessages.clean + SampleMessages.filler(bytes: 100_000)
        let clean = try site.run(message)
        #expect(clean.exitStatus == 0)
        #expect(clean.notes == [])
        #expect(clean.events.first?.scores != nil, "\(clean.logLines)")
        let body = Array(message.suffix(100_000))
        #expect(Array(try site.queued().message.suffix(body.count)) == body)
    }
}
