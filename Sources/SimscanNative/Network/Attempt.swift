internal import CLinux
internal import Glibc
internal import SystemPackage

/// One connection to one host, non-blocking, and the conversation on it.
final class Attempt {
    private enum Phase {
        /// A unix socket's backlog is full; the kernel does not say when to try again, so we ask every few
        /// milliseconds: to `connecting` or `talking`.
        case backlogFull(retryAt: Instant)
        /// To `talking` when the socket can be written.
        case connecting
        /// Sending and receiving, until there is an answer.
        case talking
    }

    private static let backlogRetry = Duration.milliseconds(10)
    /// After this a dead host costs nothing more than the wait that is already over (RFC 8305's idea).
    static let usualHeadStart = Duration.milliseconds(250)

    let endpoint: Endpoint
    let conversation: any Conversation
    private let socket: CInt
    private let spool: FileDescriptor
    private var phase: Phase
    /// The output under way, and how much of it is out.
    private var outputIndex = 0
    private var outputDone: Int64 = 0
    private var isWidened = false
    /// As much as the kernel allows of it (`net.core.wmem_max`, `socket(7)`).
    private static let roomForLargeMessages: CInt = 524_288
    /// The other side reads no more; its answer may be there all the same.
    private var sendFailure: Errno?
    /// Whether an answer began before all of the question was sent.
    private var isEarly = false
    /// How long the connection took; nil until it is made.
    private(set) var connectTime: Duration?
    var isConnected: Bool { connectTime != nil }
    /// After this another host is tried beside one that has not connected yet.
    var headStart = Attempt.usualHeadStart
    /// Whether the memory of dead hosts has been told of this one.
    var isMarked = false
    private(set) var hasReceived = false
    let startedAt: Instant
    /// When a byte last went out or came in, or the connection was made.
    private(set) var lastProgress: Instant

    /// Opens a socket and begins to connect; what can be sent at once is sent at once.
    init(
        to endpoint: Endpoint, conversation: any Conversation, spool: FileDescriptor, now: Instant
    ) throws(ScannerFault) {
        self.endpoint = endpoint
        self.conversation = conversation
        self.spool = spool
        startedAt = now
        lastProgress = now
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        socket = Glibc.socket(endpoint.family, type, 0)
        guard socket >= 0 else {
            throw ScannerFault(phase: .start, text: "socket: " + Errno(rawValue: errno).description)
        }
        phase = .connecting
        if !endpoint.isUnix {
            // The last few bytes of a request must not wait for the acknowledgement of those before.
            var on: CInt = 1
            setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        if let fault = connect(now: now) {
            Glibc.close(socket)
            throw fault
        }
    }

    func close() {
        Glibc.close(socket)
    }

    /// What `poll(2)` is to wait for; nil while there is nothing but the clock.
    var pollDescriptor: pollfd? {
        switch phase {
        case .backlogFull: return nil
        case .connecting: return pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        case .talking:
            let events = wantsToSend ? POLLIN | POLLOUT : POLLIN
            return pollfd(fd: socket, events: Int16(events), revents: 0)
        }
    }

    /// When `ticked` has something to do.
    var nextTimer: Instant? {
        switch phase {
        case .backlogFull(let retryAt): retryAt
        case .connecting, .talking: nil
        }
    }

    /// Whether all of the question was sent.
    private var isAsked: Bool { outputIndex == conversation.outputs.count && conversation.hasAllOutputs }
    /// Whether something is to be sent, and the other side may still take it.
    var wantsToSend: Bool { sendFailure == nil && outputIndex < conversation.outputs.count }

    /// Time has passed.
    func ticked(now: Instant) -> ScannerAnswer? {
        guard case .backlogFull(let retryAt) = phase, now >= retryAt else { return nil }
        return connect(now: now).map(ScannerAnswer.failed)
    }

    /// `poll(2)` says that the socket is ready for something.
    ///
    /// - Returns: the answer, or the fault that ends this attempt, once there is one.
    func ready(_ events: Int16, buffer: UnsafeMutableRawBufferPointer, now: Instant) -> ScannerAnswer? {
        if case .connecting = phase {
            var error: CInt = 0
            var length = socklen_t(MemoryLayout<CInt>.size)
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length)
            guard error == 0 else { return .failed(connectFault(Errno(rawValue: error))) }
            connected(now: now)
            return nil
        }
        let readable = Int32(events) & (POLLIN | POLLHUP | POLLERR) != 0
        if readable, let answer = receive(into: buffer, now: now) { return answer }
        // The other side has closed as well: the end is there to be read, too.
        if Int32(events) & POLLHUP != 0, let answer = receive(into: buffer, now: now) { return answer }
        if Int32(events) & POLLOUT != 0 { send(now: now) }
        return nil
    }

