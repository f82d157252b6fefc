import Fakes
import Foundation
import Glibc

/// Whether a process may have mounts of its own here.
let mayMount: Bool = {
    let unshare = Process()
    unshare.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    unshare.arguments = ["--mount", "/bin/true"]
    unshare.standardError = FileHandle.nullDevice
    guard (try? unshare.run()) != nil else { return false }
    unshare.waitUntilExit()
    return unshare.terminationStatus == 0
}()

/// An installation in a temporary tree, with everything right: a setuid filter, its directories, a queue, scanners.
///
/// As root it belongs to nobody, as another user to that user.
final class Installed {
    let directory: TemporaryDirectory
    let clamd: FakeClamd
    let spamd: FakeSpamd
    /// `name = value`, compiled by `compile`.
    var settings: [String: String]
    /// The owner that `--user` names.
    let user: String
    /// Goes ahead of simscanctl, in a shell of a mount namespace of its own.
    var mounts: [String] = []
    var arguments: [String] = []
    /// Goes ahead of all else.
    private var prefix: [String] = []
    /// Servers beside the two, which live as long.
    var others: [FakeServer] = []

    init() throws {
        directory = try TemporaryDirectory(mode: 0o755)
        clamd = try FakeClamd(at: .tcp())
        spamd = try FakeSpamd(at: .tcp())
        user = geteuid() == 0 ? "nobody" : String(cString: getpwuid(geteuid()).pointee.pw_name)
        settings = [
            "clamd": clamd.address, "spam": "yes", "spamd": spamd.address, "attach": "yes",
            "workdir": directory.path(of: "simscan"), "quarantinedir": directory.path(of: "quarantine"),
            "qmail-queue": directory.path(of: "qmail-queue"),
        ]
        for (name, mode) in [("control", 0o755), ("simscan", 0o2750), ("quarantine", 0o750), ("bin", 0o755)] {
            let path = directory.path(of: name)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            own(path, mode: mode_t(mode))
        }
        try FileManager.default.copyItem(atPath: "/bin/true", toPath: directory.path(of: "qmail-queue"))
        try FileManager.default.copyItem(atPath: BuiltPrograms.simscan, toPath: program)
        chmod(directory.path(of: "qmail-queue"), 0o755)
        own(program, mode: 0o4711)
        try directory.write(".exe\n.scr\n".utf8, to: "control/ssattach")
        try compile()
    }

    var program: String { path("bin/simscan") }
    var control: String { path("control") }

    func path(_ name: String) -> String { directory.path(of: name) }

    /// Gives a path to the owner, with this mode.
    func own(_ path: String, mode: mode_t) {
        if let owner = getpwnam(user)?.pointee, geteuid() == 0 { chown(path, owner.pw_uid, owner.pw_gid) }
        chmod(path, mode)
    }

    func write(_ text: String, to name: String) throws { try directory.write(text.utf8, to: name) }

    /// Writes the settings, and compiles all.
    func compile() throws {
        try write(settings.map { $0.key + " = " + $0.value + "\n" }.sorted().joined(), to: "control/simscan.conf")
        try compileOnly()
    }

    func compileOnly() throws {
        let result = try run([BuiltPrograms.simscanmk])
        guard result.status == 0 else { throw Complaint("simscanmk: \(result.errors)") }
    }

    /// Runs simscanctl with `--controldir` and `arguments`.
    func simscanctl(_ words: String...) throws -> CommandResult {
        var command = [BuiltPrograms.simscanctl] + words + arguments
        if !mounts.isEmpty {
            let script = (mounts + ["exec \"$0\" \"$@\""]).joined(separator: " && ")
            command = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script] + command
        }
        return try run(prefix + command)
    }

    /// Runs simscanctl as another user from now on; for root.
    func user(_ id: uid_t) {
        prefix = ["/usr/bin/setpriv", "--reuid=\(id)", "--regid=\(id)", "--clear-groups"]
    }

    private func run(_ command: [String]) throws -> CommandResult {
        try CommandResult(of: command, environment: ["SIMSCAN_CONTROLDIR": control])
    }

    func remove() {
        clamd.stop()
        spamd.stop()
        for server in others { server.stop() }
        directory.remove()
    }
}

/// How a program ended, and what it said.
struct CommandResult {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs it to its end.
    init(
        of command: [String], environment: [String: String] = [:], input: [UInt8] = [], directory: String? = nil
    ) throws {
        let files = try TemporaryDirectory()
        defer { files.remove() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        // Files, because a pipe that nobody reads yet would stop a program that says much.
        for name in ["out", "err"] { try files.write([], to: name) }
        try files.write(input, to: "in")
        process.standardInput = FileHandle(forReadingAtPath: files.path(of: "in"))
        process.standardOutput = FileHandle(forWritingAtPath: files.path(of: "out"))
        process.standardError = FileHandle(forWritingAtPath: files.path(of: "err"))
        try process.run()
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        output = try files.read("out")
        errors = String(decoding: try files.read("err"), as: UTF8.self)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any] else {
            throw Complaint("no JSON object: \(text)")
        }
        return object
    }
}
