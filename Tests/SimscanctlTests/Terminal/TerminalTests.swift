import Glibc
import Testing

@testable import simscanctl

@Suite struct TerminalTests {
    @Test(arguments: [
        ("plain text", "plain text"), ("Grüße", "Grüße"), ("a\u{1B}[2Jb", "a\\x1b[2Jb"), ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\u{202E}gpj.exe", "\\u{202e}gpj.exe"), ("\u{9B}31m", "\\x9b31m"), ("\u{200B}", "\\u{200b}"),
    ])
    func `Strangers' text cannot steer a terminal`(text: String, shown: String) {
        #expect(SafeText.text(text) == shown)
    }

    @Test func `What is no UTF-8 is shown as such`() {
        #expect(SafeText.text([0x61, 0xFF, 0x62, 0xC3]) == "a\u{FFFD}b\u{FFFD}")
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("ü", 1)])
    func `Text is as wide as its characters`(text: String, columns: Int) {
        #expect(SafeText.columns(text) == columns)
        #expect(SafeText.cut(text, to: columns) == text)
        #expect(SafeText.columns(SafeText.cut(text + text, to: columns)) <= columns)
    }

    @Test func `A table stands in columns`() throws {
        var table = Table([.left("NAME"), .right("COUNT")])
        table.add(["Eicar", "7"])
        table.add(["日本", "12345"])
        let null = open("/dev/null", O_WRONLY)
        defer { close(null) }
        #expect(table.text(for: Terminal(null)) == "NAME   COUNT\nEicar      7\n日本   12345\n")
    }

    @Test func `JSON escapes what would break it`() {
        let value = JSON.object([
            ("a\"b", .string("\\ \n \u{1} \u{2028} é")), ("n", .array([.integer(3), .number(.nan), .bool(true)])),
            ("e", .array([])),
        ])
        let expected =
            "{\n  \"a\\\"b\": \"\\\\ \\n \\u0001 \\u2028 é\",\n"
            + "  \"n\": [\n    3,\n    null,\n    true\n  ],\n  \"e\": []\n}\n"
        #expect(value.text == expected)
    }

    @Test(arguments: [(999, "999 B"), (1000, "1.0 kB"), (12_345, "12 kB"), (999_700, "1.0 MB"), (Int64.max, "9.2 EB")])
    func `Sizes are short`(count: Int64, text: String) {
        #expect(Units.bytes(count) == text)
    }

    @Test(arguments: [(0.00042, "0.42 ms"), (0.12, "120 ms"), (4.7007, "4.70 s"), (61, "61.0 s")])
    func `Times are short`(seconds: Double, text: String) {
        #expect(Units.time(seconds: seconds) == text)
    }

    @Test func `Thousands stand apart`() {
        #expect([0, 999, 1000, 1_234_567, -1000].map(Units.count) == ["0", "999", "1 000", "1 234 567", "-1 000"])
    }
}
