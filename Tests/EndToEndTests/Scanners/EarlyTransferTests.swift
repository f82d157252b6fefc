import Fakes
import Testing

/// A large message goes to clamd while it still arrives, and nothing is decided before it is whole.
@Suite struct EarlyTransferTests {
    private static let size = 3_000_000
    /// So much of it has arrived when the client pauses.
    private static let pause = 2_900_000
    /// So much of that clamd must have during the pause: what is left is less than one chunk.
    private static let transferred = pause - 2 * 65_536

    private static let clean = SampleMessages.filler(bytes: size)
    private static let infected =
        SampleMessages.filler(bytes: size - TestPatterns.eicar.count - 1) + TestPatterns.eicar + Array("\n".utf8)

    /// A clamd that opens a gate as soon as it has most of a message, and another when it is told that this was all.
    private final class WatchfulClamd {
        let gate = Gate()
        let ended = Gate()
        let server: FakeServer

        init(at place: Place) throws {
            server = try FakeServer(at: place) { [gate, ended] client in
                try client.expect("zINSTREAM\0")
                var message: [UInt8] = []
                while true {
                    let length = try client.read(4).reduce(0) { $0 << 8 | Int($1) }
                    if length == 0 { break }
                    message += try client.read(length)
                    if message.count >= EarlyTransferTests.transferred { gate.open() }
                }
                ended.open()
                try client.send(TestPatterns.hasEICAR(message) ? "stream: Eicar FOUND\0" : "stream: OK\0")
            }
        }
    }

