import Fakes
import SystemPackage
import Testing

/// The fakes themselves, driven by hand: a fake that accepts what a real server would not makes every test of
/// the filter worthless.
@Suite struct FakeServerTests {
    @Test("A byte that the script does not expect is a problem")
    func unexpectedByte() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PONG")
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems == ["connection 1: expected “PING”, got “PONG”"])
    }

    @Test("A byte behind the last that the script expects is a problem")
    func surplusByte() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PING!")
        server.waitUntilIdle()
        #expect(server.problems == ["connection 1: more than the script expected: “!”"])
    }

    @Test("A client that says nothing is a problem when the server's patience ends")
    func silentClient() throws {
        let server = try FakeServer(patience: .milliseconds(50)) { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems.count == 1)
    }

    @Test("A client that leaves early is noted, and is no problem")
    func departure() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PI")
        client.halfClose()
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems.isEmpty)
        #expect(server.departures.count == 1)
    }

    @Test("Each connection has its own script, and the last one serves the rest")
    func scripts() throws {
        let server = try FakeServer(scripts: [{ try $0.send("one") }, { try $0.send("two") }])
        defer { server.stop() }
        for text in ["one", "two", "two"] {
            #expect(String(decoding: try FakeClient(to: server.address).readToEnd(), as: UTF8.self) == text)
        }
    }

    @Test("It listens on unix sockets and on both kinds of TCP", arguments: [Place.unix, .tcp(), .tcp6])
    func places(place: Place) throws {
        let server = try FakeServer(at: place) { client in try client.send("hello", inPiecesOf: 1) }
        defer { server.stop() }
        #expect(try FakeClient(to: server.address).readToEnd() == Array("hello".utf8))
    }

    @Test("A closed door refuses, and can be opened later", arguments: [Place.unix, .tcp()])
    func lateOpening(place: Place) throws {
        let server = try FakeServer(at: place, door: .closed) { client in try client.send("hello") }
        defer { server.stop() }
        #expect(throws: Errno.connectionRefused) { try FakeClient(to: server.address) }
        try server.setDoor(.open)
        #expect(try FakeClient(to: server.address).readToEnd() == Array("hello".utf8))
        try server.setDoor(.closed)
        #expect(throws: Errno.connectionRefused) { try FakeClient(to: server.address) }
    }

    @Test("Behind an unattended door there is silence", arguments: [Place.unix, .tcp()])
    func unattended(place: Place) throws {
        let server = try FakeServer(at: place, door: .unattended) { client in try client.send("hello") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        #expect(throws: Errno.timedOut) { try client.readToEnd(upTo: .milliseconds(50)) }
        #expect(server.connections == 0)
    }

    @Test("A reset is a reset")
    func reset() throws {
        let server = try FakeServer(at: .tcp()) { client in
            try client.expect("PING")
            try client.reset()
        }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PING")
        #expect(throws: Errno.connectionReset) { try client.readToEnd() }
    }

    @Test("stop() ends a script that waits for ever", arguments: [0, 1, 2])
    func stopping(kind: Int) throws {
        let server = try FakeServer(patience: .seconds(60)) { client in
            switch kind {
            case 0: try client.expect("PING")
            case 1: try client.wait(for: Gate())
            default: try client.staySilent()
            }
        }
        let client = try FakeClient(to: server.address)
        #expect(server.waitForConnections(1))
        server.stop()
        #expect(server.problems.isEmpty)
        #expect(try client.readToEnd().isEmpty)
    }
}
