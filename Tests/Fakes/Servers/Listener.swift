import Glibc
import SystemPackage

/// What a client meets that connects.
package enum Door: Sendable, Equatable {
    /// Connections are taken and served.
    case open
    /// Nobody listens: a connection is refused.
    case closed
    /// The system takes connections and nobody ever serves them, as when all children of a server are busy.
    case unattended
    /// The queue of connections is full: a new one gets no answer at all (TCP) or has to wait (unix).
    case full
}

/// A bound socket that keeps its address while its door changes.
final class Listener {
    /// The address as the settings say it: `unix:/path`, `tcp:127.0.0.1:port`, `tcp:[::1]:port`.
    let address: String
    private let boundAddress: SocketAddress
    private let path: String?
    private(set) var socket: FileDescriptor
    /// The connections that fill the queue behind a `full` door.
    private var fillers: [FileDescriptor] = []

    /// Binds a socket; `directory` is where an unnamed place gets its path.
    ///
    /// - Throws: `Errno` of `socket(2)` or `bind(2)`.
    init(at place: Place, in directory: TemporaryDirectory?) throws(Errno) {
        switch place {
        case .unix, .unixAt:
            let path: String
            if case .unixAt(let given) = place { path = given } else { path = directory?.path(of: "socket") ?? "" }
            self.path = path
            boundAddress = try SocketAddress(unix: path)
            socket = try Self.bind(boundAddress)
            address = "unix:" + path
        case .tcp(let host, let port):
            path = nil
            let wanted = try SocketAddress(host: host, port: port)
            socket = try Self.bind(wanted)
            let actual = SocketAddress.port(of: socket)
            boundAddress = try SocketAddress(host: host, port: actual)
            address = "tcp:" + (host.contains(":") ? "[\(host)]" : host) + ":\(actual)"
        }
    }

    /// Takes connections from now on, which `accept(2)` then never waits for; the queue holds `backlog` of them.
    func listen(backlog: Int32) throws(Errno) {
        _ = fcntl(socket.rawValue, F_SETFL, O_NONBLOCK)
        guard Glibc.listen(socket.rawValue, backlog) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Fills the queue of connections, which must be one that nobody empties.
    func fill() throws(Errno) {
        try listen(backlog: 0)
        // Linux queues one connection more than the backlog; further ones wait, which is what we want.
        for _ in 0..<3 {
            let filler = try Self.newSocket(boundAddress.family)
            _ = fcntl(filler.rawValue, F_SETFL, O_NONBLOCK)
            _ = boundAddress.with { connect(filler.rawValue, $0, $1) }
            fillers.append(filler)
        }
    }

    /// Closes the socket and binds a new one to the same address, which does not listen yet.
    ///
    /// Connections that nobody had taken are reset.
    func rebind() throws(Errno) {
        close()
        socket = try Self.bind(boundAddress)
    }

    /// Whether a connection is in the queue.
    var hasWaitingConnection: Bool {
        var entry = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Wakes up a thread that waits for a connection.
    func wake() {
        _ = shutdown(socket.rawValue, Int32(SHUT_RDWR))
    }

    /// Closes the socket and removes its path.
    func close() {
        for filler in fillers { try? filler.close() }
        fillers = []
        try? socket.close()
        if let path { unlink(path) }
    }

    private static func newSocket(_ family: Int32) throws(Errno) -> FileDescriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let fd = Glibc.socket(family, type, 0)
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: fd)
    }

    private static func bind(_ address: SocketAddress) throws(Errno) -> FileDescriptor {
        let socket = try newSocket(address.family)
        var yes: Int32 = 1
        setsockopt(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard address.with({ Glibc.bind(socket.rawValue, $0, $1) }) == 0 else {
            let failure = Errno(rawValue: errno)
            try? socket.close()
            throw failure
        }
        return socket
    }
}
