import Fakes
import Foundation
import Glibc

/// Debian's own clamd and spamd, one of each for all tests, without a network (`clamd(8)`, `spamd(8)`).
///
/// They are started by the test that is the first to want them, and end with the tests. A scanner that is not
/// installed fails every test that needs it.
enum RealScanners {
    private static let sharedClamd = Result { try RealClamd() }
    private static let sharedSpamd = Result { try RealSpamd() }

    static func clamd() throws -> RealClamd { try sharedClamd.get() }
    static func spamd() throws -> RealSpamd { try sharedSpamd.get() }

    /// An address of 127.0.0.1 with a port that was free a moment ago.
    fileprivate static func freePort() throws -> (address: String, port: String) {
        let place = try FakeServer(at: .tcp(), door: .closed) { _ in }
        defer { place.stop() }
        return (place.address, String(place.address.split(separator: ":").last ?? ""))
    }

    /// Starts a server on a free port; another program may take that port first.
    fileprivate static func retrying<Server>(_ start: (_ address: String, _ port: String) throws -> Server) throws
        -> Server
    {
        for _ in 0..<2 {
            let (address, port) = try freePort()
            if let server = try? start(address, port) { return server }
        }
        let (address, port) = try freePort()
        return try start(address, port)
    }

    /// Whether a server answers this question with this text.
    fileprivate static func answers(_ address: String, _ question: String, _ answer: String) -> Bool {
        guard let client = try? FakeClient(to: address), (try? client.send(question)) != nil else { return false }
        client.halfClose()
        return (try? client.readToEnd(upTo: .seconds(5))) == Array(answer.utf8)
    }
}

/// A clamd that knows nothing but the EICAR test file and one more pattern, and takes a megabyte.
final class RealClamd: Sendable {
    /// The StreamMaxLength, in bytes.
    static let streamMaxLength = 1_048_576
    /// How clamd calls the test file: an unofficial signature is called so.
    static let eicarName = "Eicar-Signature.UNOFFICIAL"

    /// Bytes that are a virus to this clamd alone, and what it calls them.
    static let secondPattern = Array("a second pattern, for tests of simscan alone".utf8)
    static let secondName = "Second-Signature.UNOFFICIAL"

    private static let signatures =
        signature("Eicar-Signature", TestPatterns.eicar) + signature("Second-Signature", secondPattern)

    private static func signature(_ name: String, _ pattern: [UInt8]) -> String {
        name + ":0:*:" + pattern.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
    }

    /// On a unix socket.
    let unix: String
    /// On 127.0.0.1.
    let tcp: String
    private let daemon: Daemon
    private let directory: TemporaryDirectory

    init() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path(of: "db"), withIntermediateDirectories: false)
        try directory.write(Self.signatures.utf8, to: "db/test.ndb")
        let socket = directory.path(of: "socket")
        (tcp, daemon) = try RealScanners.retrying { address, port in
            let settings = [
                "LocalSocket \(socket)", "TCPSocket \(port)", "TCPAddr 127.0.0.1",
                "DatabaseDirectory \(directory.path(of: "db"))", "PidFile \(directory.path(of: "pid"))",
                "LogFile \(directory.path(of: "log"))", "StreamMaxLength \(Self.streamMaxLength)", "Foreground yes",
            ]
            let file = try directory.write((settings.joined(separator: "\n") + "\n").utf8, to: "clamd.conf")
            let daemon = try Daemon(["/usr/sbin/clamd", "--config-file=\(file)"], log: directory.path(of: "output")) {
                RealScanners.answers("unix:" + socket, "zPING\0", "PONG\0")
                    && RealScanners.answers(address, "zPING\0", "PONG\0")
            }
            return (address, daemon)
        }
        unix = "unix:" + socket
        self.directory = directory
    }

    func stop() {
        daemon.stop()
        directory.remove()
    }
}

/// A spamd of two processes, with local tests alone.
///
/// Its threshold is far above what the oddest honest message scores, and far below the GTUBE string's 1,000.
final class RealSpamd: Sendable {
    /// The threshold, as the log has it.
    static let threshold = "100.00"

    /// On a unix socket.
    let unix: String
    /// On 127.0.0.1.
    let tcp: String
    private let daemon: Daemon
    private let directory: TemporaryDirectory

    init() throws {
        let directory = try TemporaryDirectory(mode: 0o777)
        let socket = directory.path(of: "socket")
        // spamd will not scan as root; and it must not change its user itself, or it does not hear of our end.
        let user =
            geteuid() == 0 ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--reset-env"] : []
        (tcp, daemon) = try RealScanners.retrying { address, port in
            let command = [
                "/usr/sbin/spamd", "--local", "--nouser-config", "--listen=\(socket)", "--listen=127.0.0.1:\(port)",
                "--pidfile=\(directory.path(of: "pid"))", "--min-children=2", "--max-children=2", "--syslog=stderr",
                "--helper-home-dir=\(directory.path)",
                "--cf=required_score \(Self.threshold)",
            ]
            let daemon = try Daemon(user + command, log: directory.path(of: "output")) {
                RealScanners.answers("unix:" + socket, "PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n")
                    && RealScanners.answers(address, "PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n")
            }
            return (address, daemon)
        }
        unix = "unix:" + socket
        self.directory = directory
    }

    func stop() {
        daemon.stop()
        directory.remove()
    }
}
