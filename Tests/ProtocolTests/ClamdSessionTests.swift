import ClamdProtocol
import Testing

private struct SessionOutcome: Equatable {
    var replies: [ClamdSessionReply]
    var failure: ClamdFailure?
}

private struct FedSession: Fed {
    private var session: ClamdSessionReplies
    private var replies: [ClamdSessionReply] = []

    init(_ command: ClamdScanCommand) {
        session = ClamdSessionReplies(command: command)
    }

    mutating func feed(_ bytes: Span<UInt8>) {
        replies += session.received(bytes)
    }

    mutating func end() -> SessionOutcome {
        let early = session.failure
        do throws(ClamdFailure) {
            try session.reachedEnd()
            #expect(early == nil)
            return SessionOutcome(replies: replies, failure: nil)
        } catch {
            #expect(early == nil || early == error)
            return SessionOutcome(replies: replies, failure: error)
        }
    }
}

private let eicar = ClamdSessionReply(number: 1, verdict: .infected(name: bytes("Eicar-Signature.UNOFFICIAL")))
private let clean = ClamdSessionReply(number: 2, verdict: .clean)

@Test(
    arguments: [
        ("", [], nil),
        ("1: stream: Eicar-Signature.UNOFFICIAL FOUND\0" + "2: stream: OK\0", [eicar, clean], nil),
        ("2: stream: OK\0" + "1: stream: Eicar-Signature.UNOFFICIAL FOUND\0", [clean, eicar], nil),
        (
            "2: INSTREAM size limit exceeded. ERROR\0",
            [ClamdSessionReply(number: 2, verdict: .sizeLimitExceeded)], nil
        ),
        (
            "1: Command invalid inside IDSESSION. ERROR\0",
            [
                ClamdSessionReply(
                    number: 1, verdict: .failed(.error(text: bytes("Command invalid inside IDSESSION. ERROR"))))
            ], nil
        ),
        ("12: stream: OK\0", [ClamdSessionReply(number: 12, verdict: .clean)], nil),
        ("2: stream: OK", [], .cutShort),
        ("2: stream: OK\0" + "1: str", [clean], .cutShort),
        ("stream: OK\0", [], .unexpected(text: bytes("stream: OK"))),
        ("0: stream: OK\0", [], .unexpected(text: bytes("0: stream: OK"))),
        ("-1: stream: OK\0", [], .unexpected(text: bytes("-1: stream: OK"))),
        ("2:stream: OK\0", [], .unexpected(text: bytes("2:stream: OK"))),
        ("99999999999999999999: stream: OK\0", [], .unexpected(text: bytes("99999999999999999999: stream: OK"))),
        ("2: stream: OK\0" + "\0" + "3: stream: OK\0", [clean], .unexpected(text: [])),
    ] as [(Wire, [ClamdSessionReply], ClamdFailure?)])
func `a session's answers come in any order`(
    answers: Wire, replies: [ClamdSessionReply], failure: ClamdFailure?
) {
    expect(answers.bytes, toGive: SessionOutcome(replies: replies, failure: failure)) { FedSession(.instream) }
}

@Test func `a session's line of just the limit is taken, and one byte more ends the reading`() {
    let longest = bytes("1: stream: ") + bytes(ClamdLimits.lineBytes - 11, of: "x")
    let failed = ClamdVerdict.failed(.unexpected(text: Array(longest[3...])))
    #expect(
        outcome(of: longest + [0], by: { FedSession(.instream) })
            == SessionOutcome(replies: [ClamdSessionReply(number: 1, verdict: failed)], failure: nil))
    #expect(
        outcome(of: longest + bytes("x\0" + "2: stream: OK\0"), by: { FedSession(.instream) })
            == SessionOutcome(replies: [], failure: .tooLong))
}
