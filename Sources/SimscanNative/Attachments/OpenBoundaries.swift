/// The boundaries of the multiparts that are open, found in one look-up however many they are.
///
/// Mail can open a thousand multiparts and then send millions of lines that begin with `--`; comparing each of
/// these with each boundary would take minutes.
struct OpenBoundaries {
    /// A class, since the first array of a structure costs every process its metadata.
    private final class Entry {
        let hash: UInt64
        let bytes: [UInt8]
        let level: Int
        /// The entry before this one in the same bucket, or -1.
        let next: Int

        init(hash: UInt64, bytes: [UInt8], level: Int, next: Int) {
            self.hash = hash
            self.bytes = bytes
            self.level = level
            self.next = next
        }
    }

    /// How many of the innermost boundaries are tried as the beginning of a line.
    static let prefixTries = 8

    private var entries: [Entry] = []
    /// Made with the first boundary.
    private var buckets: [Int] = []
    /// Which bytes a boundary begins with: most lines that begin with `--` end here.
    private var firstBytes: [Int] = []
    /// How often a look-up went on to another entry. A mail that drives this up was made to do so.
    private(set) var steps = 0

    /// Opens a boundary at a level; levels only grow until `close(from:)`.
    mutating func open(_ boundary: [UInt8], level: Int) {
        if buckets.isEmpty {
            buckets.append(contentsOf: repeatElement(-1, count: 512))
            firstBytes.append(contentsOf: repeatElement(0, count: 257))
        }
        let hash = Self.hash(boundary[...])
        let bucket = Int(hash & 511)
        entries.append(Entry(hash: hash, bytes: boundary, level: level, next: buckets[bucket]))
        buckets[bucket] = entries.count - 1
        firstBytes[boundary.first.map(Int.init) ?? 256] += 1
    }

    /// Forgets every boundary of this level and those above it.
    mutating func close(from level: Int) {
        while let last = entries.last, last.level >= level {
            buckets[Int(last.hash & 511)] = last.next
            firstBytes[last.bytes.first.map(Int.init) ?? 256] -= 1
            entries.removeLast()
        }
    }

    /// What a line is that begins with `--`.
    enum Match: Equatable {
        case delimiter(level: Int)
        case closeDelimiter(level: Int)
        /// More stands on the line; a delimiter for some.
        case beginning
        case none
    }

    /// Finds the boundary that a line names; `rest` is the line behind its first two dashes, without line end and
    /// trailing blanks.
    mutating func match(_ rest: Slice<UnsafeRawBufferPointer>) -> Match {
        guard !entries.isEmpty, firstBytes[256] > 0 || rest.first.map({ firstBytes[Int($0)] > 0 }) ?? false else {
            return .none
        }
        let delimiter = level(of: rest)
        let isClosing = rest.count >= 2 && rest.suffix(2).allSatisfy { $0 == UInt8(ascii: "-") }
        let closing = isClosing ? level(of: rest.dropLast(2)) : nil
        switch (delimiter, closing) {
        case (let level?, let closed?) where level > closed: return .delimiter(level: level)
        case (_, let level?): return .closeDelimiter(level: level)
        case (let level?, nil): return .delimiter(level: level)
        case (nil, nil): break
        }
        // RFC 2046, 5.1.1: it is enough that the boundary stands at the line's beginning. Some programs do it so.
        for entry in entries.suffix(Self.prefixTries).reversed()
        where !entry.bytes.isEmpty && rest.count > entry.bytes.count && rest.starts(with: entry.bytes) {
            return .beginning
        }
        return .none
    }

    private mutating func level(of boundary: Slice<UnsafeRawBufferPointer>) -> Int? {
        let hash = Self.hash(boundary)
        var index = buckets[Int(hash & 511)]
        while index >= 0 {
            if entries[index].hash == hash, entries[index].bytes.elementsEqual(boundary) {
                return entries[index].level
            }
            index = entries[index].next
            steps += 1
        }
        return nil
    }

    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash ^ (hash >> 32)
    }
}
