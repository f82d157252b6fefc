import SimscanNative
import Testing

@Suite struct ScannerAddressTests {
    static let accepted: [(String, ScannerAddress)] = [
        ("unix:/run/clamav/clamd.ctl", .unix(path: "/run/clamav/clamd.ctl")),
        ("/run/clamav/clamd.ctl", .unix(path: "/run/clamav/clamd.ctl")),
        ("unix:/with blank:and colon", .unix(path: "/with blank:and colon")),
        ("/" + String(repeating: "s", count: 106), .unix(path: "/" + String(repeating: "s", count: 106))),
        ("tcp:127.0.0.1:1", .tcp(host: "127.0.0.1", port: 1)),
        ("tcp:scanner.example:65535", .tcp(host: "scanner.example", port: 65535)),
        ("tcp:scanner.example.:7", .tcp(host: "scanner.example.", port: 7)),
        ("tcp:scanner", .tcp(host: "scanner", port: 3310)),
        ("scanner", .tcp(host: "scanner", port: 3310)),
        ("scan_1-a:99", .tcp(host: "scan_1-a", port: 99)),
        ("1st.example:99", .tcp(host: "1st.example", port: 99)),
        ("10.0.0.5", .tcp(host: "10.0.0.5", port: 3310)),
        ("tcp:[2001:db8::1]:783", .tcp(host: "2001:db8::1", port: 783)),
        ("[::1]:5", .tcp(host: "::1", port: 5)),
        ("[::ffff:10.0.0.1]", .tcp(host: "::ffff:10.0.0.1", port: 3310)),
    ]

    static let refused = [
        "", " ", ":", ":99", "tcp:", "tcp::99", "unix:", "unix:/", "/", "unix:run/x", "unix://\0",
        "/" + String(repeating: "s", count: 107), "unix:/" + String(repeating: "s", count: 107),
        "a:", "a:0", "a:65536", "a:99999999999", "a:-1", "a:+1", "a:1x", "a: 1", "a:1:2", "tcp:a:b",
        "::1", "2001:db8::1", "tcp:2001:db8::1", "tcp:2001:db8::1:783",
        "[::1", "[]", "[]:9", "[::1]x", "[::1]:", "[::1]:0", "[::1]99", "[1.2.3.4]:9", "[:::]:9", "[a]:9",
        "[fe80::1%eth0]:9",
        "a b", "a\tb", "é", "a/b", "a..b", ".a", "-a", "a-", "a.-b", "a\0", "*", "tcp:7",
        "1.2.3", "1.2.3.256", "1.2.3.4.5", "1..2", "127.1", "12345",
        "yes", "no", "on", "off", "true", "false", "none",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
    ]

    @Test(arguments: accepted) func `A scanner's address is read`(text: String, address: ScannerAddress) throws {
        #expect(try ScannerAddress(text, defaultPort: 3310) == address)
    }

    @Test(arguments: accepted) func `An address's description is read back to the same address`(
        text: String, address: ScannerAddress
    ) throws {
        #expect(try ScannerAddress(address.description, defaultPort: nil) == address)
    }

    @Test(arguments: refused) func `What is no address is refused and quoted`(text: String) {
        let error = #expect(throws: SettingError.self) { _ = try ScannerAddress(text, defaultPort: 3310) }
        guard case .badValue(let found, let allowed) = error else {
            Issue.record("no bad value: \(text)")
            return
        }
        #expect(found == text)
        #expect(!allowed.isEmpty)
    }

    @Test(arguments: ["scanner", "10.0.0.5", "[::1]", "tcp:scanner"])
    func `Without a usual port the port must be said`(text: String) throws {
        #expect(throws: SettingError.self) { _ = try ScannerAddress(text, defaultPort: nil) }
        #expect(throws: Never.self) { _ = try ScannerAddress(text + ":1", defaultPort: nil) }
    }
}
