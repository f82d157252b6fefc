/// spamd (SpamAssassin's spamd/PROTOCOL, SPAMC/1.5 and SPAMD/1.1): PING, CHECK, SYMBOLS, PROCESS and HEADERS.
///
/// A message is spam where it holds the GTUBE string. PROCESS puts X-Spam fields ahead of the message and leaves
/// the rest as it came, byte for byte.
package struct FakeSpamd: Fake {
    /// What it thinks of a message.
    package enum Verdict: Sendable {
        /// `True ; 1003.3 / 5.0` where the GTUBE string is in the message, else `False ; -0.1 / 5.0`.
        case byContent
        /// The words of the `Spam:` line: `fixed("True", score: "inf")`.
        case fixed(String, score: String, threshold: String = "5.0")
    }

    /// What is wrong with an answer that has a message.
    package enum Corruption: Sendable, Equatable {
        /// The last so many bytes are missing; Content-length says the truth about what is sent.
        case shorterBody(by: Int)
        /// So many bytes follow the message; Content-length says the truth about what is sent.
        case longerBody(by: Int)
        /// One byte of the sender's body is another one.
        case otherBody
        /// The connection ends so many bytes before the length that was announced.
        case cutShort(by: Int)
        /// So many bytes more than the length that was announced.
        case overlong(by: Int)
        /// There is no Content-length.
        case noLength
        /// Content-length has this for its value.
        case length(String)
    }

    /// How it behaves.
    package struct Behaviour: Sendable {
        package var verdict = Verdict.byContent
        /// The time between the end of a message and the answer.
        package var delay = Duration.zero
        /// The answer waits for this gate.
        package var gate: Gate?
        /// The answer is sent in pieces of so many bytes.
        package var pieces: Int?
        package var corruption: Corruption?
        /// Spam is wrapped as report_safe does: a new message with the old one as its attachment.
        package var wrapsSpam = false
        /// Whether there is a `Spam:` line; some servers tell by the message's X-Spam fields alone.
        package var hasSpamLine = true
        /// These bytes are the whole answer to any request with a message.
        package var raw: [UInt8]?
        /// This is sent again and again behind the answer, or behind `raw`, up to a number of bytes.
        package var endless: (bytes: [UInt8], total: Int)?
        /// What goes wrong at a certain byte.
        package var fault: Fault?

        package init() {}
    }

    package let server: FakeServer

    /// Starts one; `change` sets what is different about it.
    ///
    ///     let spamd = try FakeSpamd { $0.corruption = .noLength }
    ///
    /// - Throws: `Errno` of the socket calls.
    package init(
        at place: Place = .unix, door: Door = .open, patience: Duration = .seconds(10),
        _ change: (inout Behaviour) -> Void = { _ in }
    ) throws {
        var behaviour = Behaviour()
        change(&behaviour)
        server = try FakeServer(at: place, door: door, patience: patience) { [behaviour] client in
            client.fault = behaviour.fault
            try Self.serve(client, behaviour)
        }
    }

    private static func serve(_ client: Conversation, _ behaviour: Behaviour) throws {
        let request = try SpamcRequest(from: client)
        client.record(
            FakeRequest(
                connection: client.number, command: request.method, head: request.head, user: request.user,
                message: request.message, halfClosed: request.halfClosed))
        if let error = request.error {
            try client.send("SPAMD/1.0 76 \(error)\r\n")
            client.halfClose()
            _ = try client.readToEnd()
        } else if request.method == "PING" {
            try client.send("SPAMD/1.5 0 PONG\r\n", inPiecesOf: behaviour.pieces)
        } else {
            try client.wait(behaviour.delay)
            if let gate = behaviour.gate { try client.wait(for: gate) }
            let answer = behaviour.raw ?? SpamdAnswer(to: request, behaviour).bytes
            try client.send(answer, inPiecesOf: behaviour.pieces)
            if let endless = behaviour.endless { try lie(to: client, endless.bytes, total: endless.total) }
        }
    }

    private static func lie(to client: Conversation, _ bytes: [UInt8], total: Int) throws {
        let copies = max(1, 65536 / bytes.count)
        let block = [[UInt8]](repeating: bytes, count: copies).flatMap { $0 }
        var sent = 0
        while sent < total {
            try client.send(block)
            sent += block.count
        }
    }
}
