import SpamdProtocol
import Testing

/// The header of a returned message, which also checks that nothing is believed before its end.
struct FedHeader: Fed {
    private var reader = RewrittenHeaderReader()

    mutating func feed(_ bytes: Span<UInt8>) {
        let wasFinished = reader.isFinished
        let before = reader.verdict
        reader.received(bytes)
        if wasFinished { #expect(reader.verdict == before, "what follows the header does not count") }
        if !reader.isFinished { #expect(reader.verdict == nil, "half a header says nothing") }
    }

    mutating func end() -> SpamdVerdict? {
        reader.reachedEnd()
        #expect(reader.isFinished)
        return reader.verdict
    }
}

private let yes = SpamdVerdict(isSpam: true, score: 15.3, threshold: 5)
private let no = SpamdVerdict(isSpam: false, score: 1.5, threshold: 5)
private let status = "X-Spam-Status: Yes, score=15.3 required=5.0 tests=GTUBE"

@Test(
    arguments: [
        (Wire(stringLiteral: status + "\n\nbody"), yes),
        (Wire(stringLiteral: status + "\r\n\r\nbody"), yes),
        (Wire(stringLiteral: status), yes),
        (Wire(stringLiteral: "Subject: x\n" + status + "\nX-Spam-Flag: YES\n"), yes),
        ("X-Spam-Status: No, score=1.5 required=5.0\n\n", no),
        ("X-Spam-Status: No, hits=1.5 required=5.0\n\n", no),
        ("x-spam-STATUS:no,hits=1.5 required=5.0\n\n", no),
        ("X-Spam-Status : No, score=1.5 required=5.0\n\n", no),
        ("X-Spam-Status: No, required=5.0 score=1.5\n\n", no),
        ("X-Spam-Status: No, score=1.5, required=5.0,\n\n", no),
        ("X-Spam-Status: No score=1.5 required=5.0\n\n", no),
        ("X-Spam-Flag: no\nX-Spam-Status: No, score=1.5 required=5.0\n\n", no),
        // Folded, in all places.
        ("X-Spam-Status:\n No,\n\tscore=1.5\n required=5.0\n tests=A,\n\tB\n\n", no),
        ("X-Spam-Status:\r\n No,\r\n\tscore=1.5\r\n required=5.0\r\n\r\n", no),
        ("X-Spam-Flag:\n\tYES\nX-Spam-Status: Yes,\n score=15.3\n required=5.0\n\n", yes),
        ("X-Spam-Flag: YES\n \nX-Spam-Status: Yes, score=15.3 required=5.0\n \n\n", yes),
        // As spamd 4.0.1 writes it.
        (
            """
            Received: from localhost by mx
            \twith SpamAssassin (version 4.0.1);
            \tSun, 22 Nov 2026 23:24:43 +0000
            Subject: test
            X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on mx
            X-Spam-Flag: YES
            X-Spam-Level: **************************************************
            X-Spam-Status: Yes, score=1005.2 required=5.0 tests=GTUBE,MISSING_DATE,
            \tMISSING_FROM autolearn=no autolearn_force=no
            \tversion=4.0.1

            X-Spam-Status: No, score=-1 required=5.0
            """, SpamdVerdict(isSpam: true, score: 1005.2, threshold: 5)
        ),
        // The flag alone has no score.
        ("X-Spam-Flag: YES\n\n", SpamdVerdict(isSpam: true, score: 0, threshold: 0)),
        ("X-Spam-Flag: NO\r\n\r\n", SpamdVerdict(isSpam: false, score: 0, threshold: 0)),
        (
            "From a@example.org Sun Nov 22 09:36:10 2026\nX-Spam-Flag: Yes\n\n",
            SpamdVerdict(isSpam: true, score: 0, threshold: 0)
        ),
        // The first of each counts, and the two must agree.
        ("X-Spam-Status: No, score=1.5 required=5.0\nX-Spam-Status: Yes, score=15.3 required=5.0\n\n", no),
        ("X-Spam-Flag: NO\nX-Spam-Flag: YES\nX-Spam-Status: No, score=1.5 required=5.0\n\n", no),
        ("X-Spam-Flag: YES\nX-Spam-Status: No, score=1.5 required=5.0\n\n", nil),
        ("X-Spam-Status: broken\nX-Spam-Status: No, score=1.5 required=5.0\n\n", nil),
        ("X-Spam-Flag: maybe\nX-Spam-Flag: NO\n\n", nil),
        // The body is never believed, nor what follows a line that is no field.
        (Wire(stringLiteral: "\n" + status + "\n\n"), nil),
        (Wire(stringLiteral: "\r\n" + status + "\r\n\r\n"), nil),
        (Wire(stringLiteral: "Subject: x\n\n" + status + "\n\n"), nil),
        (Wire(stringLiteral: "Subject: x\r\n\r\n" + status + "\r\n\r\n"), nil),
        (Wire(stringLiteral: "Subject: x\nno field\n" + status + "\n\n"), nil),
        (Wire(stringLiteral: "Subject: x\r\n\n" + status + "\n\n"), nil),
        (Wire(stringLiteral: "\0\n" + status + "\n\n"), nil),
        (Wire(stringLiteral: "Subject: x\n " + status + "\n\n"), nil),
        (Wire(stringLiteral: "Y" + status + "\n\n"), nil),
        // Nothing, and what cannot be read.
        ("", nil), ("\n", nil), ("Subject: x\n\n", nil), ("X-Spam-Status\n\n", nil), ("X-Spam-Flag:\n\n", nil),
        ("X-Spam-Status:\n\n", nil), ("X-Spam-Status: Yes\n\n", nil), ("X-Spam-Status: Yes, score=15.3\n\n", nil),
        ("X-Spam-Status: Yes, required=5.0\n\n", nil), ("X-Spam-Status: Yes, score= 15.3 required=5.0\n\n", nil),
        ("X-Spam-Status: Yes, score=\n 15.3 required=5.0\n\n", nil),
        ("X-Spam-Status: score=15.3 required=5.0\n\n", nil),
        ("X-Spam-Status: Yes, score=nan required=5.0\n\n", nil),
        ("X-Spam-Status: Yes, score=0x9 required=5.0\n\n", nil),
        ("X-Spam-Status: Yes, score=15,3 required=5.0\n\n", nil),
        ("X-Spam-Status: No, score=inf required=5.0\n\n", nil),
        (
            "X-Spam-Status: Yes, score=inf required=5.0\n\n",
            SpamdVerdict(isSpam: true, score: .infinity, threshold: 5)
        ),
        ("X-Spam-Flag: YES\rX-Spam-Flag: NO\n\n", nil),
        // A name that only begins like the one looked for, with blanks up to where names are cut.
        ("X-Spam-Flag                                        x: YES\n\n", nil),
    ] as [(Wire, SpamdVerdict?)])
func `the header of a returned message tells the verdict`(message: Wire, verdict: SpamdVerdict?) {
    expect(message.bytes, toGive: verdict) { FedHeader() }
}

@Test(arguments: [Wire(stringLiteral: status + "\n"), Wire(stringLiteral: "X-Spam-Flag: YES\r\n" + status + "\r\n")])
func `a header is over with its empty line and not before`(header: Wire) {
    var reader = RewrittenHeaderReader()
    reader.received(header.bytes.span)
    #expect(!reader.isFinished)
    #expect(reader.verdict == nil)
    reader.received(bytes("\r").span)
    #expect(!reader.isFinished)
    reader.received(bytes("\n").span)
    #expect(reader.isFinished)
    #expect(reader.verdict == yes)
}

@Test(arguments: [
    SpamdLimits.fieldNameBytes - 1, SpamdLimits.fieldNameBytes, SpamdLimits.fieldNameBytes + 1,
    SpamdLimits.fieldValueBytes - 1, SpamdLimits.fieldValueBytes, SpamdLimits.fieldValueBytes + 1, 998, 4_096, 100_000,
])
func `a field behind a line of any length is found`(length: Int) {
    for before in [bytes("X: ") + bytes(length - 3, of: "x"), bytes(length - 1, of: "x") + bytes(":")] {
        for end in ["\n", "\r\n"] {
            let message = before + bytes(end + status + end + end)
            for cutting in [Cutting.whole, .portions(1), .portions(4_096)] {
                #expect(outcome(of: message, cut: cutting, by: { FedHeader() }) == yes)
            }
        }
    }
}

@Test func `a value of just the limit is read, and of a longer one only the words that are whole`() {
    let value = bytes(" Yes, score=15.3 required=5")
    let longest = bytes(SpamdLimits.fieldValueBytes - value.count, of: " ") + value
    #expect(outcome(of: bytes("X-Spam-Status:") + longest + bytes("\n\n"), by: { FedHeader() }) == yes)
    // The number goes on beyond what is held: half of it is no number.
    #expect(outcome(of: bytes("X-Spam-Status:") + longest + bytes("0\n\n"), by: { FedHeader() }) == nil)
    // What is lost is the list of rules.
    let rules = bytes(1_000, of: "R")
    #expect(outcome(of: bytes("X-Spam-Status:") + value + bytes(" ") + rules, by: { FedHeader() }) == yes)
    let flag = bytes("X-Spam-Flag:") + bytes(SpamdLimits.fieldValueBytes - 3, of: " ") + bytes("YES")
    #expect(outcome(of: flag, by: { FedHeader() }) == SpamdVerdict(isSpam: true, score: 0, threshold: 0))
    #expect(outcome(of: flag + bytes("x"), by: { FedHeader() }) == nil)
}
