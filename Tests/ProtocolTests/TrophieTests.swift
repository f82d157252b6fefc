import Testing
import TrophieProtocol

struct FedTrophie: Fed {
    private var reply = TrophieReply()
    private var early: TrophieVerdict?

    mutating func feed(_ bytes: Span<UInt8>) {
        let verdict = reply.received(bytes)
        if let early { #expect(verdict == early, "an early verdict stays") }
        early = verdict
    }

    mutating func end() -> TrophieVerdict {
        let verdict = reply.reachedEnd()
        if let early { #expect(verdict == early, "an early verdict is the final one") }
        return verdict
    }
}

@Test(arguments: ["/", "/tmp/a b/msg.1.2.3", "/é"])
func `a path is asked for with a newline behind it`(path: String) {
    #expect(TrophieRequest.scan(path: bytes(path)) == bytes(path + "\n"))
}

@Test(arguments: ["", "tmp/a", " /tmp", "/a\n/b", "/a\0", "/a\r", "/a\tb", "/a\u{7F}", "/a\u{1B}"] as [Wire])
func `what is no absolute path, or would end early, is not asked for`(path: Wire) {
    #expect(TrophieRequest.scan(path: path.bytes) == nil)
}

@Test func `a path of just the limit is asked for, and one byte more is not`() {
    let longest = bytes("/") + bytes(TrophieRequest.maximumPathBytes - 1, of: "p")
    #expect(TrophieRequest.scan(path: longest) == longest + [UInt8(ascii: "\n")])
    #expect(TrophieRequest.scan(path: longest + bytes("p")) == nil)
}

private func found(_ name: String) -> TrophieVerdict { .infected(name: bytes(name)) }
private func error(_ text: String) -> TrophieVerdict { .failed(.error(text: bytes(text))) }
private func unexpected(_ text: String) -> TrophieVerdict { .failed(.unexpected(text: bytes(text))) }

/// Lines without their end, which is a newline, a NUL or the connection's.
private let lines: [(Wire, TrophieVerdict)] = [
    ("0", .clean), ("0:", .clean), ("0:clean", .clean), ("0:1:EICAR", .clean), ("0:text\r", .clean),
    ("1:EICAR", found("EICAR")), ("1:Two Words", found("Two Words")), ("1:a:b", found("a:b")),
    ("1: Name\r", found(" Name")), ("1:Évil", found("Évil")),
    ("1", found("unnamed")), ("1:", found("unnamed")), ("1: \t\r", found("unnamed")),
    ("-1", error("-1")), ("-1:cannot open", error("-1:cannot open")), ("-2", error("-2")), ("-2:x", error("-2:x")),
    ("2", unexpected("2")), ("00", unexpected("00")), ("01:EICAR", unexpected("01:EICAR")),
    ("0 ", unexpected("0 ")), (" 0", unexpected(" 0")), ("0\r", unexpected("0\r")), ("+0", unexpected("+0")),
    ("-0", unexpected("-0")), ("-", unexpected("-")), ("-3", unexpected("-3")), (":", unexpected(":")),
    ("0x", unexpected("0x")), ("10", unexpected("10")), ("1 EICAR", unexpected("1 EICAR")),
    ("OK", unexpected("OK")), ("clean", unexpected("clean")), ("\u{FEFF}0", unexpected("\u{FEFF}0")),
]

private let ends: [Wire] = ["\n", "\0", "", "\n1:TOO LATE\n", "\0" + "0\n", "\n\n"]

@Test(arguments: lines, ends)
func `a line means the same whatever ends it and follows it`(line: (Wire, TrophieVerdict), end: Wire) {
    let answer = line.0.bytes + end.bytes
    expect(answer, toGive: line.1) { FedTrophie() }
    expectGoodPrefixes(
        of: answer, by: { FedTrophie() }, isGood: { $0 == .clean },
        mayBeGood: { prefix in
            let first = prefix.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
            return first.elementsEqual(bytes("0")) || first.starts(with: bytes("0:"))
        })
}

@Test(
    arguments: [
        ("", .failed(.closedWithoutAnswer)), ("\n", unexpected("")), ("\0", unexpected("")), ("\n0\n", unexpected("")),
    ] as [(Wire, TrophieVerdict)])
func `an empty answer is a failure`(answer: Wire, verdict: TrophieVerdict) {
    expect(answer.bytes, toGive: verdict) { FedTrophie() }
}

@Test func `the verdict is there with the line's end`() {
    var reply = TrophieReply()
    #expect(reply.received(bytes("0").span) == nil)
    #expect(reply.received(bytes("\n").span) == .clean)
    #expect(reply.received(bytes("1:X\n").span) == .clean)
    #expect(reply.reachedEnd() == .clean)
}

@Test(arguments: ["0:", "1:", "-1:"])
func `a line of just the limit is taken, and one byte more of any is a failure`(start: String) {
    let longest = bytes(start) + bytes(TrophieReply.maximumLineBytes - start.utf8.count, of: "x")
    #expect(outcome(of: longest, by: { FedTrophie() }) != .failed(.tooLong))
    #expect(outcome(of: longest + bytes("\n"), by: { FedTrophie() }) != .failed(.tooLong))
    for cutting in [Cutting.whole, .portions(1)] {
        #expect(outcome(of: longest + bytes("x\n"), cut: cutting, by: { FedTrophie() }) == .failed(.tooLong))
    }
}

@Test(
    arguments: [
        (.closedWithoutAnswer, "connection closed without an answer"),
        (.error(text: bytes("-1:no\r\u{1B}")), "error answer: -1:no??"),
        (.unexpected(text: []), "empty line for an answer"),
        (.unexpected(text: bytes(101, of: "x")), "unexpected answer: " + String(repeating: "x", count: 100) + "..."),
        (.tooLong, "answer too long"),
    ] as [(TrophieFailure, String)])
func `trophie's failures are short lines of printable ASCII`(failure: TrophieFailure, line: String) {
    #expect(failure.description == line)
}
