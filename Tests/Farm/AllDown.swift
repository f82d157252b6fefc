import Fakes

/// No host of a scanner has a verdict: exit 71 in the time that the settings promise, and one log line that names
/// every host with its error.
struct AllDownSection {
    let network: Network
    /// Whether clamd alone is enough.
    let isSample: Bool

    private static let port: UInt16 = 3310
    private static let deadline = 3
    private static let connectTimeout = 1
    private static let times = [
        "deadline = \(deadline)", "connect-timeout = \(connectTimeout)", "first-byte-clamd = 1", "first-byte-spamd = 1",
    ]
    /// What the program itself may take, on a machine that does other work too.
    private static let grace = Duration.milliseconds(700)

    private struct Host {
        let name: String
        /// A part of what the log says of it.
        let error: String
        let machine: Machine
        let fake: any Fake
    }

    private struct Scanner: Sendable {
        let name: String
        let settings: @Sendable (String) -> [String]
        let start: @Sendable (Place, Door, Fault?) throws -> any Fake
    }

    private static let scanners = [
        Scanner(
            name: "clamd", settings: { ["clamd = " + $0] },
            start: { place, door, fault in try FakeClamd(at: place, door: door) { $0.fault = fault } }),
        Scanner(
            name: "spamd", settings: { ["clamav = no", "spam = yes", "spamd = " + $0, "spamd-failure = defer"] },
            start: { place, door, fault in try FakeSpamd(at: place, door: door) { $0.fault = fault } }),
        Scanner(
            name: "trophie", settings: { ["clamav = no", "trophie-socket = " + $0] },
            start: { place, door, fault in try FakeTrophie(at: place, door: door) { $0.fault = fault } }),
    ]

    func run() throws -> Tally {
        var tally = Tally()
        let queue = try FakeQueue()
        defer { queue.remove() }
        for scanner in Self.scanners.prefix(isSample ? 1 : Self.scanners.count) {
            let hosts = try start(scanner)
            defer { for host in hosts { host.fake.stop() } }
            if network.hasNamespaces { try network.machines[1].cut() }
            defer { if network.hasNamespaces { try? network.machines[1].join() } }
            // With one that says nothing the deadline ends it; without, the slowest connection does.
            try run(scanner, hosts, upTo: .seconds(Self.deadline), queue, &tally)
            let others = hosts.filter { $0.name != "silent" }
            try run(scanner, others, upTo: .seconds(Self.connectTimeout), queue, &tally)
            // Refused alone: at once.
            try run(scanner, [hosts[0]], upTo: .zero, queue, &tally)
        }
        return tally
    }

    private func start(_ scanner: Scanner) throws -> [Host] {
        let kinds: [(name: String, error: String, door: Door, fault: Fault?)] = [
            ("refusing", "cannot connect, Connection refused", .closed, nil),
            ("dropping", "cannot connect, time is up", network.hasNamespaces ? .open : .full, nil),
            ("silent", "no answer in time", .open, .silent),
            ("resetting", "", .open, .after(.received(5), .reset)),
            ("closing", "", .open, .after(.received(0), .close)),
        ]
        return try zip(kinds, network.machines).map { kind, machine in
            Host(
                name: kind.name, error: kind.error, machine: machine,
                fake: try machine.on { try scanner.start(machine.place(Self.port), kind.door, kind.fault) })
        }
    }

    private func run(
        _ scanner: Scanner, _ hosts: [Host], upTo limit: Duration, _ queue: FakeQueue, _ tally: inout Tally
    ) throws {
        let addresses = hosts.map { $0.fake.address }
        // Nothing is remembered, so that every host is asked in its turn.
        let mail = try MailHost(
            scanner.settings(addresses.joined(separator: ", ")) + Self.times, remembers: false)
        defer { mail.remove() }
        let result = try mail.send(Letter(tally.messages, [.clean]), &tally, queue: queue)
        let title = "\(scanner.name), \(hosts.map(\.name)): "
        tally.require(result.exitStatus == 71, title + "\(result.ending)")
        tally.require(result.logLines.count == 1, title + "\(result.logLines)")
        let line = result.logLines.first ?? ""
        for host in hosts {
            let words = host.fake.address.replacing(":", with: "_") + "_ " + host.error
            tally.require(line.contains(words), title + "no “\(words)” in “\(line)”")
        }
        tally.requireInTime(result.duration < limit + Self.grace, title + "\(result.duration.short)")
        print(
            "  \(scanner.name), \(hosts.map(\.name).joined(separator: ", ")): \(result.ending), \(result.duration.short)"
        )
    }
}
