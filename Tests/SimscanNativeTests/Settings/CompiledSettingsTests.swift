import CCdb
import Foundation
import SimscanNative
import Testing

@Suite struct CompiledSettingsTests {
    private static let source = "spam = yes\nspam-hits = 7.5\nclamd = /run/a, [::1]:9\nspamd-user =\nworkdir = /é\n"

    /// A control directory with the source above, compiled.
    private func compiledDirectory() throws -> (ControlDirectory, Settings) {
        let directory = try ControlDirectory()
        let checked = checkSettings(Array(Self.source.utf8), file: "simscan.conf")
        #expect(checked.diagnostics.isEmpty)
        try writeCdb(CompiledSettings.records(for: checked.records), to: directory.file(CompiledSettings.fileName))
        return (directory, checked.settings)
    }

    @Test func `What was compiled is what is loaded`() throws {
        let (directory, settings) = try compiledDirectory()
        let loaded = try loadSettings(controlDirectory: directory.path)
        #expect(loaded == settings)
        #expect(loaded.spamHits == 7.5)
        #expect(loaded.clamd == [.unix(path: "/run/a"), .tcp(host: "::1", port: 9)])
        #expect(loaded != Settings())
    }

    @Test func `Every setting goes through the compiled form`() throws {
        let directory = try ControlDirectory()
        let text = SettingName.allCases.map { name in name.rawValue + " = " + Settings().text(of: name) + "\n" }
        let checked = checkSettings(Array(text.joined().utf8), file: "simscan.conf")
        #expect(!checked.hasErrors)
        #expect(checked.named.count == SettingName.allCases.count)
        try writeCdb(CompiledSettings.records(for: checked.records), to: directory.file(CompiledSettings.fileName))
        #expect(try loadSettings(controlDirectory: directory.path) == checked.settings)
    }

    @Test func `Without a compiled file the defaults hold`() throws {
        let directory = try ControlDirectory()
        #expect(try loadSettings(controlDirectory: directory.path) == Settings())
        #expect(try loadSettings(controlDirectory: directory.file("no/such/directory")) == Settings())
    }

    @Test func `A compiled file without a setting says the defaults`() throws {
        let directory = try ControlDirectory()
        try writeCdb(CompiledSettings.records(for: []), to: directory.file(CompiledSettings.fileName))
        #expect(try loadSettings(controlDirectory: directory.path) == Settings())
    }

    @Test func `A compiled file that cannot be read is a failure with its path, not the defaults`() throws {
        let directory = try ControlDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file(CompiledSettings.fileName), withIntermediateDirectories: false)
        let failure = #expect(throws: ControlFileFailure.self) { try loadSettings(controlDirectory: directory.path) }
        #expect(failure?.path == directory.file(CompiledSettings.fileName))
        #expect(failure?.reason == "cannot be read: Is a directory")

        try directory.write([], to: "file")
        let notDirectory = #expect(throws: ControlFileFailure.self) {
            try loadSettings(controlDirectory: directory.file("file"))
        }
        #expect(notDirectory?.reason == "cannot be read: Not a directory")
    }

    @Test func `An unknown setting and a bad value in a sound file are failures`() throws {
        let directory = try ControlDirectory()
        let compiled = directory.file(CompiledSettings.fileName)
        for (records, reason) in [
            ([(name: "spam-shits", value: "5")], "unknown setting 'spam-shits'; run simscanmk of this version"),
            ([(name: "", value: "")], "unknown setting ''; run simscanmk of this version"),
            ([(name: "clamav", value: "maybe")], "clamav: found 'maybe', allowed: yes or no"),
            ([(name: "shadow", value: "maybe")], "shadow: "),
        ] {
            try writeCdb(CompiledSettings.records(for: records), to: compiled)
            let failure = #expect(throws: ControlFileFailure.self) {
                try loadSettings(controlDirectory: directory.path)
            }
            #expect(failure?.path == compiled)
            #expect(failure?.reason.hasPrefix(reason) == true)
        }
    }

    /// The settings or nil; a crash would end the tests.
    private func load(_ bytes: [UInt8]) -> Settings? {
        try? CompiledSettings.settings(in: bytes, path: "simscan.cdb")
    }

    @Test func `A file cut at any byte is a failure`() throws {
        let (directory, settings) = try compiledDirectory()
        let whole = try directory.bytes(of: CompiledSettings.fileName)
        for length in 0..<whole.count {
            #expect(load(Array(whole[..<length])) == nil, "cut to \(length) of \(whole.count) bytes")
        }
        #expect(load(whole) == settings)
    }

    @Test func `Whatever byte is flipped, the result is the same settings or a failure`() throws {
        let (directory, settings) = try compiledDirectory()
        let whole = try directory.bytes(of: CompiledSettings.fileName)
        let recordsEnd = Int(whole[0]) + Int(whole[1]) << 8
        var failures = 0
        for place in whole.indices {
            for mask: UInt8 in [0x01, 0x20, 0x80, 0xff] {
                var damaged = whole
                damaged[place] ^= mask
                let loaded = load(damaged)
                if loaded == nil { failures += 1 }
                if (2048..<recordsEnd).contains(place) {
                    #expect(loaded == nil, "byte \(place) flipped by \(mask)")
                } else {
                    #expect(loaded == nil || loaded == settings, "byte \(place) flipped by \(mask)")
                }
            }
        }
        #expect(failures >= (recordsEnd - 2048) * 4)
    }

    @Test func `Lengths that reach beyond the file, or around the address space, are failures`() throws {
        let (directory, _) = try compiledDirectory()
        let whole = try directory.bytes(of: CompiledSettings.fileName)
        for place in [2048, 2052] {
            for length: [UInt8] in [
                [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [248, 247, 255, 255],
            ] {
                var damaged = whole
                damaged.replaceSubrange(place..<place + 4, with: length)
                #expect(load(damaged) == nil)
            }
        }
    }

    @Test func `Foreign files are failures`() throws {
        let directory = try ControlDirectory()
        #expect(load(Array("spam = yes\n".utf8)) == nil)
        #expect(load([UInt8](repeating: 0, count: 4096)) == nil)
        #expect(load([UInt8](repeating: 0xff, count: 4096)) == nil)
        #expect(load([UInt8](repeating: 0, count: 5_000_000)) == nil)
        try writeCdb([([], Array("clam=yes".utf8))], to: directory.file(CompiledSettings.fileName))
        #expect(throws: ControlFileFailure.self) { try loadSettings(controlDirectory: directory.path) }
    }

    @Test func `Other programs find the settings in it by their names`() throws {
        let (directory, _) = try compiledDirectory()
        let descriptor = open(directory.file(CompiledSettings.fileName), O_RDONLY)
        defer { close(descriptor) }
        var length: UInt32 = 0
        #expect(cdb_seek(descriptor, "spam-hits", 9, &length) == 1)
        var value = [UInt8](repeating: 0, count: Int(length))
        #expect(cdb_bread(descriptor, &value, Int32(length)) == 0)
        #expect(String(decoding: value, as: UTF8.self) == "7.5")
    }
}
