/// The hosts of one scanner that a message has not been taken to yet, in the order of asking.
struct HostList {
    enum Host {
        case endpoint(Endpoint)
        /// Its addresses are asked for when its turn comes.
        case name(host: String, port: UInt16)
    }

    private let order: HostOrder
    private var hosts: [Host]
    private var random = KernelRandom()

    /// - Parameter hosts: in the order of the settings, literal addresses or names.
    init(_ hosts: [ScannerHost], order: HostOrder) {
        self.order = order
        self.hosts = []
        let ordered = order == .spread && hosts.count > 1 ? drawn(hosts) : hosts
        self.hosts = ordered.map { host in
            switch host.address {
            case .unix(let path):
                // A path that does not fit was refused when the settings were compiled; as a name it fails
                // with its own words instead of silently falling out of the list.
                Endpoint(unixPath: path).map(Host.endpoint) ?? .name(host: path, port: 0)
            case .tcp(let host, let port):
                Endpoint(literal: host, port: port).map(Host.endpoint) ?? .name(host: host, port: port)
            }
        }
    }

    var isEmpty: Bool { hosts.isEmpty }

    mutating func next() -> Host? { hosts.isEmpty ? nil : hosts.removeFirst() }

    /// A host that is being asked already is not asked again, unless it is put back.
    mutating func remove(_ endpoint: Endpoint) {
        hosts.removeAll { host in
            guard case .endpoint(let other) = host else { return false }
            return other.name == endpoint.name
        }
    }

    /// What a name stood for comes next: in the resolver's order, or in any where the mail is spread.
    mutating func insertNext(_ endpoints: [Endpoint]) {
        let ordered = order == .spread && endpoints.count > 1 ? endpoints.shuffled(using: &random) : endpoints
        hosts.insert(contentsOf: ordered.map(Host.endpoint), at: 0)
    }

    /// A host that was given up for another one that was quicker may still be needed.
    mutating func putBack(_ endpoint: Endpoint) {
        hosts.append(.endpoint(endpoint))
    }

    /// All of them, one drawn after the other, each as likely as its share of the weights that are left.
    private mutating func drawn(_ hosts: [ScannerHost]) -> [ScannerHost] {
        var left = hosts
        var total = left.reduce(0) { $0 + $1.weight }
        var drawn: [ScannerHost] = []
        while left.count > 1 {
            var ticket = Int(random.next() % UInt64(total))
            let winner = left.firstIndex { host in
                ticket -= host.weight
                return ticket < 0
            }
            let host = left.remove(at: winner ?? 0)
            total -= host.weight
            drawn.append(host)
        }
        return drawn + left
    }
}
