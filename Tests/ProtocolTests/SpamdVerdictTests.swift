import SpamdProtocol
import Testing

private func outcomeOfCheck(saying value: [UInt8]) -> ResponseOutcome {
    outcome(of: bytes("SPAMD/1.1 0 EX_OK\r\nSpam: ") + value + bytes("\r\n\r\n")) { FedResponse(.check) }
}

@Test(
    arguments: [
        ("True ; 1003.3 / 5.0", true, 1003.3, 5), ("False ; 1.5 / 5.0", false, 1.5, 5),
        ("Yes ; 7 / 5", true, 7, 5), ("No ; 1 / 5", false, 1, 5), ("true ; 7 / 5", true, 7, 5),
        ("FALSE ; 1 / 5", false, 1, 5), ("yEs ; 7 / 5", true, 7, 5), ("nO ; 7 / 5", false, 7, 5),
        ("True;7/5", true, 7, 5), ("True\t;\t7\t/\t5\t", true, 7, 5), ("True   ;   7   /   5", true, 7, 5),
        ("False ; -0.0 / 5.0", false, 0, 5), ("False ; -12.75 / -5", false, -12.75, -5),
        ("False ; +1 / 5", false, 1, 5),
        ("False ; .5 / 5.", false, 0.5, 5), ("True ; 1e3 / 5E-1", true, 1000, 0.5), ("True ; 1E+2 / 005", true, 100, 5),
        // The server's word counts, not our arithmetic.
        ("True ; 1 / 5", true, 1, 5), ("False ; 9 / 5", false, 9, 5),
        // Infinity is spam where the server says spam.
        ("True ; inf / 5", true, .infinity, 5), ("True ; Inf / 5", true, .infinity, 5),
        ("True ; +INF / 5", true, .infinity, 5), ("True ; -inf / 5", true, -.infinity, 5),
        ("True ; 1e400 / 5", true, .infinity, 5), ("False ; 1e-400 / 5", false, 0, 5),
    ] as [(Wire, Bool, Double, Double)])
func `a verdict is a word and two numbers`(value: Wire, isSpam: Bool, score: Double, threshold: Double) {
    let verdict = SpamdVerdict(isSpam: isSpam, score: score, threshold: threshold)
    let response = SpamdResponse(verdict: verdict, bodyBytes: 0)
    #expect(outcomeOfCheck(saying: value.bytes) == .complete(response, body: []))
}

@Test(
    arguments: [
        "", "True", "True ;", "True ; /", "True ; 7", "True ; 7 /", "True ; / 5", "; 7 / 5", "True 7 / 5", "True ; 7 5",
        "Maybe ; 7 / 5", "True, ; 7 / 5", "Truely ; 7 / 5", "1 ; 7 / 5", "True False ; 7 / 5", "True ; 7 / 5 / 6",
        "True ; ; 7 / 5", "True ; 7 / 5 ; 6", "True ; 7 / 5 x", "True / 5 ; 7",
        "True ; nan / 5", "True ; NaN / 5", "True ; -nan / 5", "False ; nan / 5", "True ; nan(0x1) / 5",
        "False ; inf / 5", "False ; -inf / 5", "False ; 1e400 / 5", "True ; infinity / 5", "True ; in / 5",
        "True ; 7 / nan", "True ; 7 / inf", "True ; 7 / 1e400",
        "True ; 0x10 / 5", "True ; 0x1p4 / 5", "True ; 1p4 / 5", "True ; 7,5 / 5", "True ; 1_000 / 5",
        "True ; 7.5.1 / 5",
        "True ; . / 5", "True ; - / 5", "True ; +-7 / 5", "True ; - 7 / 5", "True ; 7- / 5", "True ; e3 / 5",
        "True ; 1e / 5", "True ; 1e+ / 5", "True ; 1e3.5 / 5", "True ; seven / 5", "True ; ٧ / 5", "True ; 7f / 5",
    ] as [Wire])
func `anything else is no verdict`(value: Wire) {
    let shown = value.bytes.reversed().drop { $0 == UInt8(ascii: " ") }.reversed()
    #expect(outcomeOfCheck(saying: value.bytes) == .failed(.malformedVerdict(text: Array(shown))))
}
