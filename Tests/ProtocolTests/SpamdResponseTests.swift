import SpamdProtocol
import Testing

private let ok = "SPAMD/1.1 0 EX_OK\r\n"
private let ham = SpamdVerdict(isSpam: false, score: 1.5, threshold: 5)
private let spam = SpamdVerdict(isSpam: true, score: 1005.2, threshold: 5)

/// A message as spamd 4.0.1 returned it, NUL and all.
private let rewritten = """
    X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on mx
    X-Spam-Level: *
    X-Spam-Status: No, score=1.5 required=5.0 tests=MSGID_SHORT,NO_RECEIVED,
    \tNO_RELAYS,NULL_IN_BODY,PP_MIME_FAKE_ASCII_TEXT autolearn=no
    \tautolearn_force=no version=4.0.1
    From: a@example.org
    To: b@example.org
    Subject: hi
    Date: Sun, 22 Nov 2026 09:36:10 +0000
    Message-ID: <1@example.org>

    hello\0there

    """

/// What spamd 4.0.1 and rspamd 3.4 were seen to answer.
private let recorded = [
    ResponseCase(.ping, "SPAMD/1.5 0 PONG\r\n", nil),
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\n\r\n", ham),
    ResponseCase(.check, ok + "Spam: True ; 1005.2 / 5.0\r\n\r\n", spam),
    ResponseCase(
        .check, ok + "Spam: False ; -0.0 / 5.0\r\n\r\n", SpamdVerdict(isSpam: false, score: -0.0, threshold: 5)),
    ResponseCase(
        .symbols, ok + "Content-length: 36\r\nSpam: True ; 1005.2 / 5.0\r\n\r\n", spam,
        body: "GTUBE,MISSING_DATE,NO_RECEIVED,OTHER"),
    ResponseCase(.report, ok + "Content-length: 9\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham, body: "A report\n"),
    ResponseCase(.reportIfSpam, ok + "Content-length: 0\r\nSpam: No ; 1.5 / 5.0\r\n\r\n", ham),
    ResponseCase(
        .reportIfSpam, ok + "Content-length: 9\r\nSpam: Yes ; 1005.2 / 5.0\r\n\r\n", spam, body: "A report\n"),
    ResponseCase(
        .process, ok + "Content-length: 375\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham, body: rewritten),
    ResponseCase(
        .headers, ok + "Content-length: 14\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham, body: "Subject: hi\r\n\n"),
    ResponseCase(
        .symbols, ok + "Content-length: 7\r\nSpam: False ; 15.00 / 15.00\r\n\r\n",
        SpamdVerdict(isSpam: false, score: 15, threshold: 15), body: "GTUBE\r\n"),
    ResponseCase(.process, "", .closedWithoutAnswer),
    refused(.check, 76, "Bad header line: (Content-Length mismatch: Expected 133 bytes, got 123 bytes)"),
    refused(.check, 76, "Bad header line: (User header contains control chars)"),
    refused(.ping, 76, "Bad header line: (EOF during headers)"),
    refused(.process, 76, "Bad header line: BOGUS SPAMC/1.5"),
    refused(.symbols, 69, "Service Unavailable: Compress requires Content-length header"),
    refused(.headers, 79, "Timeout: (300 second timeout while trying to HEADERS)"),
]

private func refused(_ method: SpamdMethod, _ code: Int, _ text: String) -> ResponseCase {
    ResponseCase(method, "SPAMD/1.0 \(code) \(text)\r\n", .refused(code: code, text: bytes(text)))
}

private func unexpected(_ method: SpamdMethod, _ line: String) -> ResponseCase {
    ResponseCase(method, line + "\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", .unexpectedStatus(text: bytes(line)))
}

private func malformed(_ line: String) -> ResponseCase {
    ResponseCase(
        .check, ok + "Spam: False ; 1.5 / 5.0\r\n" + line + "\r\n\r\n", .malformedHeader(text: bytes(line)))
}

private func length(_ value: String) -> ResponseCase {
    ResponseCase(
        .process, ok + "Spam: False ; 1.5 / 5.0\r\nContent-length: " + value + "\r\n\r\nX",
        .malformedLength(text: bytes(value)))
}

private let statusLines = [
    ResponseCase(.check, "SPAMD/1.0 0 EX_OK\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham),
    ResponseCase(.check, "SPAMD/10.23 0\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham),
    ResponseCase(.check, "SPAMD/1.1  000  EX_OK\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham),
    ResponseCase(.ping, "SPAMD/1.5 0 PONG\n", nil),
    ResponseCase(.ping, "SPAMD/1.5 0 PONG\r\n\r\n", nil),
    refused(.check, 1, ""), refused(.check, 999, "a b c"),
    unexpected(.check, ""), unexpected(.check, "SPAMD"), unexpected(.check, "SPAMD/"),
    unexpected(.check, "SPAMD/1.1"), unexpected(.check, "SPAMD/1.1 "), unexpected(.check, "SPAMD/1.1 EX_OK"),
    unexpected(.check, "SPAMD/1.1 -1 EX_OK"), unexpected(.check, "SPAMD/1.1 +0 EX_OK"),
    unexpected(.check, "SPAMD/1.1 0x0 EX_OK"), unexpected(.check, "SPAMD/1.1 0000 EX_OK"),
    unexpected(.check, "SPAMD/1 0 EX_OK"), unexpected(.check, "SPAMD/1. 0 EX_OK"),
    unexpected(.check, "SPAMD/.1 0 EX_OK"), unexpected(.check, "SPAMD/1.1.1 0 EX_OK"),
    unexpected(.check, "SPAMD/x.y 0 EX_OK"), unexpected(.check, "SPAMD/ 0 EX_OK"),
    unexpected(.check, "spamd/1.1 0 EX_OK"), unexpected(.check, " SPAMD/1.1 0 EX_OK"),
    unexpected(.check, "HTTP/1.1 200 OK"), unexpected(.check, "220 mx ESMTP"), unexpected(.check, "RSPAMD/1.3 0 EX_OK"),
    unexpected(.check, "SPAMD/1.1 0 EX\u{1B}OK"), unexpected(.check, "SPAMD/1.1 0 EX\rOK"),
    unexpected(.check, "SPAMD/1.1\t0\tEX_OK"), unexpected(.check, "SPAMD/1.1 0 EX_OK\r"),
    unexpected(.ping, "SPAMD/1.5 0 EX_OK"), unexpected(.ping, "SPAMD/1.5 0 PONG "), unexpected(.ping, "SPAMD/1.5 0"),
    unexpected(.ping, "SPAMD/1.5 0 pong"),
    ResponseCase(.process, "SPAMD/1.1 0 EX_OK", .cutShort), ResponseCase(.ping, "SPAMD/1.5 0 PONG", .cutShort),
]

private let headerLines = [
    // In any case and order, with any blanks around the value, among unknown ones, and with bare newlines.
    ResponseCase(.process, ok + "spam:False ; 1.5 / 5.0\r\ncontent-LENGTH:1\r\n\r\n", ham, body: "X"),
    ResponseCase(.process, ok + "SPAM: \tFalse ; 1.5 / 5.0 \t\r\nContent-length:\t 1 \r\n\r\n", ham, body: "X"),
    ResponseCase(.check, ok + "DidSet: local\r\nX: \r\nSpam: False ; 1.5 / 5.0\r\nY:\u{E9}\r\n\r\n", ham),
    ResponseCase(
        .process, "SPAMD/1.1 0 EX_OK\nContent-length: 3\nSpam: False ; 1.5 / 5.0\n\n", ham, body: "\r\n\n"),
    // Said twice, the same.
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\nSpam: no;1.50/5\r\n\r\n", ham),
    ResponseCase(
        .process, ok + "Content-length: 1\r\nContent-length: 01\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", ham, body: "X"),
    // Said twice, and not the same.
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\nSpam: True ; 1.5 / 5.0\r\n\r\n", .contradiction),
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\nSpam: False ; 1.6 / 5.0\r\n\r\n", .contradiction),
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\nSpam: False ; 1.5 / 6.0\r\n\r\n", .contradiction),
    ResponseCase(.process, ok + "Content-length: 1\r\nContent-length: 2\r\n\r\nX", .contradiction),
    // What is no header line.
    malformed("nothing"), malformed(": value"), malformed("Spam : True ; 9 / 5"), malformed(" Spam: True ; 9 / 5"),
    malformed("\tfolded"), malformed("X: a\u{1B}"), malformed("X: a\0b"), malformed("X: a\rb"), malformed("\r"),
    malformed("X\u{1}: a"),
    // What a method needs.
    ResponseCase(.check, ok + "\r\n", .missingVerdict), ResponseCase(.symbols, ok + "\r\nGTUBE", .missingVerdict),
    ResponseCase(.report, ok + "\r\n", .missingVerdict), ResponseCase(.reportIfSpam, ok + "\r\n", .missingVerdict),
    ResponseCase(.process, ok + "Content-length: 1\r\n\r\n", nil, body: "X"),
    ResponseCase(.headers, ok + "Content-length: 1\r\n\r\n", nil, body: "X"),
    ResponseCase(.process, ok + "Spam: False ; 1.5 / 5.0\r\n\r\nX", .missingLength),
    ResponseCase(.headers, ok + "Spam: False ; 1.5 / 5.0\r\n\r\nX", .missingLength),
    ResponseCase(.process, ok + "Content-length: 0\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", .emptyMessage),
    ResponseCase(.headers, ok + "Content-length: 0\r\nSpam: False ; 1.5 / 5.0\r\n\r\n", .emptyMessage),
    // The connection ends too early.
    ResponseCase(.check, ok, .cutShort), ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\n", .cutShort),
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\n\r", .cutShort),
]

private let bodies = [
    length("-1"), length("+1"), length(""), length("x"), length("1x"), length("0x1"), length("1.0"), length("1 1"),
    length("1,000"), length("1000000000000000000"), length("9223372036854775808"), length("18446744073709551617"),
    length("99999999999999999999999999999999999999"), length("1099511627777"),
    ResponseCase(
        .process, ok + "Content-length: 1099511627776\r\n\r\nX",
        .bodyTooShort(announced: 1_099_511_627_776, received: 1)),
    ResponseCase(.process, ok + "Content-length: 2\r\n\r\nX", .bodyTooShort(announced: 2, received: 1)),
    ResponseCase(.process, ok + "Content-length: 2\r\n\r\n", .bodyTooShort(announced: 2, received: 0)),
    ResponseCase(.process, ok + "Content-length: 2\r\n\r\nXYZ", .bodyTooLong(announced: 2)),
    ResponseCase(.headers, ok + "Content-length: 2\r\n\r\nXY\r\n", .bodyTooLong(announced: 2)),
    ResponseCase(
        .symbols, ok + "Content-length: 5\r\nSpam: True ; 9 / 5\r\n\r\nGTUB", .bodyTooShort(announced: 5, received: 4)),
    ResponseCase(
        .symbols, ok + "Content-length: 5\r\nSpam: True ; 9 / 5\r\n\r\nGTUBE\r\n", .bodyTooLong(announced: 5)),
    ResponseCase(.check, ok + "Content-length: 0\r\nSpam: True ; 9 / 5\r\n\r\nX", .bodyTooLong(announced: 0)),
    // Without a length the end of the connection is the body's.
    ResponseCase(.symbols, ok + "Spam: False ; 1.5 / 5.0\r\n\r\n", ham, body: "NONE\r\n"),
    ResponseCase(.check, ok + "Spam: False ; 1.5 / 5.0\r\n\r\n", ham, body: "trailing"),
    ResponseCase(.process, ok + "Content-length: 5\r\n\r\n", nil, body: "\0\u{1}\r\n\n"),
]

@Test(arguments: recorded + statusLines + headerLines + bodies)
func `a response means the same however it arrives`(row: ResponseCase) {
    expect(row.wire, toGive: row.outcome) { FedResponse(row.method) }
}

@Test(arguments: recorded + statusLines + headerLines + bodies)
func `no part of a response is taken for the whole`(row: ResponseCase) {
    expectGoodPrefixes(
        of: row.wire, by: { FedResponse(row.method) },
        isGood: { outcome in
            switch outcome {
            case .complete: true
            case .failed: false
            }
        },
        mayBeGood: { row.mayEnd(after: $0) })
}

@Test(
    arguments: (recorded + bodies).filter { row in
        if case .complete = row.outcome { ResponseCase.announcedLength(in: row.wire[...]) != nil } else { false }
    })
func `bytes behind the announced length are a failure as soon as they are seen`(row: ResponseCase) {
    let announced = Int64(ResponseCase.announcedLength(in: row.wire[...]) ?? 0)
    for trailing in ["\n", "\r\n", "\0", "SPAMD/1.1 0 EX_OK\r\n"] {
        expect(row.wire + bytes(trailing), toGive: .failed(.bodyTooLong(announced: announced))) {
            FedResponse(row.method)
        }
    }
    var parser = SpamdResponseParser(method: row.method)
    #expect(throws: SpamdFailure.bodyTooLong(announced: announced)) {
        _ = try parser.received((row.wire + bytes("x")).span)
    }
}

@Test func `the verdict and the length are known with the empty line`() throws {
    var parser = SpamdResponseParser(method: .process)
    _ = try parser.received(bytes(ok + "Content-length: 10\r\nSpam: False ; 1.5 / 5.0\r\n\r").span)
    #expect(parser.verdict == nil)
    #expect(parser.contentLength == nil)
    #expect(try parser.received(bytes("\nab").span) == 1..<3)
    #expect(parser.verdict == ham)
    #expect(parser.contentLength == 10)
    #expect(parser.bodyBytes == 2)
}

@Test func `bytes after a complete response's end are our own mistake`() async {
    await #expect(processExitsWith: .failure) {
        var parser = SpamdResponseParser(method: .ping)
        _ = try parser.received(Array("SPAMD/1.5 0 PONG\r\n".utf8).span)
        _ = try parser.reachedEnd()
        _ = try parser.received([0].span)
    }
}
