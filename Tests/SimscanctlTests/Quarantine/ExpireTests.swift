import Testing

@testable import simscanctl

@Suite struct ExpireTests {
    private static func messages() throws -> [(name: QuarantineName, size: Int64)] {
        try [("100.0.1", 10), ("200.0.1", 500), ("300.0.1", 20), ("400.0.1", 600)].map { text, size in
            (try #require(QuarantineName(text)), Int64(size))
        }
    }

    @Test(
        arguments: [
            (150, nil, nil, ["100.0.1", "200.0.1", "300.0.1"]), (nil, 100, nil, ["200.0.1", "400.0.1"]),
            (250, 100, nil, ["200.0.1"]), (nil, nil, 620, ["100.0.1", "200.0.1"]),
            (350, nil, 600, ["100.0.1", "200.0.1", "300.0.1"]),
            (nil, nil, 0, ["100.0.1", "200.0.1", "300.0.1", "400.0.1"]), (1000, nil, 10_000, []),
        ] as [(Int64?, Int64?, Int64?, [String])])
    func `Age, size and room say what goes`(olderThan: Int64?, largerThan: Int64?, keepBytes: Int64?, gone: [String])
        throws
    {
        let expired = QuarantineCommand.ExpireCommand.expired(
            try Self.messages(), now: 500, olderThan: olderThan, largerThan: largerThan, keepBytes: keepBytes)
        #expect(expired.map(\.name.description) == gone)
    }

    @Test(
        arguments: [
            ("90s", 90), ("2h", 7200), ("30d", 2_592_000), ("30", nil), ("d", nil), ("-1d", nil),
            ("9999999999999999w", nil),
        ]
            as [(String, Int64?)])
    func `Ages`(text: String, seconds: Int64?) {
        #expect(Amounts.seconds(text) == seconds)
    }

    @Test(
        arguments: [("4096", 4096), ("500k", 500_000), ("2G", 2_000_000_000), ("x", nil), ("1T", nil)]
            as [(String, Int64?)])
    func `Sizes`(text: String, bytes: Int64?) {
        #expect(Amounts.bytes(text) == bytes)
    }

    @Test(arguments: ["", "1.2", "1.2.3.4", "../1.2.3", "1.2.x", "1.2.3/", "+1.2.3", "1..3", "1.2.3\0", "٣.2.3"])
    func `No other name is a message's`(text: String) {
        #expect(QuarantineName(text) == nil)
    }
}
