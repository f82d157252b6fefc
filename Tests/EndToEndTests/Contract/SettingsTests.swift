import Fakes
import Foundation
import Testing

/// What the filter makes of its compiled settings: a file that it cannot trust is a deferral, never a default.
@Suite struct CompiledSettingsRunTests {
    enum Damage: CaseIterable {
        case empty, garbage, cutInHalf, cutByOne, directory, text, anotherCdb

        func apply(to site: Site) throws {
            let path = site.control.path(of: "simscan.cdb")
            let old = try Data(contentsOf: URL(fileURLWithPath: path))
            try FileManager.default.removeItem(atPath: path)
            let new: Data
            switch self {
            case .empty: new = Data()
            case .garbage: new = Data(repeating: 0xff, count: 4096)
            case .cutInHalf: new = old.prefix(old.count / 2)
            case .cutByOne: new = old.dropLast()
            case .text: new = Data("clamav = no\n".utf8)
            // A database without a record.
            case .anotherCdb: new = Data((0..<256).flatMap { _ -> [UInt8] in [0, 8, 0, 0, 0, 0, 0, 0] })
            case .directory:
                return try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            try new.write(to: URL(fileURLWithPath: path))
        }
    }

    @Test(arguments: Damage.allCases) func `A damaged file is exit 55`(damage: Damage) throws {
        let site = try Site()
        try damage.apply(to: site)
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 55)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("simscan.cdb") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A bad edit changes nothing, for simscanmk refuses it`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        try site.control.write(["clamav = perhaps"], to: "simscan.conf")
        #expect(try site.control.compile(by: BuiltPrograms.simscanmk).exitStatus == 1)
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
    }

    @Test func `The text file by itself is nothing to the filter`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        try site.control.write(["clamav = no", "workdir = /nowhere"], to: "simscan.conf")
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
    }

    @Test func `An attachment list that cannot be read is exit 55`() throws {
        let site = try Site(suffixes: [".exe"])
        let path = site.control.path(of: "ssattach")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 55)
        #expect(result.what?.contains("ssattach") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `An attachment list that is missing is exit 55, and one that is empty refuses no name`() throws {
        let site = try Site(suffixes: [".exe"])
        let path = site.control.path(of: "ssattach")
        try FileManager.default.removeItem(atPath: path)
        let compiled = try site.control.compile(by: BuiltPrograms.simscanmk)
        #expect(compiled.exitStatus == 0)
        let said = String(decoding: compiled.standardError, as: UTF8.self)
        #expect(said.contains("warning: attach = yes without \(path)"), "\(said)")
        let result = try site.run(SampleMessages.trojan)
        #expect(result.exitStatus == 55)
        #expect(result.what?.contains("ssattach_ does not exist") == true, "\(result.logLines)")
        #expect(try site.queue.isEmpty())

        try site.control.writeAttachmentList([])
        #expect(try site.control.compile(by: BuiltPrograms.simscanmk).standardError == [])
        #expect(try site.run(SampleMessages.trojan).exitStatus == 0)
    }

    @Test func `It answers --version and --help, and other words are a temporary failure`() throws {
        func run(_ arguments: [String]) throws -> FilterResult {
            var run = FilterRun(of: "/bin/sh", message: [], envelope: [])
            run.arguments = ["-c", "exec \"$0\" \"$@\" 1>&2", BuiltPrograms.simscan] + arguments
            run.rejectChannels = [:]
            return try run.run()
        }
        let version = try run(["--version"])
        #expect(version.exitStatus == 0)
        #expect(version.logLines.first?.wholeMatch(of: /simscan [0-9]+\.[0-9]+\.[0-9]+/) != nil)
        let help = try run(["--help"])
        #expect(help.exitStatus == 0)
        #expect(help.logLines.first?.hasPrefix("usage: simscan") == true)
        #expect(try run(["--what"]).exitStatus == 81)
    }
}
