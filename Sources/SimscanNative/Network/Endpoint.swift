internal import Glibc

/// One socket address that can be connected to, and the words for it in a log line.
struct Endpoint {
    /// As the settings have it; with the address that a name stood for where it was one.
    let name: String
    private let storage: sockaddr_storage
    private let length: socklen_t

    /// `AF_UNIX`, `AF_INET` or `AF_INET6`.
    var family: Int32 { Int32(storage.ss_family) }
    var isUnix: Bool { family == AF_UNIX }

    /// The longest path that fits into a unix socket's address with its NUL (`unix(7)`).
    static let maximumUnixPathBytes = 107

    /// A socket in the file system; nil where the path is too long for one.
    init?(unixPath path: String) {
        guard path.utf8.count <= Self.maximumUnixPathBytes else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8)
        }
        self.init(address, name: "unix:" + path)
    }

    /// A literal IPv4 or IPv6 address; nil where it is a name.
    init?(literal host: String, port: UInt16) {
        var four = sockaddr_in()
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            self.init(four, name: ScannerAddress.tcp(host: host, port: port).description)
            return
        }
        var six = sockaddr_in6()
        // A scope (fe80::1%eth0) is a name to inet_pton.
        var address = host[...]
        if let percent = host.utf8.firstIndex(of: UInt8(ascii: "%")) {
            address = host[..<percent]
            six.sin6_scope_id = if_nametoindex(String(host[host.utf8.index(after: percent)...]))
        }
        guard inet_pton(AF_INET6, String(address), &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        self.init(six, name: ScannerAddress.tcp(host: host, port: port).description)
    }

    /// What a resolver returned.
    ///
    /// - Parameter lookedUp: the name that it stands for, as the settings have it.
    init?(_ address: UnsafePointer<sockaddr>, length: socklen_t, lookedUp: String) {
        guard Int(length) <= MemoryLayout<sockaddr_storage>.size else { return nil }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { room in
            room.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        self = Endpoint(storage: storage, length: length, name: "").named(lookedUp)
    }

    private init<Address>(_ address: Address, name: String) {
        var storage = sockaddr_storage()
        withUnsafeBytes(of: address) { bytes in
            withUnsafeMutableBytes(of: &storage) { room in room.copyMemory(from: bytes) }
        }
        self.storage = storage
        length = socklen_t(MemoryLayout<Address>.size)
        self.name = name
    }

    /// The same for every name that stands for it, in the form of the settings: `tcp:10.0.0.5:3310`.
    var address: String {
        switch family {
        case AF_INET, AF_INET6: ScannerAddress.tcp(host: numericHost, port: port).description
        default: name
        }
    }

    private var port: UInt16 {
        // sin_port and sin6_port are at the same place.
        withUnsafeBytes(of: storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    }

    private var numericHost: String {
        // Behind family and port, and for IPv6 behind the flow (`ip(7)`, `ipv6(7)`).
        let offset = family == AF_INET ? 4 : 8
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            withUnsafeBytes(of: storage) { bytes in
                guard let base = bytes.baseAddress, let room = text.baseAddress,
                    inet_ntop(family, base + offset, room, socklen_t(text.count)) != nil
                else { return "?" }
                return String(cString: room)
            }
        }
    }

    /// With the name that stood for it ahead of the address, for the log.
    private func named(_ name: String) -> Endpoint {
        Endpoint(storage: storage, length: length, name: name + " (" + numericHost + ")")
    }

    private init(storage: sockaddr_storage, length: socklen_t, name: String) {
        self.storage = storage
        self.length = length
        self.name = name
    }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafeBytes(of: storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            return body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }
}
