import Foundation
import Glibc
import SystemPackage

/// A server that follows a script: it checks every byte that it gets and sends what the script says.
///
/// Each connection is a thread of its own. The n-th connection gets the n-th script, those after the last
/// script the last one. It serves until `stop()`, whoever holds a reference to it.
///
///     let clamd = try FakeServer { client in
///         try client.expect("zPING\0")
///         try client.send("PONG\0", inPiecesOf: 1)
///     }
///     defer { clamd.stop() }
///     … connect to clamd.address …
///     #expect(clamd.problems == [])
package final class FakeServer: @unchecked Sendable {
    /// What is done with one connection; it ends when the script returns or throws.
    ///
    /// Behind a script that returns, the server sends its end of file and checks that the client sends nothing
    /// more than the script has read.
    package typealias Script = @Sendable (Conversation) throws -> Void

    /// The address as simscan.conf takes it: `unix:/path`, `tcp:127.0.0.1:port`, `tcp:[::1]:port`.
    package let address: String
    /// The longest time that a script waits for a client before that is a problem.
    package let patience: Duration

    private let scripts: [Script]
    private let directory: TemporaryDirectory?

    /// Guards everything below.
    private let condition = NSCondition()
    private let listener: Listener
    private var door = Door.closed
    private var stopping = false
    private var threads = 0
    /// Whether there is a thread that takes connections, and whether it goes on.
    private var accepting = false
    private var wantsConnections = false
    private var open: [Int32] = []
    private var connectionCount = 0
    private var foundProblems: [String] = []
    private var seenDepartures: [String] = []
    private var seenRequests: [FakeRequest] = []

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - place: where it listens.
    ///   - door: whether it does so from the start.
    ///   - patience: the longest wait for a client.
    ///   - scripts: one for each connection, at least one.
    /// - Throws: `Errno` of the socket calls.
    package init(
        at place: Place = .unix, door: Door = .open, patience: Duration = .seconds(10), scripts: [Script]
    ) throws {
        precondition(!scripts.isEmpty, "a server without a script")
        directory = place == .unix ? try TemporaryDirectory(mode: 0o755) : nil
        listener = try Listener(at: place, in: directory)
        address = listener.address
        self.patience = patience
        self.scripts = scripts
        try setDoor(door)
    }

    /// Starts a server that treats all connections alike.
    package convenience init(
        at place: Place = .unix, door: Door = .open, patience: Duration = .seconds(10), script: @escaping Script
    ) throws {
        try self.init(at: place, door: door, patience: patience, scripts: [script])
    }

    /// What clients did that they must not do, and what went wrong in a script; empty is good.
    package var problems: [String] {
        condition.withLock { foundProblems }
    }

    /// The clients that left in the middle of something, which a client may do.
    package var departures: [String] {
        condition.withLock { seenDepartures }
    }

    /// The complete requests so far, in the order in which they became complete.
    package var requests: [FakeRequest] {
        condition.withLock { seenRequests }
    }

    /// How many connections were taken so far.
    package var connections: Int {
        condition.withLock { connectionCount }
    }

    /// Waits until this many requests have come.
    ///
    /// - Returns: whether they came in time.
    package func waitForRequests(_ count: Int, upTo limit: Duration = .seconds(10)) -> Bool {
        wait(upTo: limit) { seenRequests.count >= count }
    }

    /// Waits until this many connections were taken.
    ///
    /// - Returns: whether they came in time.
    package func waitForConnections(_ count: Int, upTo limit: Duration = .seconds(10)) -> Bool {
        wait(upTo: limit) { connectionCount >= count }
    }

    /// Waits until every connection has ended, also those that nobody has taken yet, so that all problems are known.
    ///
    /// - Returns: whether they ended in time.
    @discardableResult
    package func waitUntilIdle(upTo limit: Duration = .seconds(10)) -> Bool {
        let end = ContinuousClock.now + limit
        while !condition.withLock({ open.isEmpty && !(accepting && listener.hasWaitingConnection) }) {
            guard wait(upTo: .milliseconds(1), until: { false }) || ContinuousClock.now < end else { return false }
        }
        return true
    }

    /// Opens or closes the door; connections that are served already go on.
    ///
    /// - Throws: `Errno` of the socket calls.
    package func setDoor(_ new: Door) throws {
        let old = condition.withLock { door }
        guard old != new else { return }
        if old != .closed {
            stopAccepting()
            try listener.rebind()
        }
        switch new {
        case .closed: break
        case .unattended: try listener.listen(backlog: 128)
        case .full: try listener.fill()
        case .open:
            try listener.listen(backlog: 128)
            startAccepting()
        }
        condition.withLock { door = new }
    }

    /// Ends all connections, waits for the threads, and closes the socket.
    package func stop() {
        let wasStopping = condition.withLock {
            let was = stopping
            stopping = true
            wantsConnections = false
            for fd in open { _ = shutdown(fd, Int32(SHUT_RDWR)) }
            condition.broadcast()
            return was
        }
        guard !wasStopping else { return }
        listener.wake()
        if !wait(upTo: .seconds(5), until: { threads == 0 }) {
            report("a thread of the server did not end")
        }
        listener.close()
        directory?.remove()
    }

    private func wait(upTo limit: Duration, until done: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: limit.inSeconds)
        return condition.withLock {
            while !done() {
                guard condition.wait(until: end) else { break }
            }
            return done()
        }
    }

    /// Forgets the requests and departures so far, which are memory; `waitForRequests` counts from here.
    package func forget() {
        condition.withLock {
            seenRequests = []
            seenDepartures = []
        }
    }

    // MARK: Threads

    private func startAccepting() {
        condition.withLock {
            wantsConnections = true
            accepting = true
            threads += 1
        }
        let socket = listener.socket
        Thread.detachNewThread { [self] in
            acceptConnections(socket)
            condition.withLock {
                accepting = false
                threads -= 1
                condition.broadcast()
            }
        }
    }

    private func stopAccepting() {
        condition.withLock { wantsConnections = false }
        listener.wake()
        _ = wait(upTo: .seconds(5)) { !accepting }
    }

    private func acceptConnections(_ socket: FileDescriptor) {
        var entry = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
        while true {
            guard poll(&entry, 1, -1) > 0 || errno == EINTR else { return }
            // Taken and counted in one step: who waits until we are idle must not look in between.
            let taken = condition.withLock { () -> (fd: Int32, number: Int)? in
                guard wantsConnections else { return nil }
                let fd = accept(socket.rawValue, nil, nil)
                guard fd >= 0 else { return errno == EAGAIN || errno == ECONNABORTED ? (-1, 0) : nil }
                _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
                return (fd, admit(fd))
            }
            guard let taken else { return }
            guard taken.fd >= 0 else { continue }
            Thread.detachNewThread { [self] in
                serve(taken.fd, number: taken.number)
            }
        }
    }

    /// The number of a new connection, from 1 on. The lock is held.
    private func admit(_ fd: Int32) -> Int {
        connectionCount += 1
        threads += 1
        open.append(fd)
        condition.broadcast()
        return connectionCount
    }

    private func serve(_ fd: Int32, number: Int) {
        let conversation = Conversation(with: fd, number: number, server: self)
        do {
            try scripts[min(number, scripts.count) - 1](conversation)
            try conversation.finish()
        } catch let end as ConversationEnd {
            note(end, of: number)
        } catch {
            report("connection \(number): the script failed: \(error)")
        }
        condition.withLock {
            open.removeAll { $0 == fd }
            conversation.closeSocket()
            threads -= 1
            condition.broadcast()
        }
    }

    private func note(_ end: ConversationEnd, of number: Int) {
        switch end {
        case .intended: break
        case .problem(let text): report("connection \(number): \(text)")
        case .outOfPatience: report("connection \(number): the client sent nothing for \(patience)")
        case .clientLeft(let text):
            condition.withLock {
                if !stopping { seenDepartures.append("connection \(number): \(text)") }
            }
        }
    }

    // MARK: For conversations

    func report(_ problem: String) {
        condition.withLock { foundProblems.append(problem) }
    }

    func record(_ request: FakeRequest) {
        condition.withLock {
            seenRequests.append(request)
            condition.broadcast()
        }
    }

    var isStopping: Bool {
        condition.withLock { stopping }
    }

    /// Waits this long, or less when the server stops.
    func pause(for duration: Duration) {
        _ = wait(upTo: duration) { stopping }
    }
}
