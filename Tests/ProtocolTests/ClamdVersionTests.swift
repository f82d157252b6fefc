import ClamdProtocol
import Testing

private struct FedVersion: Fed {
    private var reply = ClamdVersionReply()
    mutating func feed(_ bytes: Span<UInt8>) { reply.received(bytes) }
    mutating func end() -> Result<[UInt8], ClamdFailure> {
        Result { () throws(ClamdFailure) in try reply.reachedEnd() }
    }
}

@Test(
    arguments: [
        ("ClamAV 1.4.6\0", .success(bytes("ClamAV 1.4.6"))),
        (
            "ClamAV 1.4.6/27000/Sat Nov 21 08:00:00 2026\0",
            .success(bytes("ClamAV 1.4.6/27000/Sat Nov 21 08:00:00 2026"))
        ),
        ("ClamAV 1.4.6", .failure(.cutShort)),
        ("ClamAV\0", .failure(.unexpected(text: bytes("ClamAV")))),
        ("", .failure(.closedWithoutAnswer)),
        ("COMMAND UNAVAILABLE\0", .failure(.unavailable)),
        ("UNKNOWN COMMAND\0", .failure(.unexpected(text: bytes("UNKNOWN COMMAND")))),
    ] as [(Wire, Result<[UInt8], ClamdFailure>)])
func `VERSION is answered by a line that begins with the product's name`(
    reply: Wire, expected: Result<[UInt8], ClamdFailure>
) {
    expect(reply.bytes, toGive: expected) { FedVersion() }
    expectGoodPrefixes(
        of: reply.bytes, by: { FedVersion() },
        isGood: { outcome in (try? outcome.get()) != nil },
        mayBeGood: { $0.starts(with: bytes("ClamAV ")) && $0.last == 0 })
}

@Test func `a line is complete with its NUL`() {
    var reply = ClamdVersionReply()
    #expect(reply.received(bytes("ClamAV 1.4.6").span) == false)
    #expect(reply.received(bytes("\0").span) == true)
    #expect(reply.received(bytes("x").span) == true)
}

@Test func `a version's line of just the limit is taken, and one byte more is not`() {
    let start = bytes("ClamAV ")
    let longest = start + bytes(ClamdLimits.lineBytes - start.count, of: "1")
    #expect(outcome(of: longest + [0], by: { FedVersion() }) == .success(longest))
    for cutting in [Cutting.whole, .portions(1)] {
        #expect(outcome(of: longest + bytes("1\0"), cut: cutting, by: { FedVersion() }) == .failure(.tooLong))
    }
}

@Test(
    arguments: [
        ("ClamAV 1.4.6", "1.4.6", nil),
        ("ClamAV 1.4.6/27000/Sat Nov 21 08:00:00 2026", "1.4.6", 27_000),
        ("ClamAV 1.4.6/27000", "1.4.6", 27_000),
        ("ClamAV 1.5.0-rc", "1.5.0-rc", nil),
        ("ClamAV 1.4.6/", "1.4.6", nil),
        ("ClamAV 1.4.6//Sat Nov 21", "1.4.6", nil),
        ("ClamAV 1.4.6/27x/Sat Nov 21", "1.4.6", nil),
        ("ClamAV 1.4.6/-1/Sat Nov 21", "1.4.6", nil),
        ("ClamAV 1.4.6/9223372036854775807/Sat", "1.4.6", 9_223_372_036_854_775_807),
        ("ClamAV 1.4.6/9223372036854775808/Sat", "1.4.6", nil),
        ("ClamAV 1.4.6/99999999999999999999999/Sat", "1.4.6", nil),
    ] as [(String, String, Int?)])
func `a version is taken apart`(line: String, engine: String, database: Int?) {
    #expect(ClamdVersion(reply: bytes(line)) == ClamdVersion(engine: bytes(engine), database: database))
}

@Test(
    arguments: [
        "", "ClamAV", "ClamAV ", "ClamAV /27000", "Clamav 1.4.6", "ClamAV 1.4.6 beta", "ClamAV 1.4\n.6", "ClamAV 1.4é",
        "ClamAV " + Wire(bytes(ClamdVersion.maximumEngineBytes + 1, of: "1")),
    ] as [Wire])
func `what is no version is none`(line: Wire) {
    #expect(ClamdVersion(reply: line.bytes) == nil)
}
