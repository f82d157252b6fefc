/// Finds records of a constant database by their keys, without reading or mapping the whole file.
///
/// How the bytes are read is the caller's: `read(offset, count)` returns up to `count` bytes, fewer only at the end
/// of the file. The first 8 kB are read once; a small database is then in memory, and in a large one a key that is
/// there takes two reads as a rule and one that is not takes one, whatever the number of records (cdb(5)). The bytes
/// may be anything: what leads beyond the file is `CdbFailure.damaged`. Damage within the bounds cannot be told,
/// because the format has no checksum.
package struct CdbReader {
    private let read: (_ offset: Int, _ count: Int) throws(CdbFailure) -> [UInt8]
    private let head: ArraySlice<UInt8>

    private static let tableOfTables = 2048
    private static let headBytes = 8192
    private static let slotBytes = 8
    private static let slotsAtOnce = 16
    /// Read beside a record's key at first, so that most values need no further read.
    private static let likelyValueBytes = 248
    /// The longest value that is believed.
    private static let maximumValueBytes = 1_048_576

    package init(
        read: @escaping (_ offset: Int, _ count: Int) throws(CdbFailure) -> [UInt8]
    ) throws(CdbFailure) {
        self.read = read
        head = try read(0, Self.headBytes)[...]
        guard head.count >= Self.tableOfTables else { throw .damaged }
    }

    /// The value of the first record with this key; nil where there is none.
    package func value(of key: [UInt8]) throws(CdbFailure) -> [UInt8]? {
        let hash = cdbHash(key)
        let table = Int(hash & 255) * Self.slotBytes
        let tableStart = unpack(head, at: table)
        let slots = unpack(head, at: table + 4)
        // An empty table has its place, too: a file of zeros is damaged, and not a database without records.
        guard tableStart >= Self.tableOfTables else { throw .damaged }
        if slots == 0 { return nil }
        var slot = Int(hash >> 8) % slots
        var left = slots
        while left > 0 {
            let count = min(Self.slotsAtOnce, slots - slot, left)
            let bytes = try bytes(at: tableStart + slot * Self.slotBytes, atLeast: count * Self.slotBytes)
            for index in 0..<count {
                let place = bytes.startIndex + index * Self.slotBytes
                let record = unpack(bytes, at: place + 4)
                if record == 0 { return nil }
                if unpack(bytes, at: place) == Int(hash), let value = try value(of: key, inRecordAt: record) {
                    return value
                }
            }
            slot = (slot + count) % slots
            left -= count
        }
        return nil
    }

    /// The value of the record at this place; nil where its key is another one.
    private func value(of key: [UInt8], inRecordAt place: Int) throws(CdbFailure) -> [UInt8]? {
        guard place >= Self.tableOfTables else { throw .damaged }
        let start = try bytes(at: place, atLeast: 8, upTo: 8 + key.count + Self.likelyValueBytes)
        let keyLength = unpack(start, at: start.startIndex)
        let valueLength = unpack(start, at: start.startIndex + 4)
        guard keyLength == key.count else { return nil }
        guard valueLength <= Self.maximumValueBytes else { throw .damaged }
        let record = start.dropFirst(8)
        guard record.count >= keyLength else { throw .damaged }
        guard record.prefix(keyLength).elementsEqual(key) else { return nil }
        let value = record.dropFirst(keyLength)
        if value.count >= valueLength { return Array(value.prefix(valueLength)) }
        return try Array(bytes(at: place + 8 + keyLength, atLeast: valueLength))
    }

    /// At least so many bytes, and up to so many where the file has them.
    private func bytes(
        at place: Int, atLeast least: Int, upTo most: Int? = nil
    ) throws(CdbFailure) -> ArraySlice<UInt8> {
        let most = max(most ?? least, least)
        let isWholeFile = head.count < Self.headBytes
        if isWholeFile || place + most <= head.count {
            guard place + least <= head.count else { throw .damaged }
            return head[place..<min(place + most, head.count)]
        }
        let bytes = try read(place, most)
        guard bytes.count >= least else { throw .damaged }
        return bytes.prefix(most)
    }
}

/// Why a look-up in a constant database cannot be made.
package enum CdbFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file leads beyond its own end.
    case damaged
    /// It cannot be read; the text is the system's.
    case unreadable(String)

    package var description: String {
        switch self {
        case .damaged: "is damaged or cut short; run simscanmk"
        case .unreadable(let error): "cannot be read: " + error
        }
    }
}

/// The hash that a constant database finds its keys by (cdb(5)).
private func cdbHash(_ key: [UInt8]) -> UInt32 {
    var hash: UInt32 = 5381
    for byte in key { hash = ((hash << 5) &+ hash) ^ UInt32(byte) }
    return hash
}
