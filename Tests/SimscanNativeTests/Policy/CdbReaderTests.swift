import CCdb
import Foundation
import SimscanNative
import Testing

@Suite struct CdbReaderTests {
    /// Counts the reads of one reader.
    final class Counter {
        var reads = 0
        var bytes = 0
    }

    /// A reader over bytes in memory.
    private func reader(_ file: [UInt8], _ counter: Counter = Counter()) throws(CdbFailure) -> CdbReader {
        try CdbReader { (offset, count) throws(CdbFailure) in
            counter.reads += 1
            guard offset < file.count else { return [] }
            let found = Array(file[offset..<min(offset + count, file.count)])
            counter.bytes += found.count
            return found
        }
    }

    /// The bytes of a database of these records.
    private func database(_ records: [(String, String)]) throws -> [UInt8] {
        let directory = try ControlDirectory()
        try writeCdb(records.map { (Array($0.0.utf8), Array($0.1.utf8)) }, to: directory.file("x.cdb"))
        return try directory.bytes(of: "x.cdb")
    }

    private func value(_ reader: CdbReader, _ key: String) throws -> String? {
        try reader.value(of: Array(key.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [0, 1, 2, 50, 200, 3000]) func `Every record is found, and nothing else`(count: Int) throws {
        let reader = try reader(try database((0..<count).map { ("key\($0).example.com", "value \($0)") }))
        for index in 0..<count { #expect(try value(reader, "key\(index).example.com") == "value \(index)") }
        for index in count..<count + 300 { #expect(try value(reader, "key\(index).example.com") == nil) }
        #expect(try value(reader, "") == nil)
    }

    @Test func `The empty key, empty values and long ones are found`() throws {
        let long = String(repeating: "x", count: 20_000)
        let reader = try reader(try database([("", "default"), ("empty", ""), ("long", long), (long, "key")]))
        #expect(try value(reader, "") == "default")
        #expect(try value(reader, "empty") == "")
        #expect(try value(reader, "long") == long)
        #expect(try value(reader, long) == "key")
    }

    @Test func `The first of two records with one key is found`() throws {
        #expect(try value(reader(try database([("a", "1"), ("a", "2")])), "a") == "1")
    }

    @Test func `A small database is read once, whatever is looked up`() throws {
        let counter = Counter()
        let reader = try reader(try database((0..<50).map { ("key\($0)", "value") }), counter)
        for index in 0..<100 { _ = try value(reader, "key\(index)") }
        #expect(counter.reads == 1)
    }

    /// Written by libcdb itself, as the classic's database is.
    @Test func `A look-up among a million domains costs what it costs among ten`() throws {
        let directory = try ControlDirectory()
        let descriptor = open(directory.file("big.cdb"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        var make = cdb_make()
        #expect(cdb_make_start(&make, descriptor) == 0)
        for index in 0..<1_000_000 {
            let key = "domain\(index).example.com"
            #expect(cdb_make_add(&make, key, UInt32(key.utf8.count), "clam=yes,spam=no", 16) == 0)
        }
        #expect(cdb_make_finish(&make) == 0)

        let counter = Counter()
        let reader = try CdbReader { (offset, count) throws(CdbFailure) in
            counter.reads += 1
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
            }
            counter.bytes += bytes.count
            return bytes
        }
        let first = (reads: counter.reads, bytes: counter.bytes)
        #expect(first.reads == 1)
        #expect(first.bytes <= 8192)
        var worst = 0
        var found: [Int] = []
        for index in stride(from: 0, to: 1_000_000, by: 997) {
            let before = counter.reads
            #expect(try value(reader, "domain\(index).example.com") == "clam=yes,spam=no")
            found.append(counter.reads - before)
            worst = max(worst, counter.reads - before)
        }
        #expect(worst <= 4)
        #expect(Double(found.reduce(0, +)) / Double(found.count) < 2.1)
        let before = counter.reads
        for index in 0..<1000 { #expect(try value(reader, "domain\(index).example.org") == nil) }
        #expect(counter.reads - before < 1100)
        // What a look-up holds in memory.
        #expect(counter.bytes - first.bytes < counter.reads * 512)
    }

    @Test func `A file that is cut or flipped anywhere ends in a value, in none, or in a failure`() throws {
        let records = (0..<8).map { ("key\($0)", "value \($0)") }
        let whole = try database(records)
        func lookUpAll(_ file: [UInt8]) {
            guard let reader = try? reader(file) else { return }
            for (key, _) in records { _ = try? value(reader, key) }
        }
        for length in stride(from: 0, to: whole.count, by: 3) { lookUpAll(Array(whole[..<length])) }
        for place in whole.indices {
            for mask: UInt8 in [0x01, 0x80, 0xff] {
                var damaged = whole
                damaged[place] ^= mask
                lookUpAll(damaged)
            }
        }
    }

    @Test func `A database that leads beyond its end is a failure, not a missing record`() throws {
        let whole = try database((0..<2000).map { ("key\($0)", "value") })
        for length in [2047, 0, 1] { #expect(throws: CdbFailure.damaged) { try reader(Array(whole[..<length])) } }
        let cut = try reader(Array(whole[..<(whole.count / 2)]))
        #expect(throws: CdbFailure.damaged) { try value(cut, "key1999") }
        // A table of 2^32 slots, and one far beyond the file.
        for place in 0..<2048 {
            var damaged = Array(whole[..<9000])
            damaged[place] = 0xff
            guard let reader = try? reader(damaged) else { continue }
            _ = try? value(reader, "key1")
        }
        var noEnd = [UInt8](repeating: 0xff, count: 10_000)
        #expect(throws: CdbFailure.damaged) { try value(reader(noEnd), "key1") }
        noEnd.replaceSubrange(0..<2048, with: [UInt8](repeating: 0, count: 2048))
        #expect(throws: CdbFailure.damaged) { try value(reader(noEnd), "key1") }
    }

    @Test func `A file of zeros is damaged, and a database without records is not`() throws {
        for count in [2048, 4096, 20_000] {
            let zeros = try reader([UInt8](repeating: 0, count: count))
            #expect(throws: CdbFailure.damaged) { try value(zeros, "key1") }
        }
        let directory = try ControlDirectory()
        let descriptor = open(directory.file("empty.cdb"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        var make = cdb_make()
        #expect(cdb_make_start(&make, descriptor) == 0)
        #expect(cdb_make_finish(&make) == 0)
        let empty = try reader(directory.bytes(of: "empty.cdb"))
        for key in 0..<1000 { #expect(try value(empty, "key\(key)") == nil) }
    }
}
