import Glibc
import SystemPackage

/// Where a fake listens.
package enum Place: Sendable, Equatable {
    /// A socket in a temporary directory of its own.
    case unix
    /// A socket at this path, which must not exist yet.
    case unixAt(path: String)
    /// A literal IPv4 or IPv6 address; port 0 is one that is free.
    case tcp(host: String = "127.0.0.1", port: UInt16 = 0)

    /// A free port of `::1`.
    package static let tcp6 = Place.tcp(host: "::1")

    /// Reads the text of a setting: `unix:/path`, `/path`, `tcp:127.0.0.1:3310`, `tcp:[::1]:0`, `127.0.0.1:0`.
    ///
    /// Nil where it is none of them.
    package init?(_ text: String) {
        if text.hasPrefix("/") {
            self = .unixAt(path: text)
        } else if text.hasPrefix("unix:/") {
            self = .unixAt(path: String(text.dropFirst("unix:".count)))
        } else {
            let address = text.hasPrefix("tcp:") ? text.dropFirst("tcp:".count) : text[...]
            guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...])
            else { return nil }
            let host = address[..<colon]
            self = .tcp(host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), port: port)
        }
    }
}

/// A socket address in the form that `bind(2)` takes.
struct SocketAddress {
    /// A `sockaddr_un`, `sockaddr_in` or `sockaddr_in6`, byte for byte.
    private let bytes: [UInt8]
    let family: Int32

    /// - Throws: `ENAMETOOLONG` for a path that does not fit.
    init(unix path: String) throws(Errno) {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let text = Array(path.utf8)
        guard text.count < room else { throw .fileNameTooLong }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        bytes = withUnsafeBytes(of: address) { Array($0) }
        family = AF_UNIX
    }

    /// - Throws: `EINVAL` for a host that is no literal address.
    init(host: String, port: UInt16) throws(Errno) {
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            bytes = withUnsafeBytes(of: four) { Array($0) }
            family = AF_INET
        } else if inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            bytes = withUnsafeBytes(of: six) { Array($0) }
            family = AF_INET6
        } else {
            throw .invalidArgument
        }
    }

    /// Calls `bind(2)` or `connect(2)`.
    func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        bytes.withUnsafeBytes { raw in
            guard let address = raw.baseAddress else { return -1 }
            return call(address.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }

    /// The port that the system chose for a bound socket.
    static func port(of socket: FileDescriptor) -> UInt16 {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.rawValue, $0, &length) }
        }
        // sin_port and sin6_port are at the same place.
        return result == 0 ? UInt16(bigEndian: address.sin6_port) : 0
    }
}
