import CCdb
import Foundation
import SimscanNative
import Testing

@Suite struct CdbWriterTests {
    private func record(_ key: String, _ value: String) -> (key: [UInt8], value: [UInt8]) {
        (Array(key.utf8), Array(value.utf8))
    }

    @Test func `The walk finds the records that were written, in their order`() throws {
        let directory = try ControlDirectory()
        let records = [record("", "first"), record("b", ""), record("a", "x"), record("b", "again")]
        try writeCdb(records, to: directory.file("x.cdb"))
        var walk = CdbWalk(try directory.bytes(of: "x.cdb"))
        for (key, value) in records {
            let found = walk.next()
            #expect(found.map { Array($0.key) } == key)
            #expect(found.map { Array($0.value) } == value)
        }
        #expect(walk.next() == nil)
        #expect(walk.isWhole)
        #expect(try directory.names() == ["x.cdb"])
    }

    @Test func `The file has the modes of a control file, less the umask`() throws {
        let directory = try ControlDirectory()
        try writeCdb([], to: directory.file("x.cdb"))
        let mask = umask(0)
        umask(mask)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.file("x.cdb"))[.posixPermissions] as? Int
        #expect(mode == 0o644 & ~Int(mask))
    }

    @Test func `A name that is taken by a leftover does not stop it, and the leftover stays`() throws {
        let directory = try ControlDirectory()
        let leftover = "x.cdb.tmp." + String(getpid()) + ".0"
        try directory.write([1, 2, 3], to: leftover)
        try writeCdb([record("a", "b")], to: directory.file("x.cdb"))
        #expect(try directory.names() == ["x.cdb", leftover])
        #expect(try directory.bytes(of: leftover) == [1, 2, 3])
    }

    @Test func `A target that cannot be replaced is a failure, and no temporary file is left`() throws {
        let directory = try ControlDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("x.cdb/full"), withIntermediateDirectories: true)
        let failure = #expect(throws: ControlFileFailure.self) { try writeCdb([], to: directory.file("x.cdb")) }
        #expect(failure?.path == directory.file("x.cdb"))
        #expect(try directory.names() == ["x.cdb"])
    }

    @Test func `A directory that is not there is a failure that names it`() throws {
        let directory = try ControlDirectory()
        let failure = #expect(throws: ControlFileFailure.self) { try writeCdb([], to: directory.file("no/x.cdb")) }
        #expect(failure?.path.hasPrefix(directory.file("no/x.cdb")) == true)
        #expect(failure?.reason == "cannot be created: No such file or directory")
    }

    @Test func `Readers see the old file or the new one whole while it is replaced over and over`() throws {
        let directory = try ControlDirectory()
        let path = directory.file("x.cdb")
        @Sendable func write(_ generation: Int) throws {
            let value = Array("generation \(generation)".utf8)
            try writeCdb((0..<500).map { (Array("key\($0)".utf8), value) }, to: path)
        }
        try write(0)
        nonisolated(unsafe) var failure: (any Error)?
        let writer = Thread {
            do {
                for generation in 1...50 { try write(generation) }
            } catch {
                failure = error
            }
        }
        writer.start()
        var reads = 0
        var generations: Set<[UInt8]> = []
        while !writer.isFinished || reads == 0 {
            var walk = CdbWalk(try directory.bytes(of: "x.cdb"))
            var values: Set<[UInt8]> = []
            var count = 0
            while let record = walk.next() {
                values.insert(Array(record.value))
                count += 1
            }
            #expect(count == 500)
            #expect(values.count == 1)
            #expect(walk.isWhole)
            generations.formUnion(values)
            reads += 1
        }
        #expect(failure == nil)
        #expect(generations.count > 1)
        #expect(try directory.names() == ["x.cdb"])
    }

    @Test func `Removing tells whether there was a file`() throws {
        let directory = try ControlDirectory()
        try directory.write([], to: "x.cdb")
        #expect(try removeFile(directory.file("x.cdb")))
        #expect(try !removeFile(directory.file("x.cdb")))
        #expect(throws: ControlFileFailure.self) { try removeFile(directory.path) }
    }

    @Test func `The walk over any bytes stays inside of them`() {
        for size in [0, 1, 2047, 2048, 2049, 2055, 2056, 3000] {
            for byte: UInt8 in [0, 1, 8, 0x7f, 0xff] {
                var walk = CdbWalk([UInt8](repeating: byte, count: size))
                var records = 0
                while walk.next() != nil { records += 1 }
                #expect(records <= size / 8)
            }
        }
    }
}
