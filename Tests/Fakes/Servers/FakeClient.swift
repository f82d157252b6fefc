import CLinux
import Glibc
package import SystemPackage

/// A client by hand, to talk to a server byte by byte.
package final class FakeClient {
    private let socket: FileDescriptor
    private var isClosed = false

    /// Connects to an address in the form of simscan.conf; one that does not block may still be under way.
    ///
    /// - Throws: `Errno` of `connect(2)`; `EINVAL` for an address that is none.
    package init(to address: String, isBlocking: Bool = true) throws(Errno) {
        guard let place = Place(address) else { throw .invalidArgument }
        let peer: SocketAddress
        switch place {
        case .unix: throw .invalidArgument
        case .unixAt(let path): peer = try SocketAddress(unix: path)
        case .tcp(let host, let port): peer = try SocketAddress(host: host, port: port)
        }
        let fd = Glibc.socket(peer.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        if !isBlocking { _ = fcntl(fd, F_SETFL, O_NONBLOCK) }
        guard peer.with({ connect(fd, $0, $1) }) == 0 || errno == EINPROGRESS else {
            let failure = Errno(rawValue: errno)
            Glibc.close(fd)
            throw failure
        }
        socket = FileDescriptor(rawValue: fd)
    }

    deinit {
        close()
    }

    /// Closes the connection; without this it ends with the object.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        try? socket.close()
    }

    /// Sends all these bytes.
    ///
    /// - Throws: `Errno` of `send(2)`.
    package func send(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends this text.
    ///
    /// - Throws: `Errno` of `send(2)`.
    package func send(_ text: String) throws(Errno) {
        try send(Array(text.utf8))
    }

    /// Sends a NUL with a descriptor beside it (SCM_RIGHTS).
    ///
    /// - Throws: `Errno` of `sendmsg(2)`.
    package func send(descriptorOf path: String) throws {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        defer { try? file.close() }
        guard linux_send_descriptor(socket.rawValue, file.rawValue) == 1 else { throw Errno(rawValue: errno) }
    }

    /// Waits until a connection that does not block is there, or has failed.
    package func isConnected(upTo limit: Duration) -> Bool {
        var entry = pollfd(fd: socket.rawValue, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, Int32(limit.inSeconds * 1000)) > 0 && Int32(entry.revents) & POLLERR == 0
    }

    /// Sends our end of file.
    package func halfClose() {
        _ = shutdown(socket.rawValue, Int32(SHUT_WR))
    }

    /// Reads up to the server's end of file, or for `limit` at most.
    ///
    /// - Throws: `Errno` of `recv(2)`; `ETIMEDOUT` where the server does not end in time.
    package func readToEnd(upTo limit: Duration = .seconds(10)) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try readSome(upTo: limit) { bytes += part }
        return bytes
    }

    /// Reads what comes next; nil at the server's end of file.
    ///
    /// - Throws: `Errno` of `recv(2)`; `ETIMEDOUT` where nothing comes in time.
    package func readSome(upTo limit: Duration = .seconds(10)) throws(Errno) -> [UInt8]? {
        var entry = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(limit.inSeconds * 1000)) > 0 else { throw .timedOut }
        var room = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket.rawValue, &room, room.count, 0)
        guard count >= 0 else { throw Errno(rawValue: errno) }
        return count == 0 ? nil : Array(room[..<count])
    }
}
