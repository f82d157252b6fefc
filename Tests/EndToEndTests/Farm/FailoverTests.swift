import Fakes
import Testing

/// Whatever the first of two hosts does wrong, the message gets its true verdict from the second.
@Suite struct FailoverTests {
    /// What makes the time pass that a fault takes.
    private static let waits = ["first-byte-clamd": "0.2", "first-byte-spamd": "0.2", "connect-timeout": "1"]

    @Test(arguments: ClamdFaultTests.rows, [SampleMessages.eicar, SampleMessages.clean])
    func `clamd`(row: FaultRow<FakeClamd.Behaviour>, content: [UInt8]) throws {
        let first = try FakeClamd(at: row.place, door: row.door, row.change)
        let second = try FakeClamd()
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["clamd": "\(first.address),\(second.address)"].merging(Self.waits) { $1 })
        // Larger than what the system keeps for a connection, so that the fault is met while sending.
        let message = content + SampleMessages.filler(bytes: 200_000)
        let result = try site.run(message)
        let isInfected = content == SampleMessages.eicar
        #expect(result.exitStatus == (isInfected ? 31 : 0), "\(result.logLines)")
        #expect(result.state == (isInfected ? "VIRUS" : "CLEAN"))
        #expect(result.notes == [])
        #expect(second.requests.map(\.message) == [message])
        if !isInfected { #expect(try site.queued().message == message) }
    }

    @Test(arguments: SpamdFaultTests.rows, [SampleMessages.gtube, SampleMessages.clean])
    func `spamd`(row: FaultRow<FakeSpamd.Behaviour>, content: [UInt8]) throws {
        let first = try FakeSpamd(at: row.place, door: row.door, row.change)
        let second = try FakeSpamd(at: .tcp())
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(
            ["spamd": "\(first.address),\(second.address)", "spam-hits": "yes", "spamd-command": "process"]
                .merging(Self.waits) { $1 })
        let message = content + SampleMessages.filler(bytes: 200_000)
        let result = try site.run(message)
        let isSpam = content == SampleMessages.gtube
        #expect(result.exitStatus == (isSpam ? 31 : 0), "\(result.logLines)")
        #expect(result.events.first?.scores?.hasPrefix(isSpam ? "1003.30/" : "-0.10/") == true)
        #expect(result.notes == [])
        // spamd may change the body of a spam: that is no failure, and the verdict is the first one's.
        if !isSpam || !row.description.hasPrefix("it returns") {
            #expect(second.requests.map(\.message) == [message])
        }
        if !isSpam { #expect(Array(try site.queued().message.suffix(message.count)) == message) }
    }

    @Test(arguments: TrophieFaultTests.rows, [SampleMessages.eicar, SampleMessages.clean])
    func `trophie`(row: FaultRow<FakeTrophie.Behaviour>, message: [UInt8]) throws {
        let first = try FakeTrophie(at: row.place, door: row.door, row.change)
        let second = try FakeTrophie()
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["trophie-socket": "\(first.address),\(second.address)"].merging(Self.waits) { $1 })
        let result = try site.run(message)
        let isInfected = message == SampleMessages.eicar
        #expect(result.exitStatus == (isInfected ? 31 : 0), "\(result.logLines)")
        #expect(result.notes == [])
        #expect(second.requests.count == 1)
    }