    // MARK: Connecting

    private func connect(now: Instant) -> ScannerFault? {
        let result = endpoint.withSockaddr { address, length in Glibc.connect(socket, address, length) }
        guard result != 0 else {
            connected(now: now)
            return nil
        }
        let error = Errno(rawValue: errno)
        if error == .nowInProgress || error == .interrupted {
            phase = .connecting
            return nil
        }
        if endpoint.isUnix && error == .resourceTemporarilyUnavailable {
            phase = .backlogFull(retryAt: now + Self.backlogRetry)
            return nil
        }
        return connectFault(error)
    }

    private func connectFault(_ error: Errno) -> ScannerFault {
        ScannerFault(phase: .connect, text: "cannot connect, " + error.description)
    }

    private func connected(now: Instant) {
        phase = .talking
        connectTime = now - startedAt
        lastProgress = now
        send(now: now)
    }

    // MARK: Sending

    /// The conversation may have more to send than before; what can be sent at once is sent at once.
    func resume(now: Instant) {
        refill()
        if case .talking = phase { send(now: now) }
    }

    /// Looks whether an answer has begun already, before the last of the question is sent.
    func noticeEarlyAnswer() {
        var byte: UInt8 = 0
        if recv(socket, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) > 0 { isEarly = true }
    }

    /// Waiting for the answer begins now.
    func restartClock(now: Instant) {
        lastProgress = now
    }

    private func refill() {
        guard outputIndex == conversation.outputs.count, conversation.refill() else { return }
        outputIndex = 0
    }

    private func send(now: Instant) {
        while wantsToSend {
            switch conversation.outputs[outputIndex].content {
            case .bytes(let bytes, let more):
                guard send(bytes, more: more, now: now) else { return }
            case .message(let offset, let count):
                guard send(spool, offset: offset, count: count, now: now) else { return }
            case .file(let file, let offset, let count):
                guard send(file, offset: offset, count: count, now: now) else { return }
            case .descriptor:
                guard sendDescriptor(now: now) else { return }
            case .halfClose:
                shutdown(socket, CInt(SHUT_WR))
            }
            outputIndex += 1
            outputDone = 0
            refill()
        }
    }

    /// - Returns: whether all of it is out.
    private func send(_ bytes: [UInt8], more: Bool, now: Instant) -> Bool {
        let flags = CInt(MSG_NOSIGNAL) | (more ? CInt(MSG_MORE) : 0)
        while outputDone < bytes.count {
            let count = bytes.withUnsafeBytes { room in
                Glibc.send(socket, room.baseAddress.map { $0 + Int(outputDone) }, room.count - Int(outputDone), flags)
            }
            guard sent(count, now: now) else { return false }
        }
        return true
    }

