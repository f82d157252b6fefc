import Foundation
import SimscanNative
import Testing

/// The compiled records on disk.
@Suite struct SimcontrolTests {
    private func compile(_ text: String, in directory: ControlDirectory) throws {
        let checked = checkSimcontrol(Array(text.utf8), file: "simcontrol", settings: PerDomainPolicyTests.settings())
        #expect(checked.diagnostics == [])
        try writeCdb(checked.records, to: directory.file(Simcontrol.fileName))
    }

    @Test func `What simcontrol says is what is looked up`() throws {
        let directory = try ControlDirectory()
        try compile("# mine\nJoe@Example.com: clam=yes, spamuser=Joe\n\n:spam=yes\r\n", in: directory)
        let records = try Simcontrol(controlDirectory: directory.path)
        let joe = try records.record(Array("joe@example.com".utf8))
        #expect(joe?.clam == true)
        #expect(joe?.spamuser == "Joe")
        #expect(try records.record([])?.spam == true)
        #expect(try records.record(Array("example.com".utf8)) == nil)
    }

    @Test func `A database that is not there, or is none, is a failure with its path`() throws {
        let directory = try ControlDirectory()
        let path = directory.file(Simcontrol.fileName)
        func failure() -> ControlFileFailure? {
            do throws(ControlFileFailure) {
                _ = try Simcontrol(controlDirectory: directory.path)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure() == ControlFileFailure(path: path, reason: "cannot be read: No such file or directory"))
        try directory.write([], to: Simcontrol.fileName)
        #expect(failure() == ControlFileFailure(path: path, reason: "is damaged or cut short; run simscanmk"))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(failure() == ControlFileFailure(path: path, reason: "cannot be read: Is a directory"))
    }

    @Test func `A record with an impossible value is a failure that names record, name and value`() throws {
        let directory = try ControlDirectory()
        // As another program may have written it.
        try writeCdb(
            [(Array("a.example".utf8), Array("clam=yes,spam=perhaps".utf8))], to: directory.file("simcontrol.cdb"))
        let records = try Simcontrol(controlDirectory: directory.path)
        let expected = ControlFileFailure(
            path: directory.file("simcontrol.cdb"),
            reason: "record 'a.example': spam: found 'perhaps', allowed: yes or no")
        do throws(ControlFileFailure) {
            _ = try records.record(Array("a.example".utf8))
            Issue.record("no failure")
        } catch {
            #expect(error == expected)
        }
    }

    @Test func `Readers find every record while the database is rebuilt over and over`() throws {
        let directory = try ControlDirectory()
        let path = directory.file(Simcontrol.fileName)
        @Sendable func write(_ generation: Int) throws {
            let value = Array("size_limit=\(generation + 1)".utf8)
            try writeCdb((0..<2000).map { (Array("domain\($0).example".utf8), value) }, to: path)
        }
        try write(0)
        nonisolated(unsafe) var failure: (any Error)?
        let writer = Thread {
            do {
                for generation in 1...40 { try write(generation) }
            } catch {
                failure = error
            }
        }
        writer.start()
        var reads = 0
        var generations: Set<Int> = []
        while !writer.isFinished || reads == 0 {
            let records = try Simcontrol(controlDirectory: directory.path)
            var seen: Set<Int> = []
            for index in stride(from: reads % 7, to: 2000, by: 97) {
                let record = try records.record(Array("domain\(index).example".utf8))
                if let limit = record?.sizeLimit { seen.insert(limit) }
                #expect(record != nil)
            }
            // One open database is one generation.
            #expect(seen.count == 1)
            generations.formUnion(seen)
            reads += 1
        }
        #expect(failure == nil)
        #expect(generations.count > 1)
    }
}
