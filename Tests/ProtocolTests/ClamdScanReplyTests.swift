import ClamdProtocol
import Testing

/// A scan's answer, which also checks that an early verdict stays.
struct FedScanReply: Fed {
    private var reply: ClamdScanReply
    private var early: ClamdVerdict?

    init(_ command: ClamdScanCommand) {
        reply = ClamdScanReply(command: command)
    }

    mutating func feed(_ bytes: Span<UInt8>) {
        let verdict = reply.received(bytes)
        if let early { #expect(verdict == early, "an early verdict stays") }
        early = verdict
    }

    mutating func end() -> ClamdVerdict {
        let verdict = reply.reachedEnd()
        if let early { #expect(verdict == early, "an early verdict is the final one") }
        return verdict
    }
}

/// One row of the table: what clamd sends, and what it means.
struct ScanCase: Sendable, CustomTestStringConvertible {
    var command: ClamdScanCommand
    var reply: [UInt8]
    var verdict: ClamdVerdict

    init(_ command: ClamdScanCommand, _ reply: String, _ verdict: ClamdVerdict) {
        self.command = command
        self.reply = bytes(reply)
        self.verdict = verdict
    }

    var testDescription: String { shown(reply) }
}

private func found(_ name: String) -> ClamdVerdict { .infected(name: bytes(name)) }
private func error(_ text: String) -> ClamdVerdict { .failed(.error(text: bytes(text))) }
private func unexpected(_ text: String) -> ClamdVerdict { .failed(.unexpected(text: bytes(text))) }

/// What ClamAV 1.4.6 was seen to answer.
private let recorded = [
    ScanCase(.instream, "stream: OK\0", .clean),
    ScanCase(.instream, "stream: Eicar-Signature.UNOFFICIAL FOUND\0", found("Eicar-Signature.UNOFFICIAL")),
    ScanCase(.instream, "", .failed(.closedWithoutAnswer)),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR\0", .sizeLimitExceeded),
    ScanCase(.instream, "UNKNOWN COMMAND\0", unexpected("UNKNOWN COMMAND")),
    ScanCase(.instream, "COMMAND UNAVAILABLE\0", .failed(.unavailable)),
    ScanCase(.fildes, "fd[12]: OK\0", .clean),
    ScanCase(.fildes, "fd[12]: Eicar-Signature.UNOFFICIAL FOUND\0", found("Eicar-Signature.UNOFFICIAL")),
    ScanCase(.fildes, "fd[12]: Not a regular file ERROR\0", error("fd[12]: Not a regular file ERROR")),
    ScanCase(
        .fildes, "No file descriptor received. ERROR\0", error("No file descriptor received. ERROR")),
    ScanCase(
        .instream, "/nonexistent: File path check failure: No such file or directory. ERROR\0",
        error("/nonexistent: File path check failure: No such file or directory. ERROR")),
]

private let infections = [
    ScanCase(.instream, "stream: Some Name With Blanks FOUND\0", found("Some Name With Blanks")),
    ScanCase(.instream, "stream: Nothing FOUND here FOUND\0", found("Nothing FOUND here")),
    ScanCase(.instream, "stream: FOUND FOUND\0", found("FOUND")),
    ScanCase(.instream, "stream: OK FOUND\0", found("OK")),
    ScanCase(.instream, "stream: ERROR FOUND\0", found("ERROR")),
    ScanCase(.instream, "stream: stream: X FOUND\0", found("stream: X")),
    ScanCase(
        .instream, "stream: Name(d41d8cd98f00b204e9800998ecf8427e:68) FOUND\0",
        found("Name(d41d8cd98f00b204e9800998ecf8427e:68)")),
    ScanCase(
        .instream, "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
        found("Heuristics.Limits.Exceeded.MaxFileSize")),
    ScanCase(.instream, "stream: Évil\u{7F} FOUND\0", found("Évil\u{7F}")),
    // Forms that clamd does not send: an infection all the same.
    ScanCase(.instream, "stream: FOUND\0", found("unnamed")),
    ScanCase(.instream, "stream:  FOUND\0", found("unnamed")),
    ScanCase(.instream, "FOUND\0", found("unnamed")),
    ScanCase(.instream, "Eicar FOUND\0", found("Eicar")),
    ScanCase(.instream, "fd[3]: Eicar FOUND\0", found("fd[3]: Eicar")),
    ScanCase(.fildes, "stream: Eicar FOUND\0", found("stream: Eicar")),
    ScanCase(.fildes, "fd[]: Eicar FOUND\0", found("fd[]: Eicar")),
    ScanCase(.instream, "stream: Eicar FOUND \0", found("Eicar")),
    ScanCase(.instream, "stream: Eicar FOUND\r\n", found("Eicar")),
    ScanCase(.instream, "stream: Eicar FOUND\n", found("Eicar")),
    // The connection ends within the line.
    ScanCase(.instream, "stream: Eicar FOUND", found("Eicar")),
    ScanCase(.instream, "stream: OK\0stream: Eicar FOUND", found("Eicar")),
    // Other lines, whatever they say.
    ScanCase(.instream, "stream: OK\0stream: Eicar FOUND\0", found("Eicar")),
    ScanCase(.instream, "stream: Eicar FOUND\0stream: OK\0", found("Eicar")),
    ScanCase(.instream, "stream: A FOUND\0stream: B FOUND\0", found("A")),
    ScanCase(.instream, "\0\0stream: Eicar FOUND\0", found("Eicar")),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR\0stream: Eicar FOUND\0", found("Eicar")),
    ScanCase(.instream, "COMMAND UNAVAILABLE\0stream: Eicar FOUND\0", found("Eicar")),
]

private let failures = [
    // Not exactly the known answer.
    ScanCase(.instream, "stream: OK", .failed(.cutShort)),
    ScanCase(.instream, "stream: OK\n", unexpected("stream: OK")),
    ScanCase(.instream, "stream: OK\r\0", unexpected("stream: OK\r")),
    ScanCase(.instream, "stream: OK \0", unexpected("stream: OK ")),
    ScanCase(.instream, " stream: OK\0", unexpected(" stream: OK")),
    ScanCase(.instream, "stream:OK\0", unexpected("stream:OK")),
    ScanCase(.instream, "stream:  OK\0", unexpected("stream:  OK")),
    ScanCase(.instream, "Stream: OK\0", unexpected("Stream: OK")),
    ScanCase(.instream, "stream: ok\0", unexpected("stream: ok")),
    ScanCase(.instream, "stream: Ok\0", unexpected("stream: Ok")),
    ScanCase(.instream, "stream: OKAY\0", unexpected("stream: OKAY")),
    ScanCase(.instream, "stream: NOT OK\0", unexpected("stream: NOT OK")),
    ScanCase(.instream, "stream: stream: OK\0", unexpected("stream: stream: OK")),
    ScanCase(.instream, "OK\0", unexpected("OK")),
    ScanCase(.instream, "1: stream: OK\0", unexpected("1: stream: OK")),
    ScanCase(.instream, "fd[12]: OK\0", unexpected("fd[12]: OK")),
    ScanCase(.fildes, "stream: OK\0", unexpected("stream: OK")),
    ScanCase(.fildes, "fd[]: OK\0", unexpected("fd[]: OK")),
    ScanCase(.fildes, "fd[1x]: OK\0", unexpected("fd[1x]: OK")),
    ScanCase(.fildes, "fd[-1]: OK\0", unexpected("fd[-1]: OK")),
    ScanCase(.fildes, "fd[12] OK\0", unexpected("fd[12] OK")),
    ScanCase(.fildes, "fd[12: OK\0", unexpected("fd[12: OK")),
    ScanCase(.fildes, "12]: OK\0", unexpected("12]: OK")),
    ScanCase(.instream, "stream: \0", unexpected("stream: ")),
    ScanCase(.instream, "PONG\0", unexpected("PONG")),
    // Words that only look like the one that counts.
    ScanCase(.instream, "stream: NOTFOUND\0", unexpected("stream: NOTFOUND")),
    ScanCase(.instream, "stream: Eicar found\0", unexpected("stream: Eicar found")),
    ScanCase(.instream, "stream: Eicar FOUND.\0", unexpected("stream: Eicar FOUND.")),
    ScanCase(.instream, "stream: TERROR\0", unexpected("stream: TERROR")),
    // Empty lines, alone and around the known answer.
    ScanCase(.instream, "\0", unexpected("")),
    ScanCase(.instream, "\n", unexpected("")),
    ScanCase(.instream, "\0stream: OK\0", unexpected("")),
    ScanCase(.instream, "stream: OK\0\0", unexpected("")),
    ScanCase(.instream, "stream: OK\0\n", unexpected("")),
    // Errors, with the prefix and without; the first failure is the one told.
    ScanCase(.instream, "stream: Can't write file. ERROR\0", error("stream: Can't write file. ERROR")),
    ScanCase(.instream, "ERROR\0", error("ERROR")),
    ScanCase(.instream, "stream: COMMAND UNAVAILABLE\0", .failed(.unavailable)),
    ScanCase(.instream, "stream: COMMAND UNAVAILABLE yet\0", unexpected("stream: COMMAND UNAVAILABLE yet")),
    ScanCase(.instream, "stream: OK\0a ERROR\0b ERROR\0", error("a ERROR")),
    ScanCase(.instream, "a ERROR\0stream: OK\0", error("a ERROR")),
    // The limit's own answer, which must be as exact as a clean one: a policy may pass it.
    ScanCase(.instream, "stream: INSTREAM size limit exceeded. ERROR\0", .sizeLimitExceeded),
    ScanCase(.instream, "stream: OK\0INSTREAM size limit exceeded. ERROR\0", .sizeLimitExceeded),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR\0stream: OK\0", .sizeLimitExceeded),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR", .failed(.cutShort)),
    ScanCase(
        .instream, "INSTREAM size limit exceeded ERROR\0", error("INSTREAM size limit exceeded ERROR")),
    ScanCase(
        .fildes, "INSTREAM size limit exceeded. ERROR\0", error("INSTREAM size limit exceeded. ERROR")),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR\0x\0", unexpected("x")),
    ScanCase(.instream, "INSTREAM size limit exceeded. ERROR\0x", .failed(.cutShort)),
    // Trailing bytes.
    ScanCase(.instream, "stream: OK\0x", .failed(.cutShort)),
    ScanCase(.instream, "stream: OK\0x\0", unexpected("x")),
    ScanCase(.instream, "stream: OK\0stream: OK", .failed(.cutShort)),
    ScanCase(.instream, "stream: OK\0stream: OK\0", .clean),
]

@Test(arguments: recorded + infections + failures)
func `a scan's answer means the same however it arrives`(row: ScanCase) {
    expect(row.reply, toGive: row.verdict) { FedScanReply(row.command) }
}

@Test(arguments: recorded + infections + failures)
func `no part of a scan's answer is clean but a known answer that is whole`(row: ScanCase) {
    let known = bytes(row.command == .instream ? "stream: OK\0" : "fd[12]: OK\0")
    expectGoodPrefixes(
        of: row.reply, by: { FedScanReply(row.command) }, isGood: { $0 == .clean },
        mayBeGood: { $0 == known || $0 == known + known })
}

@Test(arguments: infections + recorded.filter { $0.command == .fildes })
func `an infection is told before the connection ends, if its line is complete`(row: ScanCase) {
    var reply = ClamdScanReply(command: row.command)
    let early = reply.received(row.reply.span)
    guard case .infected = row.verdict, row.reply.last == 0 || row.reply.last == UInt8(ascii: "\n") else {
        #expect(early == nil)
        return
    }
    #expect(early == row.verdict)
    #expect(reply.received(bytes("x\0").span) == row.verdict)
    #expect(reply.reachedEnd() == row.verdict)
}

@Test(arguments: failures + recorded.filter { $0.command == .instream && $0.reply.count < 13 })
func `nothing but an infection or a limit is told early`(row: ScanCase) {
    var reply = ClamdScanReply(command: row.command)
    #expect(reply.received(row.reply.span) == nil)
}

@Test func `a line of just the limit is taken, and one byte more ends the reading`() {
    let name = bytes(ClamdLimits.lineBytes - bytes("stream:  FOUND").count, of: "n")
    let line = bytes("stream: ") + name + bytes(" FOUND\0")
    #expect(line.count == ClamdLimits.lineBytes + 1)
    #expect(outcome(of: line, by: { FedScanReply(.instream) }) == .infected(name: name))
    #expect(outcome(of: line, cut: .portions(1), by: { FedScanReply(.instream) }) == .infected(name: name))

    var longer = ClamdScanReply(command: .instream)
    #expect(longer.received(bytes(ClamdLimits.lineBytes, of: "n").span) == nil)
    #expect(longer.received(bytes("n").span) == .failed(.tooLong))
    #expect(longer.received(bytes("\0stream: Eicar FOUND\0").span) == .failed(.tooLong))
    #expect(longer.reachedEnd() == .failed(.tooLong))
}

@Test func `an answer of just the limit is taken, and one byte more ends the reading`() {
    let line = bytes("stream: OK\0")
    let clean = Array(repeatElement(line, count: ClamdLimits.replyBytes / line.count).joined())
    let full = clean + bytes(ClamdLimits.replyBytes - clean.count, of: "x")
    #expect(outcome(of: clean, by: { FedScanReply(.instream) }) == .clean)
    #expect(outcome(of: full, by: { FedScanReply(.instream) }) == .failed(.cutShort))

    var longer = ClamdScanReply(command: .instream)
    #expect(longer.received(full.span) == nil)
    #expect(longer.received(bytes("x").span) == .failed(.tooLong))
    for cutting in [Cutting.whole, .portions(1), .portions(4_096)] {
        let seen = outcome(of: full + bytes("x\0stream: Eicar FOUND\0"), cut: cutting) { FedScanReply(.instream) }
        #expect(seen == .failed(.tooLong))
    }
}

@Test(
    arguments: [
        (.closedWithoutAnswer, "connection closed without an answer"),
        (.cutShort, "answer cut short"),
        (.unavailable, "not ready (COMMAND UNAVAILABLE)"),
        (.error(text: bytes("a\r\nb\u{1B} ERROR")), "error answer: a??b? ERROR"),
        (.unexpected(text: []), "empty line for an answer"),
        (.unexpected(text: [0x41, 0xFF, 0x7F]), "unexpected answer: A??"),
        (.unexpected(text: bytes(100, of: "x")), "unexpected answer: " + String(repeating: "x", count: 100)),
        (.unexpected(text: bytes(101, of: "x")), "unexpected answer: " + String(repeating: "x", count: 100) + "..."),
        (.tooLong, "answer too long"),
    ] as [(ClamdFailure, String)])
func `clamd's failures are short lines of printable ASCII`(failure: ClamdFailure, line: String) {
    #expect(failure.description == line)
}

@Test func `bytes after the end are our own mistake`() async {
    await #expect(processExitsWith: .failure) {
        var reply = ClamdScanReply(command: .instream)
        _ = reply.reachedEnd()
        _ = reply.received([0].span)
    }
}
