import Foundation

/// Debian's own clamd, without a network (`clamd(8)`): it knows nothing but the EICAR test file and one more
/// pattern, and takes a megabyte.
package final class RealClamd: Sendable {
    /// The StreamMaxLength, in bytes.
    package static let streamMaxLength = 1_048_576
    /// How clamd calls the test file: an unofficial signature is called so.
    package static let eicarName = "Eicar-Signature.UNOFFICIAL"

    /// Bytes that are a virus to this clamd alone, and what it calls them.
    package static let secondPattern = Array("a second pattern, for tests of simscan alone".utf8)
    package static let secondName = "Second-Signature.UNOFFICIAL"

    private static let signatures =
        signature("Eicar-Signature", TestPatterns.eicar) + signature("Second-Signature", secondPattern)

    private static func signature(_ name: String, _ pattern: [UInt8]) -> String {
        name + ":0:*:" + pattern.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
    }

    /// On a unix socket.
    package let unix: String
    /// On the host's address.
    package let tcp: String
    package let daemon: Daemon
    private let directory: TemporaryDirectory

    /// Starts one.
    ///
    /// - Parameters:
    ///   - host: the literal IPv4 address that it listens on.
    ///   - port: nil is one that is free.
    ///   - launcher: a command ahead of it, which becomes it.
    package init(
        at host: String = "127.0.0.1", port: UInt16? = nil, launcher: [String] = []
    ) throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path(of: "db"), withIntermediateDirectories: false)
        try directory.write(Self.signatures.utf8, to: "db/test.ndb")
        let socket = directory.path(of: "socket")
        (tcp, daemon) = try ServerPort.retrying(at: host, port: port) { address, port in
            let settings = [
                "LocalSocket \(socket)", "TCPSocket \(port)", "TCPAddr \(host)", "FixStaleSocket yes",
                "DatabaseDirectory \(directory.path(of: "db"))", "PidFile \(directory.path(of: "pid"))",
                "LogFile \(directory.path(of: "log"))", "StreamMaxLength \(Self.streamMaxLength)", "Foreground yes",
            ]
            let file = try directory.write((settings.joined(separator: "\n") + "\n").utf8, to: "clamd.conf")
            let command = ["/usr/sbin/clamd", "--config-file=\(file)"]
            let daemon = try Daemon(command, log: directory.path(of: "output"), launcher: launcher) {
                ServerPort.answers("unix:" + socket, "zPING\0", "PONG\0")
                    && ServerPort.answers(address, "zPING\0", "PONG\0")
            }
            return (address, daemon)
        }
        unix = "unix:" + socket
        self.directory = directory
    }

    package func stop() {
        daemon.stop()
        directory.remove()
    }
}
