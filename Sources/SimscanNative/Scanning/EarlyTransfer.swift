internal import Glibc
package import SystemPackage

/// Takes a large message to clamd while it still arrives, so that a slow client's last byte finds the transfer
/// done.
///
/// Nothing that happens here decides anything: a connection that fails is forgotten, and the scan asks as if there
/// had been none. spamd is never asked before the message is whole, because two slow clients would hold all its
/// children; clamd reads each stream into a file of its own, and a slow one delays nobody.
package final class EarlyTransfer: SpoolFollower {
    private enum State {
        /// Until so much of the message has come that it is worth a connection: to `resolving` or `open`.
        case waiting
        /// The first host is a name: to `open` or `over`.
        case resolving(Resolver, Resolver.Lookup)
        case open(Attempt, ClamdArrivalConversation)
        /// Somebody else has the connection, or there is none.
        case over
    }

    /// What is smaller is sent in no time, and need not be connected for twice where the client breaks off.
    private static let minimumBytes: Int64 = 262_144

    private let hosts: [ScannerHost]
    private let order: HostOrder
    private let memory: HostMemory?
    private let fileDescriptorsToUnixSockets: Bool
    private var state = State.waiting
    private var start: Int64 = 0
    private var end: Int64 = 0
    private var isWhole = false

    /// - Returns: nil where clamd is not asked, or where who asks for it is not known before the envelope.
    package init?(_ settings: Settings) {
        guard settings.clamav, !settings.perDomain else { return nil }
        hosts = settings.clamd
        order = settings.clamdOrder
        memory = HostMemory(directory: settings.statedir)
        fileDescriptorsToUnixSockets = settings.clamdTransfer == .fildes
    }

    // MARK: While the message arrives

    package func follow(_ file: FileDescriptor, from start: Int64, to end: Int64, isWhole: Bool) {
        (self.start, self.end, self.isWhole) = (start, end, isWhole)
        switch state {
        case .waiting:
            // A message that is whole already is for the scan itself.
            if !isWhole && end - start >= Self.minimumBytes { begin(file) }
        case .resolving(let resolver, let lookup):
            take(lookup, of: resolver, file)
        case .open(let attempt, let conversation):
            if isWhole { attempt.noticeEarlyAnswer() }
            conversation.arrived(upTo: end, isWhole: isWhole)
            let now = Instant.now
            if attempt.ticked(now: now) == nil { attempt.resume(now: now) } else { giveUp() }
        case .over:
            break
        }
    }

    package func work(untilReadable input: FileDescriptor) {
        while true {
            let polled = PollSet()
            polled.append(pollfd(fd: input.rawValue, events: Int16(POLLIN), revents: 0))
            var resolver: Resolver?
            switch state {
            case .waiting, .over:
                return
            case .resolving(let asked, _):
                resolver = asked
                asked.appendPollDescriptors(to: polled)
            case .open(let attempt, _):
                // An answer can wait until there is somebody to whom it says something.
                guard attempt.wantsToSend, var descriptor = attempt.pollDescriptor else { return }
                descriptor.events = Int16(POLLOUT)
                polled.append(descriptor)
            }
            let now = Instant.now
            let timer = resolver?.nextTimer(now: now).map { ($0 - now).milliseconds } ?? -1
            // What poll(2) cannot wait for, the read itself will.
            guard polled.wait(milliseconds: timer), polled[0].revents == 0 else { return }
            resolver?.process(polled, from: 1)
            if case .open(let attempt, _) = state, polled[1].revents != 0 { proceed(attempt) }
        }
    }

    private func begin(_ file: FileDescriptor) {
        var hosts = HostList(hosts, order: order, memory: memory)
        switch hosts.next() {
        case .endpoint(let endpoint):
            open(endpoint, file)
        case .name(let host, let port):
            let resolver = Resolver()
            let lookup = resolver.lookUp(host, port: port)
            state = .resolving(resolver, lookup)
            take(lookup, of: resolver, file)
        case nil:
            state = .over
        }
    }

    private func take(_ lookup: Resolver.Lookup, of resolver: Resolver, _ file: FileDescriptor) {
        guard let result = lookup.result else { return }
        resolver.close()
        if case .success(let endpoints) = result, let first = endpoints.first {
            open(first, file)
        } else {
            state = .over
        }
    }

    private func open(_ endpoint: Endpoint, _ file: FileDescriptor) {
        state = .over
        guard !(fileDescriptorsToUnixSockets && endpoint.isUnix), !isWhole else { return }
        let conversation = ClamdArrivalConversation(start: start, end: end)
        do throws(ScannerFault) {
            let attempt = try Attempt(to: endpoint, conversation: conversation, spool: file, now: .now)
            state = .open(attempt, conversation)
        } catch {
            // The scan will meet the same fault, and say so.
        }
    }

    /// The socket can be written, or is connected, or has failed.
    private func proceed(_ attempt: Attempt) {
        // Without a buffer nothing is received, and nothing is answered but a connection that was not made.
        let nowhere = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        if attempt.ready(Int16(POLLOUT), buffer: nowhere, now: .now) != nil { giveUp() }
    }

    private func giveUp() {
        switch state {
        case .open(let attempt, _): attempt.close()
        case .resolving(let resolver, _): resolver.close()
        case .waiting, .over: break
        }
        state = .over
    }

    // MARK: Afterwards

    /// The connection that has the message, or soon will; nil where there is none. It is the caller's to close.
    func finish() -> Attempt? {
        guard case .open(let attempt, _) = state, isWhole, attempt.isConnected else {
            giveUp()
            return nil
        }
        state = .over
        return attempt
    }
}
