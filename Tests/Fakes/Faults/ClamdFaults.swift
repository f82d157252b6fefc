/// What a clamd can do wrong.
package enum ClamdFaults {
    package typealias Row = FaultRow<FakeClamd.Behaviour>

    /// Each of them ends a scan without a verdict.
    package static let rows =
        Row.connectionFaults(sendsMessage: true) { $0.fault = $1 } + [
            answer("nothing at all", "", says: "without an answer"),
            answer("an empty line", "\0", says: "empty line"),
            answer("an empty line in the other form", "\n", says: "empty line"),
            answer("OK without what was scanned", "OK\0"),
            answer("OK for something else", "/tmp/message: OK\0"),
            answer("the answer to another command", "PONG\0"),
            answer("OK in small letters", "stream: ok\0"),
            answer("OK and more", "stream: OK, as far as it goes\0"),
            answer("OK with a blank behind it", "stream: OK \0"),
            answer("OK without an end", "stream: OK", says: "cut short"),
            answer("OK that ends in a newline", "stream: OK\n"),
            answer("OK and the beginning of another line", "stream: OK\0stream: ", says: "cut short"),
            answer("OK and an error", "stream: OK\0stream: Cannot read. ERROR\0", says: "ERROR"),
            answer("the number of a session", "1: stream: OK\0"),
            answer("a word that nobody knows", "stream: FINE\0"),
            answer("that it is not ready", "COMMAND UNAVAILABLE\0", says: "COMMAND UNAVAILABLE"),
            answer("that it does not know the command", "UNKNOWN COMMAND\0", says: "UNKNOWN COMMAND"),
            answer("an error with what was scanned", "stream: Can't allocate memory ERROR\0", says: "Can't allocate"),
            answer("an error without it", "Error processing command. ERROR\0", says: "processing command"),
            answer("a line without end", String(repeating: "a", count: 300_000), says: "too long"),
            answer("lines without end", String(repeating: "stream: OK\0", count: 30_000), says: "too long"),
            answer("control bytes", "\u{1b}[2J\r\u{7}\0"),
        ]

    private static func answer(_ description: String, _ text: String, says error: String = "") -> Row {
        Row("it answers " + description, says: error) { $0.verdict = .raw(text) }
    }
}
