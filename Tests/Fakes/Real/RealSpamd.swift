import Foundation
import Glibc

/// Debian's own spamd of two processes, with local tests alone (`spamd(8)`).
///
/// Its threshold is far above what the oddest honest message scores, and far below the GTUBE string's 1,000.
package final class RealSpamd: Sendable {
    /// The threshold, as the log has it.
    package static let threshold = "100.00"

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
    ///   - clients: who may ask it over TCP, as `spamd --allowed-ips` has it.
    ///   - launcher: a command ahead of it, which becomes it.
    package init(
        at host: String = "127.0.0.1", port: UInt16? = nil, clients: String = "127.0.0.1",
        launcher: [String] = []
    ) throws {
        let directory = try TemporaryDirectory(mode: 0o777)
        let socket = directory.path(of: "socket")
        // spamd will not scan as root; and it must not change its user itself, or it does not hear of our end.
        let user =
            geteuid() == 0 ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--reset-env"] : []
        (tcp, daemon) = try ServerPort.retrying(at: host, port: port) { address, port in
            let command = [
                "/usr/sbin/spamd", "--local", "--nouser-config", "--listen=\(socket)", "--listen=\(host):\(port)",
                "--allowed-ips=\(clients)", "--pidfile=\(directory.path(of: "pid"))", "--min-children=2",
                "--max-children=2", "--syslog=stderr", "--helper-home-dir=\(directory.path)",
                "--cf=required_score \(Self.threshold)",
            ]
            let output = directory.path(of: "output")
            let daemon = try Daemon(user + command, log: output, launcher: launcher) {
                ServerPort.answers("unix:" + socket, "PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n")
                    && ServerPort.answers(address, "PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n")
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
