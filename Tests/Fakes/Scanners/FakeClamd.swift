import Foundation
import SystemPackage

/// clamd, as far as a mail filter talks to it (`clamd(8)`): PING, VERSION, INSTREAM and FILDES, in the `z` and
/// the `n` form.
///
/// A message is infected where it holds the EICAR string, as it is or in base64.
package struct FakeClamd: Fake {
    /// What it answers to a scan.
    package enum Verdict: Sendable {
        /// `OK`, or `FOUND` where the EICAR string is in the message.
        case byContent
        case clean
        case infected(name: String)
        /// These bytes, whole: with or without `stream: ` and a final NUL, or none at all.
        case raw([UInt8])

        /// The text, whole.
        package static func raw(_ text: String) -> Verdict { .raw(Array(text.utf8)) }
    }

    /// How it behaves; as it is made, like a clamd without a limit.
    package struct Behaviour: Sendable {
        package var verdict = Verdict.byContent
        /// The time between the end of a message and the answer.
        package var delay = Duration.zero
        /// The answer waits for this gate.
        package var gate: Gate?
        /// The answer is sent in pieces of so many bytes.
        package var pieces: Int?
        /// The StreamMaxLength of clamd.conf, in bytes; the size is checked when a chunk's header arrives.
        package var streamMaxLength: Int?
        /// The largest chunk that is no problem, in bytes.
        package var largestChunk = 16 << 20
        /// What goes wrong at a certain byte.
        package var fault: Fault?
        /// The answer to VERSION, without its end.
        package var version = "ClamAV 1.4.6/27000/Sat Nov 21 09:00:00 2026"

        package init() {}
    }

    package let server: FakeServer

    /// Starts one; `change` sets what is different about it.
    ///
    ///     let clamd = try FakeClamd { $0.delay = .milliseconds(50) }
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
            try ClamdScript(behaviour: behaviour).serve(client)
        }
    }
}

/// One connection: one command, one answer, the end.
private struct ClamdScript {
    let behaviour: FakeClamd.Behaviour

    func serve(_ client: Conversation) throws {
        guard let prefix = try client.readByte() else { return }
        let terminator: UInt8
        switch prefix {
        case UInt8(ascii: "z"): terminator = 0
        case UInt8(ascii: "n"): terminator = UInt8(ascii: "\n")
        default: throw ConversationEnd.problem("a command begins with z or n, not “\(visible([prefix]))”")
        }
        let line = try client.readLine(endingIn: terminator, upTo: 64)
        let command = String(decoding: line, as: UTF8.self)
        var request = FakeRequest(
            connection: client.number, command: command, head: [prefix] + line + [terminator])
        switch command {
        case "PING":
            client.record(request)
            try client.send(Array("PONG".utf8) + [terminator], inPiecesOf: behaviour.pieces)
        case "VERSION":
            client.record(request)
            try client.send(Array(behaviour.version.utf8) + [terminator], inPiecesOf: behaviour.pieces)
        case "INSTREAM":
            try readStream(from: client, into: &request)
            client.record(request)
            try answer(client, about: request.message, named: "stream", terminator)
        case "FILDES":
            request.message = try readDescriptor(of: client)
            client.record(request)
            try answer(client, about: request.message, named: "fd[10]", terminator)
        default:
            client.report("unknown command “\(visible(line))”")
            try client.send("UNKNOWN COMMAND\0")
        }
    }

    /// Chunks: a length of 4 bytes, most significant first, and so many bytes; the length 0 ends them.
    private func readStream(from client: Conversation, into request: inout FakeRequest) throws {
        while true {
            let length = try client.read(4).reduce(0) { $0 << 8 | Int($1) }
            if length == 0 { return }
            if length > behaviour.largestChunk { client.report("a chunk of \(length) bytes") }
            if let limit = behaviour.streamMaxLength, request.message.count + length > limit {
                // The rest of the stream stays unread: the client's next write may fail.
                try client.send("INSTREAM size limit exceeded. ERROR\0", inPiecesOf: behaviour.pieces)
                try client.close()
            }
            request.message += try client.read(length)
            request.chunks.append(length)
        }
    }

    /// The file of the descriptor beside the next byte, read from its start.
    private func readDescriptor(of client: Conversation) throws -> [UInt8] {
        let byte = try client.read(1)
        guard let descriptor = client.takeDescriptor() else {
            throw ConversationEnd.problem("no descriptor beside the byte “\(visible(byte))”")
        }
        defer { try? descriptor.close() }
        let handle = FileHandle(fileDescriptor: descriptor.rawValue)
        try handle.seek(toOffset: 0)
        return [UInt8](try handle.readToEnd() ?? Data())
    }

    private func answer(
        _ client: Conversation, about message: [UInt8], named name: String, _ terminator: UInt8
    ) throws {
        try client.wait(behaviour.delay)
        if let gate = behaviour.gate { try client.wait(for: gate) }
        let text: String
        switch behaviour.verdict {
        case .byContent:
            text = TestPatterns.hasEICAR(message) ? "\(name): Eicar-Signature.UNOFFICIAL FOUND" : "\(name): OK"
        case .clean: text = "\(name): OK"
        case .infected(let virus): text = "\(name): \(virus) FOUND"
        case .raw(let bytes):
            try client.send(bytes, inPiecesOf: behaviour.pieces)
            return
        }
        try client.send(Array(text.utf8) + [terminator], inPiecesOf: behaviour.pieces)
    }
}
