/// Walks over the records of a constant database that is in memory, in the order in which they were written.
///
/// The file's layout (cdb(5)): 256 pairs of table position and length, 2048 bytes; the records, each two lengths of
/// 32 bits, low byte first, then key and value; the hash tables, where the records end. The bytes may be anything:
/// what does not fit into them ends the walk, and `isWhole` then is false. libcdb's own walk trusts the lengths.
package struct CdbWalk {
    /// One record. A tuple in an Optional would have its metadata made at run time, in every process.
    package struct Record {
        package let key: ArraySlice<UInt8>
        package let value: ArraySlice<UInt8>
    }

    private let file: ArraySlice<UInt8>
    private var place = 2048
    /// Where the records end; ahead of their beginning in a file that is none.
    private let end: Int

    package init(_ file: [UInt8]) {
        self.file = file[...]
        // The tables follow the records in order; the first one stands where the records end.
        end = file.count >= 2048 ? min(unpack(file[...], at: 0), file.count) : 0
    }

    /// Bytes that the whole file has: its tables end where the last of them ends (cdb(5)).
    package var announcedBytes: Int {
        guard file.count >= 2048 else { return 2048 }
        return file.withUnsafeBytes { bytes in
            var end = 0
            for table in 0..<256 {
                let place = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: table * 8, as: UInt32.self))
                let count = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: table * 8 + 4, as: UInt32.self))
                end = max(end, Int(place) + 8 * Int(count))
            }
            return end
        }
    }

    /// Whether the walk has come to the records' end, and nothing was cut off.
    package var isWhole: Bool { place == end }

    /// The next record, nil behind the last one and where a record does not fit.
    package mutating func next() -> Record? {
        guard end - place >= 8 else { return nil }
        let keyLength = unpack(file, at: place)
        let valueLength = unpack(file, at: place + 4)
        guard keyLength <= end - place - 8, valueLength <= end - place - 8 - keyLength else { return nil }
        let key = place + 8
        let value = key + keyLength
        place = value + valueLength
        return Record(key: file[key..<value], value: file[value..<place])
    }
}
