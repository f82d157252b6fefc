/// What is remembered of one host, and the 256 bytes in which it is kept.
///
/// Times are milliseconds of the wall clock since 1970, so that they mean the same to every process and after a
/// restart; a clock that is set makes them wrong, which `pauseLeft` and `wasAlive` bear.
package struct HostRecord: Equatable, Sendable {
    /// The address as the settings could have it, numbers for a name: `tcp:10.0.0.5:3310`.
    package let address: String
    /// Faults in a row; 0 for a host that is in use.
    package private(set) var failures: UInt32 = 0
    /// Until then the host is tried last.
    private var pausedUntil: Int64 = 0
    /// When it last answered; 0: never.
    package private(set) var lastAlive: Int64 = 0
    /// How long its last connection took to be made.
    private var connectMicroseconds: UInt32 = 0

    init(address: String) { self.address = address }
}

// MARK: What is done with it

extension HostRecord {
    /// The pause after the first fault; it doubles with each one that follows.
    private static let firstPause: Int64 = 1_000
    /// With the jitter of a quarter it stays under a minute, in which a host that is well again is to be in use.
    private static let longestPause: Int64 = 44_000
    /// An answer is noted at most so often.
    private static let aliveResolution: Int64 = 60_000
    /// What a connection may take to a host that was down, before the next one is tried beside it: a host that is
    /// still down must not be felt.
    private static let shortHeadStart = Duration.milliseconds(10)
    /// From so many faults on a host that was never seen alive is given the whole time now and then: it may be far.
    private static let manyFailures = 8

    /// Whether a host is asked in its turn.
    enum State {
        case inUse
        /// It is tried last.
        case paused
        /// The pause is over: one message tries it, with a short head start.
        case onProbation
    }

    func state(now: Int64) -> State {
        if failures == 0 { return .inUse }
        return pauseLeft(now: now) == nil ? .onProbation : .paused
    }

    /// Milliseconds until the host is tried again; nil where it may be.
    package func pauseLeft(now: Int64) -> Int64? {
        let left = pausedUntil - now
        // Nobody pauses a host for longer: the clock was set back.
        return left > 0 && left <= Self.longestPause * 5 / 4 ? left : nil
    }

    /// Whether it answered within so many milliseconds before now.
    func wasAlive(within limit: Int64, now: Int64) -> Bool {
        lastAlive > 0 && lastAlive <= now && now - lastAlive <= limit
    }

    /// For a host on probation: how long another one waits beside it.
    func headStart(atMost limit: Duration) -> Duration {
        if lastAlive == 0 { return failures >= Self.manyFailures ? limit : Self.shortHeadStart }
        // What was quick before is quick when it is well.
        return min(limit, max(Self.shortHeadStart, .microseconds(3 * Int64(connectMicroseconds))))
    }

    /// One more fault; the filters that meet the same one during its pause count nothing.
    ///
    /// - Parameter random: for the jitter, by which the filters of many mail hosts do not all come back at once.
    mutating func failed(now: Int64, random: UInt64) {
        guard pauseLeft(now: now) == nil else { return }
        failures = failures == .max ? .max : failures + 1
        let pause = min(Self.firstPause << Int64(min(failures - 1, 16)), Self.longestPause)
        pausedUntil = now + pause + Int64(random % UInt64(pause / 4 + 1))
    }

    /// It answered.
    mutating func answered(now: Int64, connectTime: Duration?) {
        failures = 0
        pausedUntil = 0
        lastAlive = now
        if let connectTime { connectMicroseconds = UInt32(clamping: connectTime.nanoseconds / 1000) }
    }

    /// Whether an answer says something that is not known.
    func isOutdated(now: Int64) -> Bool {
        failures > 0 || lastAlive > now || now - lastAlive > Self.aliveResolution
    }

    /// The last time that something is known of; what is oldest gives way where the file is full.
    var age: Int64 { max(lastAlive, pausedUntil) }
}

// MARK: Its form in the file

extension HostRecord {
    /// Checksum, paused until, last alive (8 bytes each), failures, connect time (4 each), the address's length (1)
    /// and bytes; numbers with the low byte first.
    static let byteCount = 256
    private static let addressOffset = 33
    static let longestAddress = byteCount - addressOffset

    /// Whether a slot is about this address, right or damaged.
    static func isSlot(_ slot: UnsafeRawBufferPointer, of address: [UInt8]) -> Bool {
        slot.count == byteCount && Int(slot[addressOffset - 1]) == address.count
            && slot[addressOffset...].starts(with: address)
    }

    /// Nil for a slot that is free or damaged.
    init?(_ slot: UnsafeRawBufferPointer) {
        guard slot.count == Self.byteCount, Self.number(slot, 0) == Self.checksum(slot) else { return nil }
        let end = Self.addressOffset + Int(slot[Self.addressOffset - 1])
        guard end > Self.addressOffset, end <= Self.byteCount else { return nil }
        address = String(decoding: slot[Self.addressOffset..<end], as: UTF8.self)
        pausedUntil = Int64(bitPattern: Self.number(slot, 8))
        lastAlive = Int64(bitPattern: Self.number(slot, 16))
        let both = Self.number(slot, 24)
        failures = UInt32(truncatingIfNeeded: both)
        connectMicroseconds = UInt32(truncatingIfNeeded: both >> 32)
    }

    /// The slot's bytes; nil where the address does not fit.
    var bytes: [UInt8]? {
        let text = Array(address.utf8)
        guard (1...Self.longestAddress).contains(text.count) else { return nil }
        var slot: [UInt8] = []
        func add(_ number: UInt64) {
            for shift in 0..<8 { slot.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
        }
        add(0)
        add(UInt64(bitPattern: pausedUntil))
        add(UInt64(bitPattern: lastAlive))
        add(UInt64(failures) | UInt64(connectMicroseconds) << 32)
        slot.append(UInt8(text.count))
        slot += text
        slot += repeatElement(0, count: Self.byteCount - slot.count)
        let checksum = slot.withUnsafeBytes(Self.checksum)
        for shift in 0..<8 { slot[shift] = UInt8(truncatingIfNeeded: checksum >> (8 * shift)) }
        return slot
    }

    private static func number(_ slot: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        slot[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// FNV-1a of 64 bits over all behind the checksum itself; zeros do not have it.
    private static func checksum(_ slot: UnsafeRawBufferPointer) -> UInt64 {
        slot[8...].reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
