import Testing

@testable import SimscanNative

@Suite struct HostListTests {
    /// The names of all hosts, in the order of asking.
    private func order(_ hosts: [ScannerHost], _ order: HostOrder) -> [String] {
        var list = HostList(hosts, order: order, memory: nil)
        var names: [String] = []
        while let host = list.next() {
            switch host {
            case .endpoint(let endpoint): names.append(endpoint.name)
            case .name(let name, _): names.append(name)
            }
        }
        return names
    }

    private let hosts: [ScannerHost] = [
        .tcp(host: "10.0.0.1", port: 1, weight: 1), .unix(path: "/run/b", weight: 5), .tcp(host: "c", port: 3),
    ]

    @Test func `In their order means the order of the settings, whatever the weights`() {
        #expect(order(hosts, .first) == ["tcp:10.0.0.1:1", "unix:/run/b", "c"])
    }

    @Test func `Spread, every host comes once`() {
        for _ in 0..<100 {
            #expect(order(hosts, .spread).sorted() == ["c", "tcp:10.0.0.1:1", "unix:/run/b"])
        }
    }

    @Test(arguments: [[1, 1, 1, 1, 1, 1], [1, 2, 3], [10, 1], [1000, 1000, 500]])
    func `Spread, the first host is drawn by its weight, and so is the second where the first fails`(weights: [Int])
        throws
    {
        let hosts = weights.indices.map { ScannerHost.unix(path: "/" + String($0), weight: weights[$0]) }
        let draws = 12_000
        var firsts = [String: Int]()
        var seconds = [String: Int]()
        for _ in 0..<draws {
            let names = order(hosts, .spread)
            firsts[names[0], default: 0] += 1
            if names[0] == "unix:/0" { seconds[names[1], default: 0] += 1 }
        }
        let total = weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            let count = Double(firsts["unix:/" + String(index)] ?? 0)
            let share = Double(draws) * Double(weight) / Double(total)
            // The smallest share here is 1,090 draws, with a standard deviation of 32.
            #expect(abs(count - share) < 0.15 * share, "\(firsts)")
        }
        let rest = Double(firsts["unix:/0"] ?? 0)
        for (index, weight) in weights.enumerated().dropFirst() {
            let count = Double(seconds["unix:/" + String(index)] ?? 0)
            let share = rest * Double(weight) / Double(total - weights[0])
            #expect(abs(count - share) < 0.25 * share, "\(seconds)")
        }
    }

    @Test func `What a name stands for is asked next, in any order where the mail is spread`() throws {
        let endpoints = try (1...4).map { try #require(Endpoint(literal: "10.0.0." + String($0), port: 9)) }
        var orders = Set<[String]>()
        for _ in 0..<200 {
            var list = HostList([.tcp(host: "name", port: 9), .unix(path: "/last")], order: .first, memory: nil)
            _ = list.next()
            list.insertNext(endpoints)
            #expect(names(&list) == endpoints.map(\.name) + ["unix:/last"])

            list = HostList([.tcp(host: "name", port: 9)], order: .spread, memory: nil)
            _ = list.next()
            list.insertNext(endpoints)
            orders.insert(names(&list))
        }
        // 24 orders; that one is missing after 200 draws happens once in 200.
        #expect(orders.count > 12)
        #expect(orders.allSatisfy { $0.sorted() == endpoints.map(\.name) })
    }

    private func names(_ list: inout HostList) -> [String] {
        var names: [String] = []
        while case .endpoint(let endpoint) = list.next() { names.append(endpoint.name) }
        return names
    }
}
