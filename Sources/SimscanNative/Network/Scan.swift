internal import SystemPackage

/// One scanner's question about one message, taken along its hosts until one answers.
///
/// The hosts are tried in order. A host that does not connect within `connectStagger` gets company from the
/// next one (the idea of RFC 8305); one that is connected and silent for `firstByte` too, once a message. The
/// first complete answer counts.
final class Scan {
    /// The waits of one scan, from the settings.
    struct Waits {
        /// How long a connection may take.
        var connect: Duration
        /// How long a connected host may be silent before another is asked too.
        var firstByte: Duration
    }

    /// After this a dead host costs nothing more than the wait that is already over.
    private static let connectStagger = Duration.milliseconds(250)

    /// The scanner, as the log names it.
    let name: String
    private let waits: Waits
    private let spool: FileDescriptor
    private let resolver: Resolver
    private let makeConversation: (Endpoint) -> any Conversation
    private var hosts: HostList
    private(set) var attempts: [Attempt] = []
    /// The connection that was there before the question: one that came to nothing costs this message no host.
    private var early: Attempt?
    private var lookup: Resolver.Lookup?
    private var lookupStartedAt: Instant
    private var hasAskedTwice = false
    private var faults: [String] = []

    /// The answer, once there is one; `failed` when every host has failed.
    private(set) var answer: ScannerAnswer?
    /// Who gave the answer.
    private(set) var answeredBy: String?
    private(set) var answeredAt: Instant?

    init(
        name: String, hosts: [ScannerHost], order: HostOrder, waits: Waits, spool: FileDescriptor, resolver: Resolver,
        now: Instant, makeConversation: @escaping (Endpoint) -> any Conversation
    ) {
        self.name = name
        self.waits = waits
        self.spool = spool
        self.resolver = resolver
        self.makeConversation = makeConversation
        self.hosts = HostList(hosts, order: order)
        lookupStartedAt = now
    }

    /// Takes over a connection on which the question is being asked already.
    func adopt(_ attempt: Attempt, now: Instant) {
        early = attempt
        hosts.remove(attempt.endpoint)
        attempt.restartClock(now: now)
        attempts.append(attempt)
    }

    /// Starts what is due, and gives up what has taken too long.
    func advance(now: Instant) {
        guard answer == nil else { return }
        takeLookup()
        for attempt in attempts {
            if let answer = attempt.ticked(now: now) { finished(attempt, answer, now: now) }
            guard self.answer == nil else { return }
            if !attempt.isConnected && now >= attempt.startedAt + waits.connect {
                finished(attempt, .failed(ScannerFault(phase: .connect, text: "cannot connect, time is up")), now: now)
            }
        }
        while isNextHostDue(now: now), startNext(now: now) {}
        if attempts.isEmpty && lookup == nil && hosts.isEmpty { fail() }
    }

    /// A connection is ready for something.
    func ready(_ attempt: Attempt, events: Int16, buffer: UnsafeMutableRawBufferPointer, now: Instant) {
        // Another connection may have ended this one since poll(2) returned.
        guard answer == nil, attempts.contains(where: { $0 === attempt }) else { return }
        let wasConnected = attempt.isConnected
        if let answer = attempt.ready(events, buffer: buffer, now: now) {
            finished(attempt, answer, now: now)
        } else if attempt.isConnected && !wasConnected {
            abandonConnecting(exceptFor: attempt)
        }
    }

    /// No more time for this message.
    func deadlinePassed() {
        guard answer == nil else { return }
        for attempt in attempts {
            note(attempt.endpoint.name, attempt.isConnected ? "no answer in time" : "cannot connect, time is up")
        }
        if let lookup { note(lookup.name, "no address in time") }
        fail()
    }

    /// Closes what is open; called once at the end of all scanning.
    func close() {
        for attempt in attempts {
            attempt.conversation.discard()
            attempt.close()
        }
        attempts = []
    }

    /// When `advance` has something to do though no connection is ready.
    func nextTimer(now: Instant) -> Instant? {
        guard answer == nil else { return nil }
        var earliest: Instant?
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            earliest = earliest.map { min($0, instant) } ?? instant
        }
        for attempt in attempts {
            consider(attempt.nextTimer)
            if !attempt.isConnected { consider(attempt.startedAt + waits.connect) }
        }
        if !hosts.isEmpty { consider(nextHostDue) }
        return earliest
    }

    // MARK: The next host

    /// When the next host is to be tried beside those that are under way; nil: not before one of them fails.
    private var nextHostDue: Instant? {
        if lookup != nil { return lookupStartedAt + Self.connectStagger }
        guard let latest = attempts.last else { return nil }
        if !latest.isConnected { return latest.startedAt + Self.connectStagger }
        return hasAskedTwice || latest.hasReceived ? nil : latest.lastProgress + waits.firstByte
    }

    private func isNextHostDue(now: Instant) -> Bool {
        guard !hosts.isEmpty else { return false }
        if attempts.isEmpty && lookup == nil { return true }
        return nextHostDue.map { now >= $0 } ?? false
    }

    /// - Returns: whether a host was there to be tried.
    private func startNext(now: Instant) -> Bool {
        if attempts.contains(where: { $0.isConnected }) { hasAskedTwice = true }
        switch hosts.next() {
        case .endpoint(let endpoint):
            start(endpoint, makeConversation(endpoint), now: now)
        case .name(let host, let port):
            // One name at a time: the one before has had its quarter of a second.
            if let lookup { note(lookup.name, "no address in time") }
            lookup = resolver.lookUp(host, port: port)
            lookupStartedAt = now
            takeLookup()
        case nil:
            return false
        }
        return true
    }

    private func start(_ endpoint: Endpoint, _ conversation: any Conversation, now: Instant) {
        do throws(ScannerFault) {
            attempts.append(try Attempt(to: endpoint, conversation: conversation, spool: spool, now: now))
        } catch {
            note(endpoint.name, error.text)
        }
    }

    private func takeLookup() {
        guard let lookup, let result = lookup.result else { return }
        self.lookup = nil
        switch result {
        case .success(let endpoints): hosts.insertNext(endpoints)
        case .failure(let fault): note(lookup.name, fault.text)
        }
    }

    // MARK: Ends

    private func finished(_ attempt: Attempt, _ answer: ScannerAnswer, now: Instant) {
        attempts.removeAll { $0 === attempt }
        attempt.close()
        switch answer {
        case .failed where attempt === early:
            // A slow client's pauses are not the scanner's fault: the same host is asked again, with all of it.
            early = nil
            hosts.insertNext([attempt.endpoint])
        case .failed(let fault):
            attempt.conversation.discard()
            note(attempt.endpoint.name, fault.text)
            if attempt.isConnected, let fallback = attempt.conversation.fallback {
                start(attempt.endpoint, fallback, now: now)
            }
        case .clean, .infected, .notScanned, .spam, .version:
            self.answer = answer
            answeredBy = attempt.endpoint.name
            answeredAt = now
            close()
        }
    }

    /// The first connection wins; those that were slower go to the end of the list, unasked.
    private func abandonConnecting(exceptFor winner: Attempt) {
        for attempt in attempts where !attempt.isConnected && attempt !== winner {
            attempt.close()
            hosts.putBack(attempt.endpoint)
        }
        attempts.removeAll { !$0.isConnected && $0 !== winner }
    }

    private func note(_ host: String, _ text: String) {
        faults.append(host + ": " + text)
    }

    private func fail() {
        close()
        answer = .failed(ScannerFault(phase: .silence, text: name + " " + faults.joined(separator: "; ")))
    }
}
