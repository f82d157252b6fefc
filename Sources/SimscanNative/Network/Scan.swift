internal import SystemPackage

/// One scanner's question about one message, taken along its hosts until one answers.
///
/// The hosts are tried in order, those that the memory of dead hosts has in a pause last. A host that does not
/// connect within its head start gets company from the next one (the idea of RFC 8305); one that is connected and
/// silent for `firstByte` too, once a message. The first complete answer counts.
final class Scan {
    /// The waits of one scan, from the settings.
    struct Waits {
        /// How long a connection may take, and the addresses of a name.
        var connect: Duration
        /// How long a connected host may be silent before another is asked too.
        var firstByte: Duration
        /// How long a single host that was alive lately is waited for.
        var reload = Duration.zero
    }

    /// The scanner, as the log names it.
    let name: String
    private let waits: Waits
    private let spool: FileDescriptor
    private let resolver: Resolver
    private let memory: HostMemory?
    private let makeConversation: (Endpoint) -> any Conversation
    private var hosts: HostList
    private(set) var attempts: [Attempt] = []
    /// The connection that was there before the question: one that came to nothing costs this message no host.
    private var early: Attempt?
    private var lookups: [(lookup: Resolver.Lookup, startedAt: Instant)] = []
    private var hasAskedTwice = false
    private var reload: ReloadWait
    private var faults = HostFaults()

    /// The answer, once there is one; `failed` when every host has failed.
    private(set) var answer: ScannerAnswer?
    /// Who gave the answer.
    private(set) var answeredBy: String?
    private(set) var answeredAt: Instant?

    init(
        name: String, hosts: [ScannerHost], order: HostOrder, waits: Waits, spool: FileDescriptor,
        resolver: Resolver, memory: HostMemory?, makeConversation: @escaping (Endpoint) -> any Conversation
    ) {
        self.name = name
        self.waits = waits
        self.spool = spool
        self.resolver = resolver
        self.memory = memory
        self.makeConversation = makeConversation
        self.hosts = HostList(hosts, order: order, memory: memory)
        reload = ReloadWait(upTo: waits.reload, isSingle: hosts.count == 1)
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
        takeLookups(now: now)
        for attempt in attempts {
            if let answer = attempt.ticked(now: now) {
                finished(attempt, answer, now: now)
                guard self.answer == nil else { return }
                // It is closed, and its time may be up as well.
                continue
            }
            if !attempt.isConnected && now >= attempt.startedAt + waits.connect {
                finished(attempt, .failed(ScannerFault(phase: .connect, text: "cannot connect, time is up")), now: now)
            }
            if isSilent(attempt, now: now) { mark(attempt) }
        }
        if let endpoint = reload.due(now: now) { start(endpoint, makeConversation(endpoint), now: now) }
        while isNextHostDue(now: now), startNext(now: now) {}
        if attempts.isEmpty && lookups.isEmpty && hosts.isEmpty && !reload.isWaiting { fail() }
    }

    /// A connection is ready for something.
    func ready(_ attempt: Attempt, events: Int16, buffer: UnsafeMutableRawBufferPointer, now: Instant) {
        // Another connection may have ended this one since poll(2) returned.
        guard answer == nil, attempts.contains(where: { $0 === attempt }) else { return }
        let wasConnected = attempt.isConnected
        if let answer = attempt.ready(events, buffer: buffer, now: now) {
            finished(attempt, answer, now: now)
        } else if attempt.isConnected && !wasConnected {
            noteSecondQuestion()
            abandonConnecting(exceptFor: attempt, now: now)
        }
    }

