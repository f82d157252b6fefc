/// Whether a single host that cannot be reached is waited for: only where it was alive lately.
///
/// A clamd that is restarted, or reloads its signatures, refuses for up to half a minute, and is back. One that was
/// not seen alive is down, and waiting for it would fill every SMTP slot of the mail host.
struct ReloadWait {
    /// What is lately: in milliseconds.
    private static let lately: Int64 = 600_000
    /// How often it is tried.
    private static let interval = Duration.milliseconds(250)

    private let limit: Duration
    /// Where there are others, waiting for this one helps nobody.
    var isSingle: Bool
    private var end: Instant?
    private var next: (endpoint: Endpoint, at: Instant)?

    /// - Parameter limit: how long it is waited for; zero: not at all.
    init(upTo limit: Duration, isSingle: Bool) {
        self.limit = limit
        self.isSingle = isSingle
    }

    /// Whether the host is to be tried again.
    var isWaiting: Bool { next != nil }
    var nextTimer: Instant? { next?.at }

    /// The host that is to be tried now.
    mutating func due(now: Instant) -> Endpoint? {
        guard let next, now >= next.at else { return nil }
        self.next = nil
        return next.endpoint
    }

    /// The host could not be reached, or said that it is not ready.
    mutating func failed(_ endpoint: Endpoint, _ fault: ScannerFault, _ memory: HostMemory?, now: Instant) {
        guard isSingle, limit > .zero, fault.phase == .connect || fault.phase == .unavailable else { return }
        if end == nil {
            let record = memory?.record(of: endpoint)
            guard record?.wasAlive(within: Self.lately, now: HostMemory.now) == true else { return }
            end = now + limit
        }
        guard let end, now + Self.interval < end else { return }
        next = (endpoint, now + Self.interval)
    }
}
