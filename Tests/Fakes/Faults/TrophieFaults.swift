/// What a trophie can do wrong.
package enum TrophieFaults {
    package typealias Row = FaultRow<FakeTrophie.Behaviour>

    /// Each of them ends a scan without a verdict.
    package static let rows =
        Row.connectionFaults(sendsMessage: false) {
            $0.fault = $1
            // Not `0`: that is an answer without its newline too.
            $0.verdict = .raw("-1:an error\n")
        } + [
            answer("nothing at all", "", says: "without an answer"),
            answer("an empty line", "\n", says: "empty line"),
            answer("an error", "-1\n", says: "-1"),
            answer("an error with a reason", "-1:no such file\n", says: "no such file"),
            answer("the other error", "-2\n", says: "-2"),
            answer("a number that nobody knows", "2\n"),
            answer("a clean one that is not exact", "00\n"),
            answer("a clean one with a blank", "0 \n"),
            answer("a clean one in words", "OK\n"),
            answer("a line without end", String(repeating: "0", count: 300_000), says: "too long"),
        ]

    private static func answer(_ description: String, _ text: String, says error: String = "") -> Row {
        Row("it answers " + description, says: error) { $0.verdict = .raw(text) }
    }
}
