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
            let process = Process()
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("simscanmk")
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", prefix + "exec \"$0\" \"$@\"", program.path] + arguments
            process.environment = ["SIMSCAN_CONTROLDIR": controldir ?? path, "PATH": "/usr/bin:/bin"]
            let output = Pipe()
            let errors = Pipe()
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let outputText = output.fileHandleForReading.readDataToEndOfFile()
            let errorText = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            func lines(_ data: Data) -> [String] {
                String(decoding: data, as: UTF8.self).replacingOccurrences(of: path + "/", with: "")
                    .split(separator: "\n").map(String.init)
            }
            return (process.terminationStatus, lines(outputText), lines(errorText))
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

    @Test func `A control directory that is not there is told`() throws {
        let control = try Control()
        let run = try control.simscanmk("--controldir", control.file("missing"))
        #expect(run.status == 74)
        #expect(run.errors.count == 1)
    }

    @Test(arguments: [["--bogus"], ["-n", "--print"], ["extra"]]) func `Wrong usage exits 64`(arguments: [String])
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
        #expect(text.contains("64 wrong usage, 74 a file cannot be read or written"))
    }
}
