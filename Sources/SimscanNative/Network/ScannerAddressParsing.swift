import Glibc

extension ScannerAddress {
    /// The longest path that a socket address holds: `sun_path` less the final NUL (unix(7)).
    static let longestPath = 107

    /// Reads `unix:/path`, `tcp:host:port`, `tcp:[v6]:port`, a bare path, a bare host or `host:port`.
    ///
    /// Pure: no name is looked up. Throws `SettingError.badValue` with the address and what is allowed in its place;
    /// with no `defaultPort` an address must say its port.
    package init(_ text: String, defaultPort: UInt16?) throws(SettingError) {
        switch text {
        case "yes", "no", "on", "off", "none", "true", "false":
            // Such a host may exist, but whoever writes one of these means something else.
            throw .badValue(found: text, allowed: "an address: unix:/path, tcp:host:port, tcp:[v6]:port")
        default: break
        }
        if text.utf8.first == UInt8(ascii: "/") {
            self = try .socket(path: text, in: text)
        } else if text.hasPrefix("unix:") {
            self = try .socket(path: String(text.dropFirst(5)), in: text)
        } else if text.hasPrefix("tcp:") {
            self = try .endpoint(text.dropFirst(4), in: text, defaultPort: defaultPort)
        } else {
            self = try .endpoint(text[...], in: text, defaultPort: defaultPort)
        }
    }

    private static func socket(path: String, in text: String) throws(SettingError) -> ScannerAddress {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count > 1 else {
            throw .badValue(found: text, allowed: "an absolute path behind unix:, as unix:/run/clamav/clamd.ctl")
        }
        guard path.utf8.count <= longestPath, !path.utf8.contains(0) else {
            throw .badValue(found: text, allowed: "a socket's path of up to " + String(longestPath) + " bytes")
        }
        return .unix(path: path)
    }

    /// `host`, `host:port`, `[v6]`, `[v6]:port`.
    private static func endpoint(
        _ endpoint: Substring, in text: String, defaultPort: UInt16?
    ) throws(SettingError) -> ScannerAddress {
        let host: Substring
        let rest: Substring
        if endpoint.utf8.first == UInt8(ascii: "[") {
            guard let end = endpoint.utf8.firstIndex(of: UInt8(ascii: "]")) else {
                throw .badValue(found: text, allowed: "tcp:[v6]:port, with both brackets")
            }
            host = endpoint[endpoint.utf8.index(after: endpoint.startIndex)..<end]
            rest = endpoint[endpoint.utf8.index(after: end)...]
            guard isIPv6(String(host)) else {
                throw .badValue(found: text, allowed: "an IPv6 address between the brackets, as tcp:[2001:db8::1]:783")
            }
        } else {
            let end = endpoint.utf8.firstIndex(of: UInt8(ascii: ":")) ?? endpoint.endIndex
            host = endpoint[..<end]
            rest = endpoint[end...]
            if rest.utf8.dropFirst().contains(UInt8(ascii: ":")), isIPv6(String(endpoint)) {
                throw .badValue(found: text, allowed: "an IPv6 address in brackets, as tcp:[" + endpoint + "]:port")
            }
            guard isHostName(host) else {
                throw .badValue(
                    found: text, allowed: "unix:/path, tcp:host:port, tcp:[v6]:port, /path, host or host:port")
            }
        }
        return .tcp(host: String(host), port: try port(rest, in: text, defaultPort: defaultPort))
    }

    /// Nothing, or `:` and a number.
    private static func port(
        _ rest: Substring, in text: String, defaultPort: UInt16?
    ) throws(SettingError) -> UInt16 {
        if rest.isEmpty, let defaultPort { return defaultPort }
        let digits = rest.utf8.dropFirst()
        guard rest.utf8.first == UInt8(ascii: ":"), digits.count <= 5,
            digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let port = UInt16(Substring(digits)), port > 0
        else {
            throw .badValue(
                found: text, allowed: "a port from 1 to 65535 behind the host, as host:" + String(defaultPort ?? 3310))
        }
        return port
    }
}

private func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return !text.utf8.contains(0) && inet_pton(AF_INET6, text, &address) == 1
}

/// A name of labels of letters, digits, `-` and `_` (RFC 1123 section 2.1), or four numbers with dots.
private func isHostName(_ host: Substring) -> Bool {
    let bytes = host.utf8
    guard (1...253).contains(bytes.count) else { return false }
    if bytes.allSatisfy({ $0 == UInt8(ascii: ".") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }) {
        // What looks like a number is one: inet_aton(3) would read 10.5 as 10.0.0.5.
        var address = in_addr()
        return inet_pton(AF_INET, String(host), &address) == 1
    }
    for label in (bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes)
        .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    {
        guard (1...63).contains(label.count),
            label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-"),
            label.allSatisfy(isHostByte)
        else { return false }
    }
    return true
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