    @Test(arguments: ["ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT", "ECONNREFUSED", "EADDRNOTAVAIL", "EACCES"])
    func `A host that the network does not reach is passed over at once`(error: String) throws {
        let (first, second) = (try FakeClamd(at: .tcp()), try FakeClamd(at: .tcp()))
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["clamd": "\(first.address),\(second.address)"])
        let trace = try Strace("connect", inject: "connect:error=\(error):when=1")
        defer { trace.remove() }
        #expect(try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }.exitStatus == 31)
        #expect((first.server.connections, second.requests.count) == (0, 1))
    }

    @Test func `A connection that takes too long is given up for the next one`() throws {
        // Two hosts beside each other would do it as well: only the time-out is left.
        let (first, second) = (try FakeClamd(at: .tcp(), door: .full), try FakeClamd(at: .tcp()))
        defer {
            first.stop()
            second.stop()
        }
        let site = try Site(["clamd": "\(first.address),\(second.address)", "connect-timeout": "0.1"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.duration >= .milliseconds(100))
    }

    @Test func `A busy spamd is asked on, and its verdict counts where it comes first after all`() throws {
        let gate = Gate()
        let first = try FakeSpamd { $0.gate = gate }
        let second = try FakeSpamd { $0.fault = .silent }
        let third = try FakeSpamd()
        defer { for spamd in [first, second, third] { spamd.stop() } }
        let site = try Site([
            "spamd": "\(first.address),\(second.address),\(third.address)", "first-byte-spamd": "0.2",
            "spam-hits": "yes",
        ])
        let running = try site.filter(SampleMessages.gtube).start()
        #expect(second.server.waitForConnections(1))
        gate.open()
        let result = running.wait()
        #expect(result.exitStatus == 31, "\(result.logLines)")
        // One such extra request a message.
        #expect(third.server.connections == 0)
    }

    @Test func `While one is silent, a second one that fails is no reason not to ask the third`() throws {
        let silent = try FakeClamd(at: .tcp()) { $0.fault = .silent }
        let resets = try FakeClamd(at: .tcp()) { $0.fault = .after(.received(5), .reset) }
        let broken = try FakeClamd(at: .tcp()) { $0.verdict = .raw("stream: Can't allocate memory ERROR\0") }
        let good = try FakeClamd(at: .tcp())
        defer { for clamd in [silent, resets, broken, good] { clamd.stop() } }
        let addresses = [silent, resets, broken, good].map(\.address).joined(separator: ",")
        let site = try Site(["clamd": addresses, "first-byte-clamd": "0.2", "deadline": "15"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31, "\(result.logLines)")
        #expect(result.duration < .seconds(10))
    }

    @Test func `All hosts down: exit 71 in time, and one line names every host with its error`() throws {
        let refused = try FakeClamd(door: .closed)
        let full = try FakeClamd(at: .tcp(), door: .full)
        let broken = try FakeClamd { $0.verdict = .raw("stream: Can't allocate memory ERROR\0") }
        let silent = try FakeClamd(at: .tcp()) { $0.fault = .silent }
        defer { for clamd in [refused, full, broken, silent] { clamd.stop() } }
        let addresses = [refused, full, broken, silent].map(\.address)
        let site = try Site([
            "clamd": addresses.joined(separator: ",") + ",unix:/nowhere", "deadline": "2",
            "first-byte-clamd": "0.3", "connect-timeout": "0.5",
        ])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.logLines.count == 1)
        #expect(result.duration >= .seconds(2))
        #expect(result.duration < .seconds(6))
        let errors = [
            "cannot connect, Connection refused", "cannot connect, time is up",
            "error answer_ stream_ Can't allocate memory ERROR", "no answer in time",
            "cannot connect, No such file or directory",
        ]
        for (address, error) in zip(addresses + ["unix:/nowhere"], errors) {
            #expect(result.what?.contains("\(address.logField)_ \(error)") == true, "\(result.logLines)")
        }
    }

    @Test func `Without a silent host that takes no longer than the connections do`() throws {
        let site = try Site(["clamd": "unix:/nowhere,tcp:127.0.0.1:1,/nowhere/2", "deadline": "20"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(
            result.what
                == "clamd unix_/nowhere_ cannot connect, No such file or directory; tcp_127.0.0.1_1_ cannot connect, "
                + "Connection refused; unix_/nowhere/2_ cannot connect, No such file or directory")
        #expect(result.duration < .seconds(5))
    }

    /// Whatever a resolver opens or asks.
    private func resolverCalls(_ address: String) throws -> [String] {
        let site = try Site(["clamd": address])
        let trace = try Strace("openat,open,socket,connect,newfstatat,execve,exit_group")
        defer { trace.remove() }
        #expect(try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }.exitStatus == 0)
        return try trace.calls().ofTheFilter.map(\.line).filter { line in
            line.contains("SOCK_DGRAM") || line.contains("\"/etc/")
        }
    }

    @Test(arguments: [Place.unix, .tcp(), .tcp6]) func `A literal address never touches the resolver`(
        place: Place
    ) throws {
        let clamd = try FakeClamd(at: place)
        defer { clamd.stop() }
        #expect(try resolverCalls(clamd.address) == [])
        // This is what a name looks like.
        if place == .tcp() {
            let port = clamd.address.split(separator: ":").last.map(String.init) ?? ""
            #expect(try resolverCalls("tcp:localhost:\(port)").contains { $0.contains("/etc/hosts") })
        }
    }
}
