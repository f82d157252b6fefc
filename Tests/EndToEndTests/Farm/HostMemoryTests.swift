import Fakes
import Foundation
import Testing

/// A host that is down is felt by the message that finds out, and by no other.
@Suite struct HostMemoryTests {
    private let state: TemporaryDirectory

    init() throws { state = try TemporaryDirectory(mode: 0o755) }

    private func site(_ settings: [String: String]) throws -> Site {
        try Site(["statedir": state.path].merging(settings) { $1 })
    }

    @Test func `A black hole costs the first message a quarter of a second and the next ones nothing, and heals`()
        throws
    {
        let (hole, open) = (try FakeClamd(at: .tcp(), door: .full), try FakeClamd(at: .tcp()))
        defer {
            hole.stop()
            open.stop()
        }
        let site = try site(["clamd": "\(hole.address),\(open.address)"])
        let first = try site.run(SampleMessages.eicar)
        #expect(first.exitStatus == 31)
        #expect(first.duration >= .milliseconds(250))
        #expect(try site.host(hole.address)?.contains("1 fault in a row, tried last for") == true)
        #expect(try site.host(open.address)?.contains("in use, seen alive") == true)
        // Pauses of one and of two seconds pass meanwhile: who tries again does not wait for long.
        var durations: [Duration] = []
        let end = ContinuousClock.now + .seconds(4)
        while ContinuousClock.now < end {
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == 0)
            durations.append(result.duration)
        }
        // On a machine that is busy one or the other may take longer all the same.
        #expect(durations.sorted()[durations.count * 9 / 10] < .milliseconds(250))
        try hole.server.setDoor(.open)
        let healed = ContinuousClock.now
        while hole.requests.isEmpty, ContinuousClock.now < healed + .seconds(60) {
            #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        }
        #expect(!hole.requests.isEmpty)
        #expect(try site.host(hole.address)?.contains("in use, seen alive") == true)
        _ = try site.run(SampleMessages.clean)
        #expect(hole.requests.count > 1)
    }

    @Test func `Where all hosts are in a pause, all are asked`() throws {
        let clamds = try (0..<2).map { _ in try FakeClamd(door: .closed) }
        defer { for clamd in clamds { clamd.stop() } }
        let site = try site(["clamd": clamds.map(\.address).joined(separator: ",")])
        #expect(try site.run(SampleMessages.clean).exitStatus == 71)
        for clamd in clamds { #expect(try site.host(clamd.address)?.contains("1 fault in a row") == true) }
        try clamds[0].server.setDoor(.open)
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(try site.host(clamds[0].address)?.contains("in use") == true)
    }

    /// What a host does, and whether it is marked for it.
    static let behaviours: [(name: String, isMarked: Bool, change: @Sendable (inout FakeClamd.Behaviour) -> Void)] = [
        ("reset", true, { $0.fault = .after(.received(5), .reset) }),
        ("silence", true, { $0.fault = .silent }),
        ("ERROR", false, { $0.verdict = .raw("stream: Can't allocate memory ERROR\0") }),
        ("unavailable", false, { $0.verdict = .raw("COMMAND UNAVAILABLE\0") }),
        ("wrong", false, { $0.verdict = .raw("stream: FINE\0") }),
        ("blank", false, { $0.verdict = .raw("\0") }),
        ("cut", false, { $0.verdict = .raw("stream: OK") }),
        ("end", false, { $0.verdict = .raw("") }),
    ]

    @Test(arguments: behaviours.indices, [Place.unix, .tcp()])
    func `Connect, first-byte and reset faults mark a host, and what it answers does not`(
        index: Int, place: Place
    ) throws {
        let (name, isMarked, change) = Self.behaviours[index]
        let (bad, good) = (try FakeClamd(at: place, change), try FakeClamd(at: place))
        defer {
            bad.stop()
            good.stop()
        }
        let site = try site(["clamd": "\(bad.address),\(good.address)", "first-byte-clamd": "0.2"])
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        let line = try site.host(bad.address)
        #expect((line?.contains("1 fault in a row") ?? false) == isMarked, "\(name): \(line ?? "-")")
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        #expect(bad.server.connections == (isMarked ? 1 : 2), "\(name)")
    }

    @Test func `A damaged, foreign or missing memory costs nothing but the memory`() throws {
        let (closed, open) = (try FakeClamd(door: .closed), try FakeClamd())
        defer {
            closed.stop()
            open.stop()
        }
        let site = try site(["clamd": "\(closed.address),\(open.address)"])
        for content in [Data(), Data("x".utf8), Data(repeating: 0xff, count: 70_000)] {
            try content.write(to: URL(fileURLWithPath: state.path(of: "hosts")))
            #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
            #expect(try site.hosts().count == 2)
        }
        try FileManager.default.removeItem(atPath: state.path(of: "hosts"))
        try FileManager.default.createDirectory(atPath: state.path(of: "hosts"), withIntermediateDirectories: false)
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        state.remove()
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        #expect(try site.hosts() == [state.path + "/hosts: no host is remembered"])
    }

    @Test func `With healthy hosts the memory is one open and one read, and without it nothing at all`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let addresses = "\(clamd.address),unix:/nowhere"
        let site = try site(["clamd": addresses])
        // The first message makes the file.
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        func calls() throws -> [String] {
            let trace = try Strace()
            defer { trace.remove() }
            #expect(try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }.exitStatus == 0)
            return try trace.calls().ofTheFilter.map(\.name)
        }
        let with = try calls()
        #expect(!with.contains("flock") && !with.contains("getrandom"))
        try site.change(["clamd": addresses, "statedir": "off"])
        let without = try calls()
        func count(_ name: String, _ calls: [String]) -> Int { calls.count { $0 == name } }
        // The heap may grow for it.
        for name in Set(with + without).subtracting(["brk", "mmap"]) {
            let more = ["openat": 1, "pread64": 1][name] ?? 0
            #expect(count(name, with) - count(name, without) == more, "\(name)")
        }
    }

