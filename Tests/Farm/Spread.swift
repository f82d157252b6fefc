import Fakes

/// Six clamd hosts, spread: each gets its share of the mail, an even one or that of its weight.
struct SpreadSection {
    let network: Network
    let messages: Int

    private static let port: UInt16 = 3310
    /// With fewer than 6,000 messages chance alone does more than 15 %; five deviations come once in a million.
    private static let tolerance = 0.15
    private static let deviations = 5.0

    func run() throws -> Tally {
        var tally = Tally()
        // The smallest share is an eighth: with less, 15 % of it would be nothing unusual.
        for weights in [[1, 1, 1, 1, 1, 1], [2, 2, 2, 3, 3, 4]] { tally.add(try run(weights)) }
        return tally
    }

    private func run(_ weights: [Int]) throws -> Tally {
        let clamds = try network.machines.prefix(weights.count).map { machine in
            try machine.on { try FakeClamd(at: machine.place(Self.port)) }
        }
        defer { for clamd in clamds { clamd.stop() } }
        let addresses = zip(clamds, weights).map { clamd, weight in
            clamd.address + (weight == 1 ? "" : " weight=\(weight)")
        }
        let host = try MailHost(["clamd = " + addresses.joined(separator: ", "), "clamd-order = spread"])
        defer { host.remove() }
        let delivery = Delivery(
            messages: messages, concurrency: 8, kinds: [.clean, .virus], host: { _ in host },
            progress: { through in
                // What was asked is memory.
                if through.isMultiple(of: 100) { for clamd in clamds { clamd.server.forget() } }
            })
        var tally = try delivery.run()
        tally.require(tally.deferred == 0, "\(tally.deferred) messages are deferred, and all hosts are up")
        let total = Double(weights.reduce(0, +))
        var shares: [String] = []
        for (clamd, weight) in zip(clamds, weights) {
            let part = Double(weight) / total
            let expected = Double(messages) * part
            let chance = Self.deviations * (expected * (1 - part)).squareRoot()
            let allowed = max(Self.tolerance * expected, messages < 6000 ? chance : 0)
            let count = clamd.server.connections
            shares.append("\(count) of \(Int(expected.rounded()))")
            tally.require(
                abs(Double(count) - expected) <= allowed,
                "\(clamd.address), weight \(weight): \(count) messages for \(Int(expected)) ± \(Int(allowed))")
        }
        let connections = clamds.reduce(0) { $0 + $1.server.connections }
        tally.require(connections == messages, "\(connections) connections for \(messages) messages")
        for problem in clamds.flatMap(\.problems) { tally.note(problem) }
        print("  weights \(weights.map(String.init).joined(separator: " ")): " + shares.joined(separator: ", "))
        return tally
    }
}
