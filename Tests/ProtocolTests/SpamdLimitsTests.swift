import Glibc
import SpamdProtocol
import Testing

private let ok = bytes("SPAMD/1.1 0 EX_OK\r\n")
private let verdict = bytes("Spam: True ; 9 / 5\r\n")
private let emptyLine = bytes("\r\n")

/// The same for both line ends, all at once and byte by byte.
private func expectResponse(
    _ lines: [[UInt8]], _ method: SpamdMethod = .check, toGive expected: SpamdFailure?,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for end in ["\n", "\r\n"] {
        let response = lines.flatMap { $0 + bytes(end) }
        for cutting in [Cutting.whole, .portions(1)] {
            let seen = outcome(of: response, cut: cutting) { FedResponse(method) }
            guard let expected else {
                guard case .complete = seen else {
                    Issue.record("\(seen)", sourceLocation: sourceLocation)
                    return
                }
                continue
            }
            #expect(seen == .failed(expected), sourceLocation: sourceLocation)
        }
    }
}

@Test func `a status line of just the limit is taken, and one byte more is not`() {
    let start = bytes("SPAMD/1.0 76 ")
    let text = bytes(SpamdLimits.statusLineBytes - start.count, of: "x")
    expectResponse([start + text], toGive: .refused(code: 76, text: text))
    expectResponse([start + text + bytes("x")], toGive: .tooLong(.statusLine))
}

@Test func `a header line of just the limit is taken, and one byte more is not`() {
    let longest = bytes("X: ") + bytes(SpamdLimits.headerLineBytes - 3, of: "x")
    let rest = [bytes("Spam: True ; 9 / 5"), []]
    expectResponse([bytes("SPAMD/1.1 0 EX_OK"), longest] + rest, toGive: nil)
    expectResponse([bytes("SPAMD/1.1 0 EX_OK"), longest + bytes("x")] + rest, toGive: .tooLong(.headerLine))
}

@Test func `a head of just the limit is taken, and one byte more is not`() {
    var head = ok + verdict
    let filler = bytes("X: " + String(repeating: "x", count: 995) + "\r\n")
    while head.count + filler.count + 100 < SpamdLimits.headBytes { head += filler }
    let last = bytes("X: ") + bytes(SpamdLimits.headBytes - head.count - 3 - 2 * emptyLine.count, of: "x")
    for cutting in [Cutting.whole, .portions(1)] {
        let longest = head + last + emptyLine + emptyLine
        #expect(longest.count == SpamdLimits.headBytes)
        let response = SpamdResponse(verdict: SpamdVerdict(isSpam: true, score: 9, threshold: 5), bodyBytes: 0)
        #expect(outcome(of: longest, cut: cutting, by: { FedResponse(.check) }) == .complete(response, body: []))
        let longer = head + last + bytes("x") + emptyLine + emptyLine
        #expect(outcome(of: longer, cut: cutting, by: { FedResponse(.check) }) == .failed(.tooLong(.head)))
    }
}

@Test func `a report of just the limit is taken, and one byte more is not`() throws {
    var parser = SpamdResponseParser(method: .report)
    _ = try parser.received((ok + verdict + emptyLine).span)
    let half = bytes(Int(SpamdLimits.reportBytes / 2), of: "x")
    _ = try parser.received(half.span)
    _ = try parser.received(half.span)
    var longest = parser
    #expect(try longest.reachedEnd().bodyBytes == SpamdLimits.reportBytes)
    #expect(throws: SpamdFailure.tooLong(.report)) { _ = try parser.received(bytes("x").span) }
}

@Test func `a returned message is at most as long as the caller allows`() throws {
    let maximum = SpamdLimits.rewrittenBytes(ofMessage: 1000)
    #expect(maximum == 2000 + 1_048_576)
    for (length, isTaken) in [(maximum, true), (maximum + 1, false)] {
        var parser = SpamdResponseParser(method: .process, maximumBodyBytes: maximum)
        let head = ok + bytes("Content-length: \(length)\r\n") + emptyLine
        if isTaken {
            #expect(try parser.received(head.span) == head.count..<head.count)
        } else {
            #expect(throws: SpamdFailure.malformedLength(text: bytes(String(length)))) {
                _ = try parser.received(head.span)
            }
        }
    }
}

/// The body stands in memory that nobody may read.
@Test func `a returned message passes without being looked at`() throws {
    let (portions, count) = (16, 1_048_576)
    let memory = try #require(mmap(nil, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(memory, count) }
    let portion = UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: count)
    var parser = SpamdResponseParser(method: .process)
    _ = try parser.received((ok + bytes("Content-length: \(portions * count)\r\n") + emptyLine).span)
    for _ in 0..<portions {
        #expect(try parser.received(portion.span) == 0..<count)
    }
    #expect(try parser.reachedEnd().bodyBytes == Int64(portions * count))
}

@Test(
    arguments: [
        (.closedWithoutAnswer, "connection closed without an answer"),
        (.cutShort, "response cut short"),
        (.unexpectedStatus(text: bytes("220 mx\r\u{1B}")), "unexpected answer: 220 mx??"),
        (.refused(code: 76, text: bytes("Bad header line: x")), "error 76: Bad header line: x"),
        (.malformedHeader(text: [0xFF]), "malformed header line: ?"),
        (.malformedLength(text: bytes("-1")), "impossible Content-length: -1"),
        (
            .malformedVerdict(text: bytes(101, of: "x")),
            "malformed Spam line: " + String(repeating: "x", count: 100) + "..."
        ),
        (.contradiction, "response contradicts itself"),
        (.missingVerdict, "response without a Spam line"),
        (.missingLength, "message returned without a Content-length"),
        (.emptyMessage, "empty message returned"),
        (.bodyTooShort(announced: 12, received: 3), "3 bytes returned of 12 announced"),
        (.bodyTooLong(announced: 12), "more than the 12 bytes announced"),
        (.tooLong(.statusLine), "status line too long"),
        (.tooLong(.headerLine), "header line too long"),
        (.tooLong(.head), "response header too long"),
        (.tooLong(.report), "report too long"),
    ] as [(SpamdFailure, String)])
func `spamd's failures are short lines of printable ASCII`(failure: SpamdFailure, line: String) {
    #expect(failure.description == line)
}
