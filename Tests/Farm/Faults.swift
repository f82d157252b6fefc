import Fakes

/// Each fault, at each phase, on the first of two hosts: every message gets its true verdict from the second.
struct FaultSection {
    let network: Network
    /// Every so many-th row of the tables; 1 is all.
    let stride: Int

    /// What makes the time pass that a fault takes.
    private static let basic = [
        "first-byte-clamd = 0.2", "first-byte-spamd = 0.2", "connect-timeout = 1", "deadline = 20",
    ]
    /// More than what the system keeps for a connection, so that the fault is met while sending.
    private static let padding = 200_000
    /// No port of root's: any scanner may listen there.
    private static let port: UInt16 = 3310

    /// One scanner, its faults, and what is asked of it.
    private struct Table<Behaviour, Scanner: Fake>: Sendable {
        let name: String
        let rows: [FaultRow<Behaviour>]
        /// The settings for two addresses.
        let settings: @Sendable (String) -> [String]
        let kinds: [Letter.Kind]
        let start: @Sendable (Place, Door, (inout Behaviour) -> Void) throws -> Scanner
    }

    func run() throws -> Tally {
        var tally = Tally()
        tally.add(
            try run(
                Table(
                    name: "clamd", rows: ClamdFaults.rows, settings: { ["clamd = " + $0] }, kinds: [.clean, .virus],
                    start: { try FakeClamd(at: $0, door: $1, $2) })))
        tally.add(
            try run(
                Table(
                    name: "spamd", rows: SpamdFaults.rows,
                    settings: { address in
                        [
                            "clamav = no", "spam = yes", "spamd = " + address, "spamd-failure = defer",
                            "spamd-command = process", "spam-hits = yes",
                        ]
                    },
                    kinds: [.clean, .spam], start: { try FakeSpamd(at: $0, door: $1, $2) })))
        tally.add(
            try run(
                Table(
                    name: "trophie", rows: TrophieFaults.rows,
                    settings: { ["clamav = no", "trophie-socket = " + $0] }, kinds: [.clean, .virus],
                    start: { try FakeTrophie(at: $0, door: $1, $2) })))
        return tally
    }

    private func run<Behaviour, Scanner: Fake>(_ table: Table<Behaviour, Scanner>) throws -> Tally {
        var tally = Tally()
        let (first, second) = (network.machines[0], network.machines[1])
        let good = try second.on { try table.start(second.place(Self.port), .open) { _ in } }
        defer { good.stop() }
        let addresses = [first, second].map { "tcp:\($0.address):\(Self.port)" }.joined(separator: ", ")
        let host = try MailHost(table.settings(addresses) + Self.basic, remembers: false)
        defer { host.remove() }
        let queue = try FakeQueue()
        defer { queue.remove() }
        // A socket in the file system is no other host.
        let rows = table.rows.filter { !$0.description.hasPrefix("unix: ") }
            .enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        for row in rows {
            let bad = try first.on { try table.start(first.place(Self.port), row.door, row.change) }
            defer { bad.stop() }
            for kind in table.kinds {
                // A spam's body may be changed, so the first one's verdict on it stands.
                let stands = kind == .spam && row.description.hasPrefix("it returns")
                try judge(kind, row.description, table.name, host, good, queue, isSecond: !stands, &tally)
            }
        }
        var count = rows.count
        for kind in network.hasNamespaces ? NetworkFault.allCases : [] {
            let bad = try first.on { try table.start(first.place(Self.port), .open) { _ in } }
            defer { bad.stop() }
            try set(kind, true)
            for letter in table.kinds { try judge(letter, kind.rawValue, table.name, host, good, queue, &tally) }
            try set(kind, false)
            count += 1
        }
        for problem in good.problems { tally.note(problem) }
        tally.require(try host.isTidy(), "files are left of \(table.name)'s messages")
        print("  \(table.name): \(count) faults, \(tally.messages) verdicts, \(tally.refused) of them refusals")
        return tally
    }

    /// What a network does to a host.
    private enum NetworkFault: String, CaseIterable {
        case dropped = "its packets vanish"
        case unreachable, prohibit, blackhole
    }

    private func set(_ fault: NetworkFault, _ isOn: Bool) throws {
        let machine = network.machines[0]
        switch fault {
        case .dropped: if isOn { try machine.cut() } else { try machine.join() }
        case .unreachable, .prohibit, .blackhole: try network.setRoute(to: machine, isOn ? fault.rawValue : nil)
        }
    }

    /// Sends a message, whose verdict must be the true one.
    private func judge(
        _ kind: Letter.Kind, _ words: String, _ scanner: String, _ host: MailHost, _ good: some Fake,
        _ queue: FakeQueue, isSecond: Bool = true, _ tally: inout Tally
    ) throws {
        good.server.forget()
        let letter = Letter(tally.messages, [kind], padding: Self.padding)
        let result = try host.send(letter, &tally, queue: queue)
        let title = "\(scanner), \(words), \(kind): "
        tally.require(result.exitStatus == letter.status, title + "\(result.ending), \(result.logLines)")
        tally.require(result.logLines.count == 1, title + "\(result.logLines)")
        guard isSecond else { return }
        let asked = good.requests.map(\.message)
        // trophie is told a path.
        let isRight = scanner == "trophie" ? asked.count == 1 : asked == [letter.message]
        tally.require(isRight, title + "the second host got \(asked.map(\.count)) bytes")
    }
}