    @Test(arguments: [Place.unix, .tcp()], [false, true])
    func `A slow client's last byte finds the transfer done`(place: Place, isInfected: Bool) throws {
        let message = isInfected ? Self.infected : Self.clean
        let clamd = try WatchfulClamd(at: place)
        defer { clamd.server.stop() }
        let site = try Site(["clamd": clamd.server.address])
        var run = site.filter(message)
        run.messageSource = .heldPipe(after: Self.pause)
        let filter = try run.start()
        #expect(clamd.gate.wait(upTo: .seconds(10)))
        #expect(!clamd.ended.isOpen)
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == (isInfected ? 31 : 0))
        #expect(clamd.server.connections == 1)
        #expect(clamd.server.problems == [])
        if !isInfected {
            let isWhole = try site.queued().message == message
            #expect(isWhole)
        }
    }

    @Test func `A name in /etc/hosts is looked up on the way`() throws {
        let clamd = try WatchfulClamd(at: .tcp())
        defer { clamd.server.stop() }
        let port = clamd.server.address.split(separator: ":").last ?? ""
        let site = try Site(["clamd": "tcp:localhost:\(port)"])
        var run = site.filter(Self.clean)
        run.messageSource = .heldPipe(after: Self.pause)
        let filter = try run.start()
        #expect(clamd.gate.wait(upTo: .seconds(10)))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 0)
    }

    @Test func `A client that breaks off leaves a stream without an end`() throws {
        let clamd = try WatchfulClamd(at: .unix)
        defer { clamd.server.stop() }
        let site = try Site(["clamd": clamd.server.address])
        var run = site.filter(Self.infected)
        run.messageSource = .heldPipe(after: Self.pause)
        let filter = try run.start()
        #expect(clamd.gate.wait(upTo: .seconds(10)))
        filter.kill()
        _ = filter.wait()
        #expect(clamd.server.waitUntilIdle())
        #expect(!clamd.ended.isOpen)
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: [Fault.Action.close, .reset], [100_000, 1_000_000, 2_500_000])
    func `A connection that breaks on the way costs the message no host`(
        action: Fault.Action, received: Int
    ) throws {
        // The first connection breaks, as where clamd's CommandReadTimeout has passed; the second is whole.
        let whole = WholeStream()
        let server = try FakeServer(
            at: .tcp(),
            scripts: [
                { client in
                    client.fault = .after(.received(received), action)
                    try whole.serve(client)
                },
                { client in try whole.serve(client) },
            ])
        defer { server.stop() }
        let site = try Site(["clamd": server.address])
        var run = site.filter(Self.infected)
        run.messageSource = .heldPipe(after: Self.pause)
        let filter = try run.start()
        #expect(server.waitForConnections(1))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(server.connections == 2)
    }

    @Test func `A verdict on half a message is none`() throws {
        let told = Gate()
        let server = try FakeServer(
            at: .unix,
            scripts: [
                { client in
                    try client.expect("zINSTREAM\0")
                    try client.send("stream: OK\0")
                    told.open()
                    while try client.readByte() != nil {}
                },
                { client in try WholeStream().serve(client) },
            ])
        defer { server.stop() }
        let site = try Site(["clamd": server.address])
        var run = site.filter(Self.infected)
        run.messageSource = .heldPipe(after: Self.pause)
        let filter = try run.start()
        #expect(told.wait(upTo: .seconds(10)))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(server.connections == 2)
    }

    /// clamd's side of INSTREAM, to the end of it.
    private struct WholeStream {
        func serve(_ client: Conversation) throws {
            try client.expect("zINSTREAM\0")
            var message: [UInt8] = []
            while true {
                let length = try client.read(4).reduce(0) { $0 << 8 | Int($1) }
                if length == 0 { break }
                message += try client.read(length)
            }
            try client.send(TestPatterns.hasEICAR(message) ? "stream: Eicar FOUND\0" : "stream: OK\0")
        }
    }

    @Test func `A host that takes no connections is found out by the scan, and the next one is asked`() throws {
        let first = try FakeClamd(at: .tcp(), door: .closed)
        let second = try FakeClamd(at: .tcp())
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["clamd": "\(first.address), \(second.address)"])
        let result = try site.run(Self.infected)
        #expect(result.exitStatus == 31)
        let isWhole = second.requests.first?.message == Self.infected
        #expect(isWhole)
    }

    @Test func `Nothing is sent early where the envelope decides who is scanned, or descriptors are sent`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        for settings in [["per-domain": "yes"], ["clamd-transfer": "fildes"]] {
            let site = try Site(["clamd": clamd.address])
            try site.control.write([":clam=no"], to: "simcontrol")
            try site.change(["clamd": clamd.address].merging(settings) { $1 })
            let before = clamd.server.connections
            var run = site.filter(Self.clean)
            run.messageSource = .heldPipe(after: Self.pause)
            let filter = try run.start()
            #expect(!Gate().wait(upTo: .milliseconds(300)))
            #expect(clamd.server.connections == before)
            filter.releaseMessage()
            #expect(filter.wait().exitStatus == 0)
        }
    }

    @Test func `Real clamd takes a message in pieces, and finds what stands in the last one`() throws {
        let clamd = try RealScanners.clamd()
        let site = try Site(["clamd": clamd.tcp])
        let end = TestPatterns.eicar + Array("\n".utf8)
        let message = SampleMessages.filler(bytes: RealClamd.streamMaxLength - end.count) + end
        var run = site.filter(message)
        run.messageSource = .heldPipe(after: message.count - 10)
        let filter = try run.start()
        #expect(!Gate().wait(upTo: .milliseconds(300)))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 31)
        #expect(result.what == RealClamd.eicarName)
    }

    @Test func `What real clamd says of a message over its limit is read, although it said so long ago`() throws {
        let clamd = try RealScanners.clamd()
        let site = try Site(["clamd": clamd.tcp])
        let message = SampleMessages.filler(bytes: 5_000_000)
        var run = site.filter(message)
        run.messageSource = .heldPipe(after: message.count - 10)
        let filter = try run.start()
        #expect(!Gate().wait(upTo: .milliseconds(300)))
        filter.releaseMessage()
        let result = filter.wait()
        try site.check(result)
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("StreamMaxLength") == true, "\(result.logLines)")
    }
}
