import Fakes
import Foundation
import Glibc
import Testing

/// `simscanctl test --self`: what the settings promise, and what comes.
@Suite struct SelfTestTests {
    private func selfTest(_ installed: Installed, program: String) throws -> (status: Int32, json: [String: Any]) {
        let result = try installed.simscanctl("test", "--self", "--json", "--program", program)
        return (result.status, try result.json())
    }

    private func states(_ json: [String: Any]) -> [String] {
        (json["messages"] as? [[String: Any]] ?? []).compactMap { $0["state"] as? String }
    }

    private func kept(_ json: [String: Any]) -> [Bool] {
        (json["messages"] as? [[String: Any]] ?? []).compactMap { $0["kept"] as? Bool }
    }

    /// Settings, and the states that come of the clean message, EICAR, GTUBE and the attachment.
    static let promises: [(settings: [String: String], states: [String])] = [
        ([:], ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"]),
        (["dropmsg": "yes"], ["CLEAN", "VIRUS DROPPED", "SPAM DROPPED", "ATTACH"]),
        (["shadow": "yes"], ["CLEAN", "SHADOW VIRUS", "SHADOW SPAM REJECT", "SHADOW ATTACH"]),
        (["spam-passthru": "yes"], ["CLEAN", "VIRUS", "PASSTHRU", "ATTACH"]),
        (["clamav": "no", "attach": "no"], ["CLEAN", "CLEAN", "SPAM REJECT", "CLEAN"]),
        (["log-format": "json", "spam-hits": "12"], ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"]),
    ]

    @Test(arguments: promises.indices) func `What the settings promise comes out of the filter`(index: Int) throws {
        let installed = try Installed()
        defer { installed.remove() }
        installed.settings.merge(Self.promises[index].settings) { $1 }
        try installed.compile()
        let (status, json) = try selfTest(installed, program: BuiltPrograms.simscan)
        #expect(states(json) == Self.promises[index].states)
        #expect(kept(json) == [true, true, true, true], "\(json)")
        #expect(status == 0)
        #expect(json["way"] as? String == "the installed filter, with a queue that discards")
    }

    @Test func `The settings' queue and quarantine get nothing of it`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        // Would be missed at once: nothing is there.
        installed.settings["qmail-queue"] = "/nowhere/at/all"
        installed.settings["per-domain"] = "yes"
        try installed.write(
            ":clam=yes,spam=yes,attach=.exe,qmailqueue=/nowhere/else\n", to: "control/simcontrol")
        try installed.compile()
        let (status, json) = try selfTest(installed, program: BuiltPrograms.simscan)
        #expect(status == 0, "\(json)")
        #expect(states(json) == ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: installed.path("quarantine")) == [])
    }

    @Test(arguments: [("clamd", [false, false, true, true]), ("spamd", [false, true, false, true])])
    func `A dead scanner breaks the promises that need it`(scanner: String, kept expected: [Bool]) throws {
        let installed = try Installed()
        defer { installed.remove() }
        try (scanner == "clamd" ? installed.clamd.server : installed.spamd.server).setDoor(.closed)
        let (status, json) = try selfTest(installed, program: BuiltPrograms.simscan)
        #expect(status == 1)
        #expect(kept(json) == expected, "\(json)")
    }

    @Test func `A virus scanner that finds nothing breaks its promise`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        let blind = try FakeClamd(at: .tcp()) { $0.verdict = .clean }
        defer { blind.stop() }
        installed.settings["clamd"] = blind.address
        try installed.compile()
        let (status, json) = try selfTest(installed, program: BuiltPrograms.simscan)
        #expect(status == 1)
        #expect(kept(json) == [true, false, true, true])
    }

    @Test func `Without a filter simscanctl's own pipeline is tested, and says so`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        let (status, json) = try selfTest(installed, program: "/nowhere/at/all")
        #expect(status == 0, "\(json)")
        #expect(json["filter"] is NSNull)
        #expect(states(json) == ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"])
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to be another user"), arguments: [0o4711, 0o4755])
    func `Another user tests what an installed filter lets him read, and is told`(mode: Int) throws {
        let installed = try Installed()
        defer { installed.remove() }
        installed.own(installed.program, mode: mode_t(mode))
        installed.user(64_250)
        let (status, json) = try selfTest(installed, program: installed.program)
        #expect(status == 0, "\(json)")
        #expect(states(json) == ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"])
        let way = try #require(json["way"] as? String)
        #expect(way.hasPrefix(mode == 0o4711 ? "simscanctl's own pipeline" : "a copy of the installed filter"))
        #expect(way.contains("root can test the filter itself"))
    }

    @Test(.enabled(if: mayMount && geteuid() == 0, "needs root and mounts of its own"))
    func `A setuid filter is tested with its own rights, and other control files in place of the system's`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        // A /var of its own, where the system's control directory is.
        let control = installed.path("var/qmail/control")
        try FileManager.default.createDirectory(atPath: control, withIntermediateDirectories: true)
        installed.mounts = ["mount --bind \(installed.path("var")) /var"]
        let (status, json) = try selfTest(installed, program: installed.program)
        #expect(status == 0, "\(json)")
        #expect(json["way"] as? String == "the installed filter with its own rights, with a queue that discards")
        #expect(states(json) == ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH"])
        // What its rights do not reach fails: the settings keep what they promise only for whoever can.
        chown(installed.path("simscan"), 0, 0)
        #expect(try selfTest(installed, program: installed.program).status == 1)
    }

    @Test func `No program of ours holds a test string`() throws {
        for program in [BuiltPrograms.simscanctl, BuiltPrograms.simscan] {
            let bytes = [UInt8](try #require(FileManager.default.contents(atPath: program)))
            #expect(!bytes.contains(pattern: TestPatterns.eicar))
            #expect(!bytes.contains(pattern: TestPatterns.gtube))
        }
    }
}
