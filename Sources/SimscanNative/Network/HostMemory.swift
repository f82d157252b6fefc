internal import Glibc

/// The memory of dead hosts that all filters share, as qmail-remote's tcpto is one: the file `hosts` in `statedir`.
///
/// It is of use, and nothing depends on it: a file that is missing, damaged, locked or cannot be written costs what
/// is remembered and nothing else. Reading takes two system calls a message and no lock; a record is written where
/// something has changed, or once a minute, under a lock that lasts for one read and one write. A record is one
/// write of 256 bytes with a checksum, so a filter that is killed spoils at most that one.
package final class HostMemory {
    /// The file's name in `statedir`.
    package static let fileName = "hosts"
    /// More hosts than a farm has; what is in the file beyond them is not read.
    static let maximumRecords = 64
    private static let usualRecords = 16

    /// Hosts are known by address, however the settings name them; filters of other users have no business here.
    private static let mode: mode_t = 0o640
    /// A lock is held for microseconds; whoever holds it for longer was stopped, and is not waited for.
    private static let lockTries = 10
    private static let lockPause: useconds_t = 100

    private let path: String
    private let flags: CInt
    /// Open as long as the process lives; nil before the first use, and where the file cannot be opened.
    private var file: CInt?
    private var isLoaded = false
    /// The file as it was last read.
    private var slots: [UInt8] = []
    private var random = KernelRandom()

    /// Touches nothing yet; nil where nothing is to be remembered.
    ///
    /// - Parameter isReadOnly: whether the file is only looked at, and not made where there is none.
    package init?(directory: String?, isReadOnly: Bool = false) {
        guard let directory else { return nil }
        path = directory + "/" + Self.fileName
        flags = isReadOnly ? O_RDONLY : O_RDWR | O_CREAT
    }

    deinit {
        if let file { close(file) }
    }

    /// All records, by address.
    package func records() -> [HostRecord] {
        load()
        let records = (0..<(slots.count / HostRecord.byteCount)).compactMap { index in slot(index, HostRecord.init) }
        return records.sorted { $0.address < $1.address }
    }

    /// The wall clock, in milliseconds since 1970.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    func record(of endpoint: Endpoint) -> HostRecord? {
        load()
        guard !slots.isEmpty else { return nil }
        return index(of: Array(endpoint.address.utf8)).flatMap { slot($0, HostRecord.init) }
    }

    /// A connection to the host was not made, was reset, or stayed silent for too long.
    func failed(_ endpoint: Endpoint) {
        let now = Self.now
        // Another filter has met the same fault already.
        if let known = record(of: endpoint), known.pauseLeft(now: now) != nil { return }
        let jitter = random.next()
        update(endpoint) { record in record.failed(now: now, random: jitter) }
    }

    /// The host answered, which is written where it is news.
    func answered(_ endpoint: Endpoint, connectTime: Duration?) {
        let now = Self.now
        if let known = record(of: endpoint), !known.isOutdated(now: now) { return }
        update(endpoint) { $0.answered(now: now, connectTime: connectTime) }
    }

    // MARK: The file

    private func load() {
        guard !isLoaded else { return }
        isLoaded = true
        let opened = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, Self.mode)
        guard opened >= 0 else { return }
        file = opened
        read()
    }

    private func read() {
        guard let file else { return }
        // Most farms are small: a page holds sixteen hosts.
        for records in [Self.usualRecords, Self.maximumRecords] {
            let room = records * HostRecord.byteCount
            slots = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = max(0, pread(file, buffer.baseAddress, room, 0))
            }
            if slots.count < room { return }
        }
    }

    /// - Precondition: the file is loaded.
    private func update(_ endpoint: Endpoint, _ change: (inout HostRecord) -> Void) {
        guard let file, lock(file) else { return }
        defer { flock(file, LOCK_UN) }
        // Others may have written since.
        read()
        let address = Array(endpoint.address.utf8)
        let index = index(of: address) ?? freeIndex
        var record = slot(index, HostRecord.init) ?? HostRecord(address: endpoint.address)
        if !record.address.utf8.elementsEqual(address) { record = HostRecord(address: endpoint.address) }
        change(&record)
        guard let bytes = record.bytes else { return }
        let offset = index * HostRecord.byteCount
        guard pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count else { return }
        if slots.count < offset + bytes.count {
            slots += repeatElement(0, count: offset + bytes.count - slots.count)
        }
        slots.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }

    private func lock(_ file: CInt) -> Bool {
        for attempt in 0..<Self.lockTries {
            if attempt > 0 { usleep(Self.lockPause) }
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
        }
        return false
    }

    // MARK: Slots

    private func slot<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result?) -> Result? {
        let start = index * HostRecord.byteCount
        return slots.withUnsafeBytes { bytes in
            guard start + HostRecord.byteCount <= bytes.count else { return nil }
            return body(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + HostRecord.byteCount)]))
        }
    }

    private func index(of address: [UInt8]) -> Int? {
        (0..<(slots.count / HostRecord.byteCount)).first { index in
            slot(index) { HostRecord.isSlot($0, of: address) } ?? false
        }
    }

    /// The first slot that is free or damaged; the oldest one where there is none.
    private var freeIndex: Int {
        var oldest: (index: Int, age: Int64)?
        for index in 0..<Self.maximumRecords {
            guard let record = slot(index, HostRecord.init) else { return index }
            if record.age < oldest?.age ?? .max { oldest = (index, record.age) }
        }
        return oldest?.index ?? 0
    }
}