    /// - Returns: whether all of it is out.
    private func send(_ file: FileDescriptor, offset: Int64, count: Int64, now: Instant) -> Bool {
        while outputDone < count {
            var position = off_t(offset + outputDone)
            let sentCount = linux_sendfile(socket, file.rawValue, &position, Int(count - outputDone))
            if sentCount == 0 {
                // The file is shorter than what was counted into it: this is not a message to ask about.
                cannotSend(.ioError)
                return false
            }
            if sentCount < 0, errno == EAGAIN, widenSocket() { continue }
            guard sent(sentCount, now: now) else { return false }
        }
        return true
    }

    /// Makes room in a unix socket that is full, once: the kernel says that it can be written when three quarters
    /// of what is in it are read, and the other side must not run dry before that. TCP sees to its room itself.
    ///
    /// - Returns: whether there is more room than before.
    private func widenSocket() -> Bool {
        guard endpoint.isUnix, !isWidened else { return false }
        isWidened = true
        // Without more room it is waited for, as if there had been no question.
        let error = errno
        defer { errno = error }
        var bytes = Self.roomForLargeMessages
        return setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<CInt>.size)) == 0
    }

    /// - Returns: whether it is out.
    private func sendDescriptor(now: Instant) -> Bool {
        // clamd moves the offset of what it is given, perhaps long after we have gone on without it; that of the
        // spool is qmail-queue's.
        let reading = linux_reopen(spool.rawValue)
        guard reading >= 0 else {
            cannotSend(Errno(rawValue: errno))
            return false
        }
        defer { Glibc.close(reading) }
        while outputDone == 0 {
            guard sent(linux_send_descriptor(socket, reading), now: now) else { return false }
        }
        return true
    }

    private func sent(_ count: Int, now: Instant) -> Bool {
        guard count < 0 else {
            outputDone += Int64(count)
            lastProgress = now
            return true
        }
        let error = Errno(rawValue: errno)
        if error == .interrupted { return true }
        if error != .resourceTemporarilyUnavailable { cannotSend(error) }
        return false
    }

    /// No more of the question goes out; a scanner that is there still must not wait for the rest of it.
    private func cannotSend(_ error: Errno) {
        sendFailure = error
        shutdown(socket, CInt(SHUT_WR))
    }

    // MARK: Receiving

    /// Who has not got all of the message may know a virus, but cannot know that there is none.
    private func toTheWholeQuestion(_ answer: ScannerAnswer) -> ScannerAnswer {
        switch answer {
        case .clean, .spam:
            guard isEarly || !isAsked else { return answer }
            return .failed(ScannerFault(phase: .answer, text: "an answer before the end of the message"))
        case .infected, .notScanned, .version, .failed:
            return answer
        }
    }

    private func receive(into buffer: UnsafeMutableRawBufferPointer, now: Instant) -> ScannerAnswer? {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            hasReceived = true
            lastProgress = now
            if !isAsked && !conversation.hasSeveralAnswers { isEarly = true }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
            return conversation.received(bytes.span).map(toTheWholeQuestion)
        }
        if count == 0 {
            let answer = toTheWholeQuestion(conversation.reachedEnd())
            guard case .failed(let fault) = answer, !hasReceived, let sendFailure else { return answer }
            // A reset that was met while sending is not told again.
            let isReset = sendFailure == .connectionReset || sendFailure == .brokenPipe
            return .failed(
                ScannerFault(
                    phase: isReset ? .silence : fault.phase, text: fault.text + " (" + sendFailure.description + ")"))
        }
        let error = Errno(rawValue: errno)
        if error == .interrupted || error == .resourceTemporarilyUnavailable { return nil }
        if hasReceived {
            // clamd closes with bytes of ours unread when a message is over its limit, and a reset follows its
            // answer. Bad news in such an answer counts; good news may have been cut short.
            switch conversation.reachedEnd() {
            case .infected(let name): return .infected(name: name)
            case .notScanned(let text): return .notScanned(text)
            case .clean, .spam, .version, .failed: break
            }
        }
        return .failed(ScannerFault(phase: .silence, text: "cannot read the answer, " + error.description))
    }
}
