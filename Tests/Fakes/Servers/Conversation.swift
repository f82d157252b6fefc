import CLinux
import Glibc
package import SystemPackage

/// How a script ends before its last line.
package enum ConversationEnd: Error {
    /// The script closed the connection itself, or the test stops the server.
    case intended
    /// The client sent what it must not send.
    case problem(String)
    /// The client sent nothing for longer than the server's patience lasts.
    case outOfPatience
    /// The client closed or reset the connection in the middle of something.
    case clientLeft(String)
}

/// One connection of a fake server, as its script sees it: expect, read, send, wait, close.
///
/// Each call throws `ConversationEnd` where the conversation cannot go on; a script lets that through.
package final class Conversation {
    /// The number of the connection, from 1 on.
    package let number: Int
    /// What goes wrong, and when.
    package var fault: Fault?

    private let fd: Int32
    private unowned let server: FakeServer
    private var input: [UInt8] = []
    private var inputStart = 0
    private var received = 0
    private var sent = 0
    private var descriptors: [FileDescriptor] = []
    private var isClosed = false

    init(with fd: Int32, number: Int, server: FakeServer) {
        self.fd = fd
        self.number = number
        self.server = server
    }

    deinit {
        for descriptor in descriptors { try? descriptor.close() }
    }

    // MARK: Reading

    /// Reads exactly these bytes; any other is a problem.
    package func expect(_ bytes: [UInt8]) throws {
        for (offset, byte) in bytes.enumerated() {
            guard let got = try readByte() else {
                throw ConversationEnd.clientLeft("left before the end of “\(visible(bytes))”")
            }
            if got != byte {
                let start = bytes.prefix(offset) + [got] + pending
                throw ConversationEnd.problem("expected “\(visible(bytes))”, got “\(visible(start))”")
            }
        }
    }

    /// Reads exactly this text; anything else is a problem.
    package func expect(_ text: String) throws {
        try expect(Array(text.utf8))
    }

    /// Reads the client's end of file; a byte before it is a problem.
    package func expectEnd() throws {
        if try fill() {
            throw ConversationEnd.problem("expected the end, got “\(visible(pending))”")
        }
    }

    /// The next byte, or nil at the client's end of file.
    package func readByte() throws -> UInt8? {
        if inputStart == input.count {
            guard try fill() else { return nil }
        }
        defer { inputStart += 1 }
        return input[inputStart]
    }

    /// Reads this many bytes.
    ///
    /// - Throws: `clientLeft` where the client ends before.
    package func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            guard try !pending.isEmpty || fill() else {
                throw ConversationEnd.clientLeft("left after \(bytes.count) of \(count) bytes")
            }
            let part = pending.prefix(count - bytes.count)
            bytes += part
            inputStart += part.count
        }
        return bytes
    }

    /// Reads up to this byte, which is taken too and not returned.
    ///
    /// - Throws: `problem` where more than `limit` bytes come before it, `clientLeft` where the client ends before.
    package func readLine(endingIn terminator: UInt8, upTo limit: Int = 8192) throws -> [UInt8] {
        var line: [UInt8] = []
        while let byte = try readByte() {
            if byte == terminator { return line }
            line.append(byte)
            if line.count > limit { throw ConversationEnd.problem("a line without end: “\(visible(line))”") }
        }
        throw ConversationEnd.clientLeft("left in the middle of a line: “\(visible(line))”")
    }

    /// Reads everything up to the client's end of file.
    package func readToEnd() throws -> [UInt8] {
        var bytes = Array(pending)
        inputStart = input.count
        while try fill() {
            bytes += pending
            inputStart = input.count
        }
        return bytes
    }

    /// The descriptor that the client sent beside its bytes (SCM_RIGHTS), oldest first; the caller closes it.
    package func takeDescriptor() -> FileDescriptor? {
        descriptors.isEmpty ? nil : descriptors.removeFirst()
    }

    /// Whether the client's end of file is there already, with no byte before it.
    package func isAtEnd() throws -> Bool {
        try pending.isEmpty && !fill()
    }

    /// What was read from the socket and not yet by the script.
    private var pending: ArraySlice<UInt8> { input[inputStart...] }

    /// Waits for bytes; false at the client's end of file.
    private func fill() throws -> Bool {
        guard inputStart == input.count else { return true }
        var room = 65536
        if let fault, case .received(let count) = fault.moment {
            if received >= count { try perform(fault.action) }
            room = min(room, count - received)
        }
        try waitForInput()
        var descriptor: Int32 = -1
        var failure: Int32 = 0
        input = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let result = linux_receive(fd, buffer.baseAddress, room, &descriptor)
            failure = result < 0 ? errno : 0
            count = max(0, result)
        }
        inputStart = 0
        if descriptor >= 0 { descriptors.append(FileDescriptor(rawValue: descriptor)) }
        if failure != 0 { throw ConversationEnd.clientLeft("left: \(Errno(rawValue: failure))") }
        received += input.count
        return !input.isEmpty
    }

    // MARK: Sending

    /// Sends these bytes, at once or in pieces of so many bytes with a pause between two of them.
    package func send(_ bytes: [UInt8], inPiecesOf size: Int? = nil, every pause: Duration = .zero) throws {
        if let size, size < 1 { preconditionFailure("pieces of \(size) bytes") }
        var rest = bytes[...]
        while !rest.isEmpty {
            var piece = rest.prefix(size ?? rest.count)
            if let fault, case .sent(let count) = fault.moment {
                if sent >= count { try perform(fault.action) }
                piece = piece.prefix(count - sent)
            }
            try write(piece)
            rest = rest[piece.endIndex...]
            if pause > .zero, !rest.isEmpty { try wait(pause) }
        }
        if let fault, case .sent(let count) = fault.moment, sent >= count { try perform(fault.action) }
    }

    /// Sends this text, at once or in pieces of so many bytes.
    package func send(_ text: String, inPiecesOf size: Int? = nil, every pause: Duration = .zero) throws {
        try send(Array(text.utf8), inPiecesOf: size, every: pause)
    }

    private func write(_ piece: ArraySlice<UInt8>) throws {
        var rest = piece
        while !rest.isEmpty {
            let result = rest.withUnsafeBytes { Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard result >= 0 else {
                if errno == EINTR { continue }
                throw ConversationEnd.clientLeft("left before the whole answer was sent: \(Errno(rawValue: errno))")
            }
            sent += result
            rest = rest.dropFirst(result)
        }
    }

    // MARK: Waiting

    /// Does nothing for this long.
    package func wait(_ duration: Duration) throws {
        if duration > .zero { server.pause(for: duration) }
        try goOn()
    }

    /// Does nothing until the test opens the gate; one that stays shut is a problem.
    package func wait(for gate: Gate) throws {
        let end = ContinuousClock.now + server.patience
        while !gate.wait(upTo: .milliseconds(50)) {
            try goOn()
            if ContinuousClock.now > end { throw ConversationEnd.problem("nobody opened the gate") }
        }
        try goOn()
    }

    /// Neither reads nor writes until the client has gone or the test ends.
    package func staySilent() throws -> Never {
        try perform(.silence)
    }

    private func goOn() throws {
        if server.isStopping { throw ConversationEnd.intended }
    }

    private func waitForInput() throws {
        var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        let result = poll(&entry, 1, Int32(server.patience.inSeconds * 1000))
        try goOn()
        if result == 0 { throw ConversationEnd.outOfPatience }
    }

    // MARK: Ending

    /// Sends our end of file; the client can go on sending.
    package func halfClose() {
        _ = shutdown(fd, Int32(SHUT_WR))
    }

    /// Closes the connection at once, whatever the client still has to say, and ends the script.
    package func close() throws -> Never {
        try perform(.close)
    }

    /// Resets the connection (RST for TCP) and ends the script.
    package func reset() throws -> Never {
        try perform(.reset)
    }

    /// Notes a complete request, for the test to look at.
    package func record(_ request: FakeRequest) {
        server.record(request)
    }

    /// Notes something that the client must not do, and goes on.
    package func report(_ problem: String) {
        server.report("connection \(number): \(problem)")
    }

    private func perform(_ action: Fault.Action) throws -> Never {
        switch action {
        case .close: break
        case .reset:
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        case .silence:
            // Without a wish for events poll still tells of a connection that is gone; stop() makes ours so.
            var entry = pollfd(fd: fd, events: 0, revents: 0)
            while poll(&entry, 1, -1) < 0, errno == EINTR {}
        }
        throw ConversationEnd.intended
    }

    /// What follows a script that has come to its last line: our end of file, then nothing more from the client.
    func finish() throws {
        halfClose()
        fault = nil
        if try !pending.isEmpty || canReadMore() {
            throw ConversationEnd.problem("more than the script expected: “\(visible(pending))”")
        }
    }

    private func canReadMore() throws -> Bool {
        do {
            return try fill()
        } catch ConversationEnd.clientLeft, ConversationEnd.outOfPatience {
            // It has its answer; whether and how it closes is its own affair.
            return false
        }
    }

    func closeSocket() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(fd)
    }
}
