/// Counts names of any number in a bounded memory.
///
/// As long as there are no more than `limit` different names, every count is exact. Beyond that the rare half is
/// taken away in one go, and the count that was common to all with it (Misra and Gries' frequent items): a count is
/// then a lower bound, at most `uncertainty` below the true one, and no frequent name is lost.
struct Tally {
    private static let limit = 8192
    private static let slotCount = 4 * limit
    /// Names are cut here.
    static let maximumNameBytes = 256

    /// Everything that was counted.
    private(set) var total = 0
    /// By how much a count may be too low.
    private(set) var uncertainty = 0

    private struct Entry {
        var hash: Int
        var start: Int
        var length: Int
        var count: Int
    }

    private var entries: [Entry] = []
    private var slots: [Int32]
    private var arena: [UInt8] = []
    private var name = [UInt8](repeating: 0, count: maximumNameBytes)

    init() {
        slots = []
    }

    mutating func add(_ bytes: Bytes, lowercased: Bool = false) {
        total += 1
        if slots.isEmpty { slots = [Int32](repeating: -1, count: Self.slotCount) }
        let length = min(bytes.count, Self.maximumNameBytes)
        for index in 0..<length {
            let byte = bytes[index]
            name[index] = lowercased && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        }
        // Swift's hash has a seed of its own for every run: nobody can make names that collide.
        var hasher = Hasher()
        name.withUnsafeBytes { hasher.combine(bytes: Bytes(rebasing: $0[..<length])) }
        let hash = hasher.finalize()
        var slot = hash & (Self.slotCount - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash && isSame(entries[index], length) {
                entries[index].count += 1
                return
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        slots[slot] = Int32(entries.count)
        entries.append(Entry(hash: hash, start: arena.count, length: length, count: 1))
        arena += name[..<length]
        if entries.count > Self.limit { prune() }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(Bytes($0)) }
    }

    /// The most frequent names, each with its count.
    func top(_ count: Int) -> [(name: [UInt8], count: Int)] {
        let sorted = entries.sorted { ($1.count, $0.start) < ($0.count, $1.start) }
        return sorted.prefix(count).map { (Array(arena[$0.start..<$0.start + $0.length]), $0.count) }
    }

    private func isSame(_ entry: Entry, _ length: Int) -> Bool {
        guard entry.length == length else { return false }
        for index in 0..<length where arena[entry.start + index] != name[index] { return false }
        return true
    }

    private mutating func prune() {
        let common = entries.map(\.count).sorted()[entries.count / 2]
        uncertainty += common
        var kept: [Entry] = []
        var bytes: [UInt8] = []
        slots = [Int32](repeating: -1, count: Self.slotCount)
        for var entry in entries where entry.count > common {
            entry.count -= common
            bytes += arena[entry.start..<entry.start + entry.length]
            entry.start = bytes.count - entry.length
            var slot = entry.hash & (Self.slotCount - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (Self.slotCount - 1) }
            slots[slot] = Int32(kept.count)
            kept.append(entry)
        }
        entries = kept
        arena = bytes
    }
}
