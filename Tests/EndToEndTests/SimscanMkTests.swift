import Fakes
import Foundation
import Testing

/// The built simscanmk, run on control directories of its own.
@Suite struct SimscanMkTests {
    /// A temporary control directory, and simscanmk run on it.
    final class Control {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "/simscanmk-test." + UUID().uuidString
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String) -> String { path + "/" + name }

        func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        }

        func bytes(of name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

        func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

        /// Runs simscanmk with these arguments, behind `prefix` in a shell where there is one.
        func simscanmk(
            _ arguments: String..., shell prefix: String = "", controldir: String? = nil
        ) throws -> (status: Int32, output: [String], errors: [String]) {
            try run([BuiltPrograms.simscanmk] + arguments, shell: prefix, controldir: controldir)
        }

        func run(_ words: String...) throws -> (status: Int32, output: [String], errors: [String]) { try run(words) }

        private func run(
            _ words: [String], shell prefix: String = "", controldir: String? = nil
        ) throws -> (status: Int32, output: [String], errors: [String]) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", prefix + "exec \"$0\" \"$@\""] + words
            process.environment = ["SIMSCAN_CONTROLDIR": controldir ?? path, "PATH": "/usr/bin:/bin"]
            // Files, because a pipe that nobody reads yet would stop a program that says much.
            let outputs = ["out", "err"].map { URL(fileURLWithPath: path + "." + $0) }
            for url in outputs { try Data().write(to: url) }
            defer { for url in outputs { try? FileManager.default.removeItem(at: url) } }
            process.standardOutput = try FileHandle(forWritingTo: outputs[0])
            process.standardError = try FileHandle(forWritingTo: outputs[1])
            process.standardInput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let lines = try outputs.map { url in
                try String(decoding: Data(contentsOf: url), as: UTF8.self)
                    .replacingOccurrences(of: path + "/", with: "").split(separator: "\n").map(String.init)
            }
            return (process.terminationStatus, lines[0], lines[1])
        }
    }

    @Test func `It compiles the settings and says what it built`() throws {
        let control = try Control()
        try control.write("spam = yes\nspam-hits = 15\n", to: "simscan.conf")
        let run = try control.simscanmk()
        #expect(run.status == 0)
        #expect(run.output == ["simscan.cdb: built from simscan.conf, 2 settings"])
        #expect(run.errors.isEmpty)
        #expect(try control.names() == ["simscan.cdb", "simscan.conf"])
    }

    @Test func `--controldir wins over the environment`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        let run = try control.simscanmk("--controldir", control.path, controldir: "/nowhere")
        #expect(run.status == 0)
        #expect(try control.names() == ["simscan.cdb", "simscan.conf"])
    }

    @Test func `Every error is told, and the old compiled file is untouched`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let before = try control.bytes(of: "simscan.cdb")
        try control.write("spam = yess\nclmad = x\nnonsense\n", to: "simscan.conf")
        let run = try control.simscanmk()
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == [
                "simscan.conf:1:8: error: spam: found 'yess', allowed: yes or no",
                "simscan.conf:2:1: error: found unknown setting 'clmad', nearest known name: clamd",
                "simscan.conf:3:1: error: found 'nonsense', allowed: name = value, or a # comment",
                "simscanmk: 3 errors, nothing was changed",
            ])
        #expect(try control.bytes(of: "simscan.cdb") == before)
        #expect(try control.names() == ["simscan.cdb", "simscan.conf"])
    }

    @Test(arguments: ["-n", "--check"]) func `A check changes nothing`(option: String) throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        let good = try control.simscanmk(option)
        #expect(good.status == 0)
        #expect(good.output == ["simscan.conf: 1 setting, no errors"])
        try control.write("spam = \n", to: "simscan.conf")
        #expect(try control.simscanmk(option).status == 1)
        #expect(try control.names() == ["simscan.conf"])
    }

    @Test func `A warning is told and does no harm, unless it is to be an error`() throws {
        let control = try Control()
        try control.write("spam-hits = 5\n", to: "simscan.conf")
        let warning = "simscan.conf:1:1: warning: spam-hits has no effect, because spam = no"
        let strict = try control.simscanmk("--strict")
        #expect(strict.status == 1)
        #expect(strict.errors == [warning, "simscanmk: 0 errors and 1 warning (--strict), nothing was changed"])
        #expect(try control.names() == ["simscan.conf"])
        let lenient = try control.simscanmk()
        #expect(lenient.status == 0)
        #expect(lenient.errors == [warning])
        #expect(try control.names() == ["simscan.cdb", "simscan.conf"])
    }

    @Test func `Without simscan.conf a compiled file from an earlier one goes, and it says so`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        try FileManager.default.removeItem(atPath: control.file("simscan.conf"))
        #expect(try control.simscanmk("-n").status == 0)
        #expect(try control.names() == ["simscan.cdb"])
        let run = try control.simscanmk()
        #expect(run.status == 0)
        #expect(run.output == ["simscan.cdb: removed, because there is no simscan.conf; the defaults hold"])
        #expect(try control.names() == [])
        let again = try control.simscanmk()
        #expect(again.status == 0)
        #expect(again.output == ["simscan.conf: does not exist, the defaults hold"])
    }

    @Test func `--print shows every setting as it is compiled, with its origin`() throws {
        let control = try Control()
        try control.write("# mine\nspam = yes\nspam-hits = 15\n", to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let run = try control.simscanmk("--print")
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("spam = yes" + String(repeating: " ", count: 34) + "# simscan.conf:2"))
        #expect(run.output.contains("spam-hits = 15.0" + String(repeating: " ", count: 28) + "# simscan.conf:3"))
        #expect(run.output.contains("clamav = yes" + String(repeating: " ", count: 32) + "# default"))

        try control.write("spam = no\n", to: "simscan.conf")
        let stale = try control.simscanmk("--print")
        #expect(stale.output.contains("spam = yes" + String(repeating: " ", count: 34) + "# simscan.cdb"))
        #expect(
            stale.errors == ["simscanmk: simscan.conf says something else than what is compiled; run simscanmk"])
    }

    @Test func `A damaged compiled file is an error of --print, and is built anew`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        try control.write("not a database", to: "simscan.cdb")
        #expect(try control.simscanmk("--print").status == 74)
        #expect(try control.simscanmk().status == 0)
        #expect(try control.simscanmk("--print").status == 0)
    }

    @Test func `A file system without room leaves the old file, and no other`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let before = try control.bytes(of: "simscan.cdb")
        try control.write("spam = no\n", to: "simscan.conf")
        // One block of 512 bytes is less than any cdb.
        let run = try control.simscanmk(shell: "ulimit -f 1; ")
        #expect(run.status == 74)
        #expect(run.errors.count == 1)
        #expect(run.errors.first?.hasSuffix("cannot be written: File too large") == true)
        #expect(try control.bytes(of: "simscan.cdb") == before)
        #expect(try control.names() == ["simscan.cdb", "simscan.conf"])
    }

    @Test func `simcontrol is compiled beside the settings, and any program reads its records`() throws {
        let control = try Control()
        let records = [
            "postmaster@example.com:clam=yes,spam=no,attach=.txt:.com", "example.com:clam=no,spam=yes,attach=.mp3",
            ":clam=yes,spam=yes,trophie=yes,spam_hits=20.1",
        ]
        try control.write("spam = yes\nattach = yes\ntrophie-socket = /run/trophie\n", to: "simscan.conf")
        try control.write("# mine\n" + records.joined(separator: "\n\n"), to: "simcontrol")
        let run = try control.simscanmk()
        #expect(run.status == 0)
        #expect(
            run.output == [
                "simcontrol.cdb: built from simcontrol, 3 records", "simscan.cdb: built from simscan.conf, 3 settings",
            ])
        #expect(try control.names() == ["simcontrol", "simcontrol.cdb", "simscan.cdb", "simscan.conf"])

        let dump = try control.run("/usr/bin/cdb", "-d", control.file("simcontrol.cdb"))
        let expected = records.map { record in
            let key = record.prefix { $0 != ":" }
            let value = record.dropFirst(key.count + 1)
            return "+\(key.utf8.count),\(value.utf8.count):\(key)->\(value)"
        }
        #expect(dump.output == expected)

        let listing = try control.simscanmk("--print")
        #expect(listing.errors.isEmpty)
        #expect(listing.output.suffix(4).first == "# simcontrol.cdb")
        #expect(listing.output.last == records[2] + " # simcontrol:6")
    }

    @Test func `An error in either file leaves both compiled files untouched`() throws {
        let control = try Control()
        try control.write("spam = yes\n", to: "simscan.conf")
        try control.write(":spam=yes\n", to: "simcontrol")
        #expect(try control.simscanmk().status == 0)
        let before = try (control.bytes(of: "simscan.cdb"), control.bytes(of: "simcontrol.cdb"))
        let bad = [
            ("spam = no\n", "exmaple.com:calm=yes\n", "simcontrol:1:13: error: found unknown name 'calm'"),
            ("spam = no\n", ":clam=yess\n", "simcontrol:1:7: error: clam: found 'yess'"),
            ("spam = no\n", ":spam_hits=abc\n", "simcontrol:1:12: error: spam_hits: found 'abc'"),
            ("spam = no\n", "# fine\nno colon\n", "simcontrol:2:1: error: found 'no colon'"),
            ("spam = maybe\n", ":clam=yes\n", "simscan.conf:1:8: error: spam: found 'maybe'"),
        ]
        for (conf, simcontrol, error) in bad {
            try control.write(conf, to: "simscan.conf")
            try control.write(simcontrol, to: "simcontrol")
            let run = try control.simscanmk()
            #expect(run.status == 1)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains { $0.hasPrefix(error) }, "\(run.errors)")
            #expect(run.errors.last == "simscanmk: 1 error, nothing was changed")
            #expect(try control.bytes(of: "simscan.cdb") == before.0)
            #expect(try control.bytes(of: "simcontrol.cdb") == before.1)
            #expect(try control.names() == ["simcontrol", "simcontrol.cdb", "simscan.cdb", "simscan.conf"])
        }
    }

    @Test func `Warnings of a large file are told a hundred times, and counted`() throws {
        let control = try Control()
        try control.write((0..<150).map { "d\($0).example:spam=yes\n" }.joined(), to: "simcontrol")
        let run = try control.simscanmk()
        #expect(run.status == 0)
        #expect(run.errors.count == 101)
        #expect(run.errors.last == "simscanmk: 51 more warnings")
        let strict = try control.simscanmk("--strict", "-n")
        #expect(strict.status == 1)
        #expect(strict.errors.last == "simscanmk: 0 errors and 151 warnings (--strict)")
    }

    @Test func `-g asks clamd and spamd over their sockets, and changes nothing where one is down`() throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        let control = try Control()
        try Data("ClamAV-VDB:16 Sep 2021 08-32 -0400:62:1:90:x:y:z:1".utf8)
            .write(to: URL(fileURLWithPath: control.file("main.cvd")))
        try control.write(
            "clamd = \(clamd.address)\nspam = yes\nspamd = \(spamd.address)\nclamavdb-path = \(control.path)\n",
            to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let run = try control.simscanmk("-g")
        #expect(run.errors.isEmpty)
        #expect(run.status == 0)
        #expect(run.output.first == "clamav: 1.4.6/m:62/d:27000")
        #expect(run.output.last == "simversions.cdb: built, 2 versions")
        let dump = try control.run("/usr/bin/cdb", "-q", control.file("simversions.cdb"), "clamav")
        #expect(dump.output == ["1.4.6/m:62/d:27000"])

        let before = try control.bytes(of: "simversions.cdb")
        clamd.server.stop()
        let later = try control.simscanmk("-g")
        #expect(later.status == 75)
        #expect(later.output.isEmpty)
        #expect(later.errors.first?.hasPrefix("simscanmk: clamd ") == true, "\(later.errors)")
        #expect(later.errors.last == "simscanmk: 1 scanner without a version, nothing was changed")
        #expect(try control.bytes(of: "simversions.cdb") == before)
    }

    @Test func `-g has the versions of Debian's clamd and spamd`() throws {
        let control = try Control()
        let settings = try [
            "clamd = " + RealScanners.clamd().unix, "spam = yes", "spamd = " + RealScanners.spamd().tcp, "",
        ]
        try control.write(settings.joined(separator: "\n"), to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let run = try control.simscanmk("-g")
        #expect(run.errors.isEmpty)
        #expect(run.status == 0)
        #expect(run.output.count == 3)
        // A clamd without official databases tells no version of them.
        #expect(run.output.first?.wholeMatch(of: /clamav: [0-9]+\.[0-9]+\.[0-9]+/) != nil)
        #expect(run.output.dropFirst().first?.wholeMatch(of: /spam: [0-9]+\.[0-9]+\.[0-9]+/) != nil)
    }

    @Test(
        arguments: [
            ("echo VSAPI version 7.000-1011, pattern version 218, number 74141.", "7.000-1011/218/74141"),
            ("echo Sophie 3.06.", "3.06"), ("echo no version", nil), ("exit 1", nil),
            ("exec sleep 60", nil),
        ] as [(String, String?)]) func `-g asks the program of trophie, for a while`(script: String, version: String?)
        throws
    {
        let control = try Control()
        try control.write("#!/bin/sh\n" + script + "\n", to: "trophie")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: control.file("trophie"))
        try control.write(
            "clamav = no\ndeadline = 1\ntrophie-socket = /run/trophie\ntrophie-path = \(control.file("trophie"))\n",
            to: "simscan.conf")
        #expect(try control.simscanmk().status == 0)
        let run = try control.simscanmk("-g")
        #expect(run.status == (version == nil ? 75 : 0))
        #expect(run.output.first == version.map { "trophie: " + $0 })
        #expect(run.errors.isEmpty == (version != nil))
    }

    @Test func `--from-configure prints settings that it compiles itself`() throws {
        let control = try Control()
        let options = "--enable-spam=y --enable-spam-hits=15 --enable-spamc-args='-d 10.0.0.5 -p 783 -u vpopmail'"
        let run = try control.simscanmk("--from-configure", options)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        try control.write(run.output.joined(separator: "\n"), to: "simscan.conf")
        #expect(try control.simscanmk("--strict").output == ["simscan.cdb: built from simscan.conf, 4 settings"])

        let bad = try control.simscanmk("--from-configure", "--enable-spam=y --enable-bananas")
        #expect(bad.status == 1)
        #expect(bad.output.contains("spam = yes  # --enable-spam=y"))
        #expect(bad.errors == ["simscanmk: not understood: --enable-bananas: unknown option of configure"])
    }

    @Test func `A control directory that is not there is told`() throws {
        let control = try Control()
        let run = try control.simscanmk("--controldir", control.file("missing"))
        #expect(run.status == 74)
        #expect(run.errors.count == 1)
    }

    @Test(arguments: [["--bogus"], ["-n", "--print"], ["--from-configure"], ["extra"]])
    func `Wrong usage exits 64`(arguments: [String])
        throws
    {
        let control = try Control()
        let run =
            arguments.count == 1
            ? try control.simscanmk(arguments[0]) : try control.simscanmk(arguments[0], arguments[1])
        #expect(run.status == 64)
        #expect(!run.errors.isEmpty)
    }

    @Test func `Its help tells the exit statuses`() throws {
        let run = try Control().simscanmk("--help")
        #expect(run.status == 0)
        let text = run.output.joined(separator: " ")
        #expect(text.contains("0 done, 1 errors in the files"))
        #expect(text.contains("64 wrong usage, 74 a file cannot be read or written, 75 "))
    }

    @Test func `Its manual has every option of its help, and no other`() throws {
        let help = try Control().simscanmk("--help").output.joined(separator: "\n")
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("doc/simscanmk.8"), encoding: .utf8)
            .replacingOccurrences(of: "\\-", with: "-")
        func options(_ text: String) -> Set<String> {
            Set(text.matches(of: /--[a-z]+(-[a-z]+)*/).map { String($0.output.0) })
        }
        let section = page.components(separatedBy: ".SH OPTIONS")[1].components(separatedBy: ".SH")[0]
        let entries = section.split(separator: "\n").filter { $0.hasPrefix(".BR -") || $0.hasPrefix(".B --") }
        #expect(options(entries.joined(separator: " ")) == options(help))
    }
}
