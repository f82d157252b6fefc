/// The hosts of one scanner that a message has not been taken to yet, in the order of asking.
struct HostList {
    enum Host {
        case endpoint(Endpoint)
        /// Its addresses are asked for when its turn comes.
        case name(host: String, port: UInt16)
    }

    /// A class, since the first array of anything else costs every process its metadata.
    private final class Entry {
        let host: Host

        init(_ host: Host) { self.host = host }
    }

    private let order: HostOrder
    private let memory: HostMemory?
    private var hosts: [Entry]
    private var random = KernelRandom()

    /// - Parameters:
    ///   - hosts: in the order of the settings, literal addresses or names.
    ///   - memory: which of them are in a pause; those come last.
    init(_ hosts: [ScannerHost], order: HostOrder, memory: HostMemory?) {
        self.order = order
        self.memory = memory
        self.hosts = []
        let ordered = order == .spread && hosts.count > 1 ? drawn(hosts) : hosts
        self.hosts = ordered.map { host in
            switch host.address {
            case .unix(let path):
                // A path that does not fit was refused when the settings were compiled; as a name it fails
                // with its own words instead of silently falling out of the list.
                Entry(Endpoint(unixPath: path).map(Host.endpoint) ?? .name(host: path, port: 0))
            case .tcp(let host, let port):
                Entry(Endpoint(literal: host, port: port).map(Host.endpoint) ?? .name(host: host, port: port))
            }
        }
        // With one host alone its mark is ignored in any case.
        guard hosts.count > 1, memory != nil else { return }
        let now = HostMemory.now
        let all = self.hosts
        self.hosts = []
        for entry in all where !isPaused(entry, now) { self.hosts.append(entry) }
        guard self.hosts.count < all.count else { return }
        for entry in all where isPaused(entry, now) { self.hosts.append(entry) }
    }

    private func isPaused(_ entry: Entry, _ now: Int64) -> Bool {
        guard case .endpoint(let endpoint) = entry.host else { return false }
        return memory?.record(of: endpoint)?.state(now: now) == .paused
    }

    var isEmpty: Bool { hosts.isEmpty }

    /// What is left, as the log names it.
    var names: [String] {
        hosts.map { entry in
            switch entry.host {
            case .endpoint(let endpoint): endpoint.name
            case .name(let host, let port): ScannerAddress.tcp(host: host, port: port).description
            }
        }
    }

    mutating func next() -> Host? { hosts.isEmpty ? nil : hosts.removeFirst().host }

    /// A host that is being asked already is not asked again, unless it is put back.
    mutating func remove(_ endpoint: Endpoint) {
        hosts.removeAll { entry in
            guard case .endpoint(let other) = entry.host else { return false }
            return other.name == endpoint.name
        }
    }

    /// What a name stood for comes next, in the resolver's order, or in any where the mail is spread; what is in a
    /// pause comes last.
    mutating func insertNext(_ endpoints: [Endpoint]) {
        let ordered = order == .spread && endpoints.count > 1 ? endpoints.shuffled(using: &random) : endpoints
        let found = ordered.map { Entry(.endpoint($0)) }
        let now = HostMemory.now
        hosts.insert(contentsOf: found.filter { !isPaused($0, now) }, at: 0)
        hosts += found.filter { isPaused($0, now) }
    }

    /// A host that was given up for another one that was quicker may still be needed.
    mutating func putBack(_ endpoint: Endpoint) {
        hosts.append(Entry(.endpoint(endpoint)))
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
