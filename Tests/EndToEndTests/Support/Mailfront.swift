import Fakes
import Foundation

/// Debian's mailfront under tcpserver: an SMTP server that gives mail to the program that QMAILQUEUE names
/// (`mailfront(8)`, `tcpserver(1)`).
struct Mailfront {
    /// How it hands a message over: its own way, which knows no reject channel, or by contrib/mailfront.
    enum BackEnd: String, Sendable, CaseIterable {
        case qmail, simscan
    }

    let port: UInt16
    private let daemon: Daemon
    private let directory: TemporaryDirectory

    /// - Throws: where a package is missing, or the back end does not compile.
    init(_ backEnd: BackEnd, environment: [String: String]) throws {
        let directory = try TemporaryDirectory(mode: 0o755)
        self.directory = directory
        var environment = environment
        // Its own back end goes there first.
        environment["QMAILHOME"] = directory.path
        if backEnd == .simscan { environment["MODULE_PATH"] = try Self.modules(in: directory) }
        let log = directory.path(of: "output")
        daemon = try Daemon(
            ["/usr/bin/env"] + environment.map { "\($0.key)=\($0.value)" }
                // -1: tcpserver says which port it got.
                + ["/usr/bin/tcpserver", "-1", "-H", "-R", "-l", "localhost", "127.0.0.1", "0"]
                + ["/usr/sbin/mailfront", "smtp", backEnd.rawValue, "accept", "add-received"],
            log: log
        ) { Self.port(in: log) != nil }
        port = Self.port(in: log) ?? 0
    }

    func stop() {
        daemon.stop()
        directory.remove()
    }

    private static func port(in log: String) -> UInt16? {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        return text.contains("\n") ? UInt16(text.prefix { $0 != "\n" }) : nil
    }

    /// mailfront's own modules, and the project's back end beside them.
    private static func modules(in directory: TemporaryDirectory) throws -> String {
        let modules = directory.path(of: "modules")
        let run = Process()
        run.executableURL = URL(fileURLWithPath: "/bin/sh")
        run.arguments = [
            "-ec", "cp -r /usr/lib/mailfront \"$0\"; cc -Wall -Wextra -Werror -fPIC -shared -o \"$0/$1.so\" \"$2\"",
            modules, "backend-simscan", Repository.path(of: "contrib/mailfront/backend-simscan.c"),
        ]
        run.standardInput = FileHandle.nullDevice
        try run.run()
        run.waitUntilExit()
        guard run.terminationStatus == 0 else { throw Complaint("contrib/mailfront does not compile") }
        return modules
    }
}

/// The files of the project itself.
enum Repository {
    static func path(of file: String) -> String {
        URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../" + file).standardized.path
    }

    static func text(of file: String) throws -> String {
        try String(contentsOfFile: path(of: file), encoding: .utf8)
    }
}