    /// No more time for this message.
    func deadlinePassed(now: Instant) {
        guard answer == nil else { return }
        for attempt in attempts {
            if attempt.isConnected {
                faults.note(attempt.endpoint.name, "no answer in time")
            } else {
                faults.note(attempt.endpoint.name, "cannot connect, time is up")
                markSlow(attempt, now: now)
            }
        }
        for (lookup, _) in lookups { faults.note(lookup.name, "no address in time") }
        for host in hosts.names { faults.noteFirst(host, "not asked, time is up") }
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
            if !attempt.isConnected {
                consider(attempt.startedAt + waits.connect)
            } else if memory != nil && !attempt.hasReceived && !attempt.isMarked {
                consider(attempt.lastProgress + waits.firstByte)
            }
        }
        for (_, startedAt) in lookups { consider(startedAt + waits.connect) }
        consider(reload.nextTimer)
        if !hosts.isEmpty { consider(nextHostDue) }
        return earliest
    }

    // MARK: The next host

    /// When the next host is to be tried beside those that are under way; nil: not before one of them fails.
    private var nextHostDue: Instant? {
        let lookupDue = lookups.last.map { $0.startedAt + Attempt.usualHeadStart }
        guard let latest = attempts.last else { return lookupDue }
        if let lookup = lookups.last, lookup.startedAt > latest.startedAt { return lookupDue }
        if !latest.isConnected { return latest.startedAt + latest.headStart }
        return hasAskedTwice ? nil : latest.lastProgress + waits.firstByte
    }

    private func isNextHostDue(now: Instant) -> Bool {
        guard !hosts.isEmpty else { return false }
        if attempts.isEmpty && lookups.isEmpty { return true }
        return nextHostDue.map { now >= $0 } ?? false
    }

    /// - Returns: whether a host was there to be tried.
    private func startNext(now: Instant) -> Bool {
        switch hosts.next() {
        case .endpoint(let endpoint):
            start(endpoint, makeConversation(endpoint), now: now)
        case .name(let host, let port):
            lookups.append((resolver.lookUp(host, port: port), now))
            takeLookups(now: now)
        case nil:
            return false
        }
        return true
    }

    private func start(_ endpoint: Endpoint, _ conversation: any Conversation, now: Instant) {
        do throws(ScannerFault) {
            let attempt = try Attempt(to: endpoint, conversation: conversation, spool: spool, now: now)
            putOnProbation(attempt)
            attempts.append(attempt)
            noteSecondQuestion()
        } catch {
            failed(endpoint, error, isMarked: false, now: now)
        }
    }

    /// A host that does not take the connection has not been asked.
    private func noteSecondQuestion() {
        if attempts.count(where: { $0.isConnected }) > 1 { hasAskedTwice = true }
    }

    private func takeLookups(now: Instant) {
        guard !lookups.isEmpty else { return }
        lookups.removeAll { lookup, startedAt in
            switch lookup.result {
            case .success(let endpoints):
                hosts.insertNext(endpoints)
                if endpoints.count > 1 { reload.isSingle = false }
                return true
            case .failure(let fault):
                faults.note(lookup.name, fault.text)
                return true
            case nil:
                guard now >= startedAt + waits.connect else { return false }
                faults.note(lookup.name, "no address in time")
                return true
            }
        }
    }

    // MARK: The memory of dead hosts

    /// One message tries a host whose pause is over; the others go on without it until it has answered.
    private func putOnProbation(_ attempt: Attempt) {
        guard let memory, let record = memory.record(of: attempt.endpoint) else { return }
        guard record.state(now: HostMemory.now) == .onProbation else { return }
        attempt.headStart = record.headStart(atMost: Attempt.usualHeadStart)
        mark(attempt)
    }

    private func mark(_ attempt: Attempt) {
        guard !attempt.isMarked else { return }
        attempt.isMarked = true
        memory?.failed(attempt.endpoint)
    }

    /// A host that another one had to be tried beside is down, or might as well be.
    private func markSlow(_ attempt: Attempt, now: Instant) {
        if now >= attempt.startedAt + Attempt.usualHeadStart { mark(attempt) }
    }

    private func isSilent(_ attempt: Attempt, now: Instant) -> Bool {
        attempt.isConnected && !attempt.hasReceived && now >= attempt.lastProgress + waits.firstByte
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
            // One of two that were asked has no answer: while the other is silent the next one is asked in its place.
            if attempts.count(where: { $0.isConnected }) < 2 { hasAskedTwice = false }
            failed(attempt.endpoint, fault, isMarked: attempt.isMarked, now: now)
            // Whoever says something wrong is there all the same.
            if attempt.hasReceived && fault.phase == .answer {
                memory?.answered(attempt.endpoint, connectTime: attempt.connectTime)
            }
            if attempt.isConnected, let fallback = attempt.conversation.fallback {
                start(attempt.endpoint, fallback, now: now)
            }
        case .clean, .infected, .notScanned, .spam, .version:
            memory?.answered(attempt.endpoint, connectTime: attempt.connectTime)
            self.answer = answer
            answeredBy = attempt.endpoint.name
            answeredAt = now
            close()
        }
    }

    /// - Parameter isMarked: whether the memory knows of it.
    private func failed(_ endpoint: Endpoint, _ fault: ScannerFault, isMarked: Bool, now: Instant) {
        faults.note(endpoint.name, fault.text)
        switch fault.phase {
        case .connect, .silence: if !isMarked { memory?.failed(endpoint) }
        // What a scanner says of one message is no reason to keep the others from it.
        case .start, .resolve, .unavailable, .answer: break
        }
        reload.failed(endpoint, fault, memory, now: now)
    }

    /// The first connection wins; those that were slower go to the end of the list, unasked.
    private func abandonConnecting(exceptFor winner: Attempt, now: Instant) {
        for attempt in attempts where !attempt.isConnected && attempt !== winner {
            attempt.close()
            faults.note(attempt.endpoint.name, "cannot connect before another does")
            markSlow(attempt, now: now)
            hosts.putBack(attempt.endpoint)
        }
        attempts.removeAll { !$0.isConnected && $0 !== winner }
    }

    private func fail() {
        close()
        answer = .failed(ScannerFault(phase: .silence, text: name + " " + faults.text))
    }
}
