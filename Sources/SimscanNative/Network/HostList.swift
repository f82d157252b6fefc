/// The hosts of one scanner that a message has not been taken to yet, in the order of asking.
struct HostList {
    enum Host {
        case endpoint(Endpoint)
        /// Its addresses are asked for when its turn comes.
        case name(host: String, port: UInt16)
    }

    private var hosts: [Host]

    /// - Parameter addresses: in the order of the settings, literal or not.
    init(_ addresses: [ScannerAddress]) {
        hosts = addresses.map { address in
            switch address {
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

    /// What a name stood for comes next, in the resolver's order.
    mutating func insertNext(_ endpoints: [Endpoint]) {
        hosts.insert(contentsOf: endpoints.map(Host.endpoint), at: 0)
    }

    /// A host that was given up for another one that was quicker may still be needed.
    mutating func putBack(_ endpoint: Endpoint) {
        hosts.append(.endpoint(endpoint))
    }
}
