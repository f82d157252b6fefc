/// Where a scanner listens.
package enum ScannerAddress: Hashable, Sendable {
    /// A socket in the file system.
    case unix(path: String)
    /// A host name or a literal IPv4 or IPv6 address (without brackets), and a port.
    case tcp(host: String, port: UInt16)
}

extension ScannerAddress: CustomStringConvertible {
    /// The form that the settings take: `unix:/path`, `tcp:host:port`, `tcp:[v6]:port`.
    package var description: String {
        switch self {
        case .unix(let path): "unix:" + path
        case .tcp(let host, let port):
            host.utf8.contains(UInt8(ascii: ":"))
                ? "tcp:[" + host + "]:" + String(port) : "tcp:" + host + ":" + String(port)
        }
    }
}
