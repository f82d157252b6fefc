/// What a spamd can do wrong.
package enum SpamdFaults {
    package typealias Row = FaultRow<FakeSpamd.Behaviour>

    /// Each of them ends a scan without a verdict.
    package static let rows =
        Row.connectionFaults(sendsMessage: true) { $0.fault = $1 } + [
            corruption("a body that lacks its last byte", .shorterBody(by: 1)),
            corruption("half of a body", .shorterBody(by: 120_000)),
            corruption("a body with a byte more", .longerBody(by: 1)),
            corruption("another body", .otherBody),
            corruption("a byte less than it announced", .cutShort(by: 1)),
            corruption("half of what it announced", .cutShort(by: 120_000)),
            corruption("nothing of what it announced", .cutShort(by: 1_000_000)),
            corruption("a byte more than it announced", .overlong(by: 1)),
            corruption("no length", .noLength),
            corruption("a length that is a word", .length("many")),
            corruption("a length below zero", .length("-1")),
            corruption("a length of zero", .length("0")),
            corruption("a length that no number holds", .length("99999999999999999999")),
            corruption("a length in hexadecimal", .length("0x3D2F0")),
            corruption("two lengths in one", .length("250000 250000")),
            corruption("an empty length", .length(" ")),
            // Twice a message of 4,000,000 bytes, 1 MiB, and more.
            Row("it announces more than a message can become", says: "impossible Content-length") {
                $0.corruption = .length("16000000")
            },
            score("a score that is a word", "False", "low"),
            score("a score that is no number", "False", "nan"),
            score("spam with a score that is no number", "True", "nan"),
            score("an infinite score without spam", "False", "inf"),
            score("an infinite score below zero without spam", "False", "-inf"),
            score("no score", "False", ""),
            score("a score with a comma", "False", "1,5"),
            score("neither True nor False", "Perhaps", "1.0"),
            Row("it says a threshold that is no number", says: "") {
                $0.verdict = .fixed("False", score: "1.0", threshold: "nan")
            },
            answer("nothing at all", "", says: "without an answer"),
            answer("an empty line", "\r\n"),
            answer("an error", "SPAMD/1.0 76 Bad header line: (oh)\r\n", says: "76"),
            answer("an error of an error", "SPAMD/1.1 75 EX_TEMPFAIL\r\nContent-length: 0\r\n\r\n", says: "75"),
            answer("in another protocol", "HTTP/1.1 200 OK\r\nContent-length: 3\r\n\r\nabc", says: "HTTP"),
            answer("a head and no more", "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n", says: "cut short"),
            answer("a head without a body", "SPAMD/1.1 0 EX_OK\r\nContent-length: 5\r\nSpam: False ; 0 / 5\r\n\r\n"),
            answer("a verdict alone", "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n\r\n"),
            answer(
                "spam that is an empty message", "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: True ; 9 / 5\r\n\r\n"),
            answer("two verdicts", "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9 / 5\r\nSpam: False ; 0 / 5\r\n\r\n"),
            answer("zero bytes", "\0\0\0\0"),
            Row("it never ends its header", says: "too long") {
                $0.raw = Array("SPAMD/1.1 0 EX_OK\r\n".utf8)
                $0.endless = (Array("X-Field: value\r\n".utf8), 1_000_000)
            },
            Row("it never ends its first line", says: "too long") {
                $0.raw = []
                $0.endless = (Array("SPAMD".utf8), 1_000_000)
            },
            Row("it never ends its message", says: "more than") { $0.endless = (Array("more\n".utf8), 10_000_000) },
        ]

    /// An answer whose message is not what it should be.
    package static func corruption(_ description: String, _ corruption: FakeSpamd.Corruption) -> Row {
        Row("it returns " + description, says: "") { $0.corruption = corruption }
    }

    private static func score(_ description: String, _ flag: String, _ score: String) -> Row {
        Row("it says " + description, says: "") { $0.verdict = .fixed(flag, score: score) }
    }

    private static func answer(_ description: String, _ text: String, says error: String = "") -> Row {
        Row("it answers " + description, says: error) { $0.raw = Array(text.utf8) }
    }
}