    // MARK: reload-wait

    /// Lets so many connections of the next filter be refused, which the open fake would take.
    private func refusing(_ count: Int) throws -> Strace {
        try Strace("connect", inject: "connect:error=ECONNREFUSED:when=1..\(count)")
    }

    @Test func `A single clamd that was alive lately is waited for while it restarts`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try site(["clamd": clamd.address, "reload-wait": "10"])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        let trace = try refusing(4)
        defer { trace.remove() }
        let result = try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }
        #expect(result.exitStatus == 31)
        #expect(result.duration >= .seconds(1))
        #expect(try trace.calls().count == 5)
    }

    @Test(arguments: [
        ("it was never seen alive", ["reload-wait": "10"], false),
        ("nobody is to wait", ["reload-wait": "0"], true),
        ("nothing is remembered", ["reload-wait": "10", "statedir": "off"], true),
        ("it is not the only one", ["reload-wait": "10", "clamd": "unix:/nowhere"], true),
    ]) func `It is not waited for otherwise`(reason: String, settings: [String: String], wasAlive: Bool) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let all = ["clamd": clamd.address].merging(settings) { $0 + "," + $1 }
        let site = try site(all)
        if wasAlive { #expect(try site.run(SampleMessages.clean).exitStatus == 0) }
        let trace = try refusing(20)
        defer { trace.remove() }
        let result = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        #expect(result.exitStatus == 71, "\(reason)")
        #expect(result.what?.contains("Connection refused") == true)
        #expect(try trace.calls().count { $0.line.contains("ECONNREFUSED") } <= 2)
    }

    @Test func `The wait ends with reload-wait, and the log says what there was`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try site(["clamd": clamd.address, "reload-wait": "1"])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        try clamd.server.setDoor(.closed)
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.what == "clamd \(clamd.address.logField)_ cannot connect, Connection refused")
        #expect(result.duration >= .milliseconds(700))
        #expect(result.duration < .seconds(5))
    }

    @Test func `A clamd that says that it is not ready is waited for as well`() throws {
        let directory = try TemporaryDirectory(mode: 0o755)
        let path = directory.path(of: "clamd")
        let clamd = try FakeClamd(at: .unixAt(path: path))
        let site = try site(["clamd": path, "reload-wait": "1"])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        clamd.stop()
        let reloading = try FakeServer(
            at: .unixAt(path: path),
            scripts: [
                { client in
                    _ = try client.readLine(endingIn: 0)
                    try client.send("COMMAND UNAVAILABLE\0")
                    client.halfClose()
                    _ = try client.readToEnd()
                },
                { client in
                    _ = try client.readToEnd()
                },
            ])
        defer { reloading.stop() }
        let result = try site.run(SampleMessages.clean)
        #expect(reloading.connections == 2, "\(result.logLines)")
    }
}
