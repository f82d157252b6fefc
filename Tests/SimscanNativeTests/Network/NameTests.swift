import Fakes
import SystemPackage
import Testing

@testable import SimscanNative

/// Names among the hosts of a scanner: every address counts, and no name server holds a message up.
@Suite struct NameTests {
    private struct Outcome {
        let answer: ScannerAnswer?
        let answeredBy: String?
        let duration: Duration

        var isClean: Bool { if case .clean = answer { true } else { false } }
        var fault: String? { if case .failed(let fault) = answer { fault.text } else { nil } }
    }

    /// Takes a small message along these hosts.
    private func scan(
        _ hosts: [ScannerHost], _ names: FakeNameServer, connect: Duration = .seconds(5),
        firstByte: Duration = .seconds(5), deadline: Duration = .seconds(20)
    ) throws -> Outcome {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let file = try UnnamedFile(in: Workdir(directory.path))
        defer { try? file.descriptor.close() }
        let text = Array("Subject: x\n\nx\n".utf8)
        try file.descriptor.writeWhole(text)
        let message = SpooledMessage(descriptor: file.descriptor, start: 0, size: Int64(text.count))
        let resolver = Resolver(servers: names.address)
        let scan = Scan(
            name: "clamd", hosts: hosts, order: .first, waits: Scan.Waits(connect: connect, firstByte: firstByte),
            spool: file.descriptor, resolver: resolver, memory: nil
        ) { _ in ClamdConversation(message) }
        let start = Instant.now
        run([scan], resolver: resolver, until: start + deadline) { false }
        return Outcome(answer: scan.answer, answeredBy: scan.answeredBy, duration: .now - start)
    }

    private func host(_ name: String, _ clamd: FakeClamd) throws -> ScannerHost {
        let port = try #require(clamd.address.split(separator: ":").last.flatMap { UInt16($0) })
        return .tcp(host: name, port: port)
    }

    private func literal(_ clamd: FakeClamd) throws -> ScannerHost { try host("127.0.0.1", clamd) }

    @Test(arguments: 1...4) func `Of a name's four addresses one is enough, whichever it is`(alive: Int) throws {
        let addresses = (1...4).map { "127.0.0." + String($0) }
        let names = FakeNameServer(["farm.example": .addresses(addresses)])
        let clamd = try FakeClamd(at: .tcp(host: addresses[alive - 1]))
        defer {
            names.stop()
            clamd.stop()
        }
        let farm = try host("farm.example", clamd)
        let outcome = try scan([farm], names)
        #expect(outcome.isClean)
        #expect(outcome.answeredBy == "\(farm.address) (127.0.0.\(alive))")
    }

    @Test func `Where all addresses of a name are down, each is told with its error`() throws {
        let names = FakeNameServer([
            "farm.example": .addresses(["127.0.0.1", "127.0.0.2"]), "gone.example": .unknown,
        ])
        let closed = try FakeClamd(at: .tcp(), door: .closed)
        defer {
            names.stop()
            closed.stop()
        }
        let outcome = try scan([try host("farm.example", closed), try host("gone.example", closed)], names)
        let farm = try host("farm.example", closed).description
        for part in [
            "clamd ", farm + " (127.0.0.1): cannot connect, Connection refused",
            farm + " (127.0.0.2): cannot connect, Connection refused",
            try host("gone.example", closed).description + ": no address, ",
        ] {
            #expect(outcome.fault?.contains(part) == true, "\(outcome.fault ?? "-")")
        }
    }

    @Test func `A name server that does not answer costs a quarter of a second where another host is literal`() throws {
        let names = FakeNameServer([:])
        let clamd = try FakeClamd(at: .tcp())
        defer {
            names.stop()
            clamd.stop()
        }
        let outcome = try scan([try host("silent.example", clamd), try literal(clamd)], names)
        #expect(outcome.isClean)
        #expect(outcome.duration >= .milliseconds(250))
        #expect(outcome.duration < .seconds(4))
    }

    @Test func `Alone it costs the time of a connection, and the log names it`() throws {
        let names = FakeNameServer(["silent.example": .silence])
        let clamd = try FakeClamd(at: .tcp())
        defer {
            names.stop()
            clamd.stop()
        }
        let outcome = try scan([try host("silent.example", clamd)], names, connect: .milliseconds(500))
        let name = try host("silent.example", clamd).description
        #expect(outcome.fault == "clamd \(name): no address in time")
        #expect(outcome.duration >= .milliseconds(500))
        #expect(outcome.duration < .seconds(4))
    }

    @Test func `The deadline ends the wait for a name server, too`() throws {
        let names = FakeNameServer([:])
        let clamd = try FakeClamd(at: .tcp())
        defer {
            names.stop()
            clamd.stop()
        }
        let hosts = [try host("silent.example", clamd), try host("other.example", clamd)]
        let outcome = try scan(hosts, names, deadline: .milliseconds(100))
        #expect(
            outcome.fault == "clamd \(hosts[0]): no address in time; \(hosts[1]): not asked, time is up")
    }

    @Test func `A name that is not known costs nothing`() throws {
        let names = FakeNameServer(["gone.example": .unknown])
        let clamd = try FakeClamd(at: .tcp())
        defer {
            names.stop()
            clamd.stop()
        }
        #expect(try scan([try host("gone.example", clamd), try literal(clamd)], names).isClean)
    }

    @Test func `Names that are looked up slowly are not given up for each other`() throws {
        let names = FakeNameServer([
            "slow.example": .late(["127.0.0.2"], milliseconds: 400), "also.example": .late([], milliseconds: 10),
        ])
        let clamd = try FakeClamd(at: .tcp(host: "127.0.0.2"))
        defer {
            names.stop()
            clamd.stop()
        }
        #expect(try scan([try host("slow.example", clamd), try host("also.example", clamd)], names).isClean)
    }

    @Test func `A name is asked beside a host that is silent`() throws {
        let names = FakeNameServer(["farm.example": .addresses(["127.0.0.1"])])
        let silent = try FakeClamd(at: .tcp()) { $0.fault = .silent }
        let clamd = try FakeClamd(at: .tcp())
        defer {
            names.stop()
            silent.stop()
            clamd.stop()
        }
        let hosts = [try literal(silent), try host("farm.example", clamd)]
        let outcome = try scan(hosts, names, firstByte: .milliseconds(100))
        #expect(outcome.isClean)
        #expect(outcome.duration < .seconds(5))
    }
}
