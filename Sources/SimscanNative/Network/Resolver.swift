internal import CCares
internal import Glibc

/// Finds the addresses of host names through c-ares, inside the poll loop: /etc/hosts and DNS, A and AAAA.
///
/// glibc's own resolver would block, and in a static program it may load modules that crash. A literal address
/// never comes here, and a resolver that is never asked costs nothing.
final class Resolver {
    /// One question.
    final class Lookup {
        /// As the settings have it.
        let name: String
        fileprivate let port: UInt16
        /// The addresses, in the resolver's order, once they are there.
        fileprivate(set) var result: Result<[Endpoint], ScannerFault>?

        fileprivate init(host: String, port: UInt16) {
            name = ScannerAddress.tcp(host: host, port: port).description
            self.port = port
        }
    }

    /// When a question is asked again; who asks does not wait for as long as the library would (75 s).
    private static let timeoutMilliseconds: CInt = 1000
    /// Each takes twice the time of the one before, and goes to every name server.
    private static let tries: CInt = 3

    private let servers: String?
    private var channel: ares_channel?
    private var startFailure: String?

    /// - Parameter servers: name servers in place of the host's own, as `ares_set_servers_ports_csv(3)` has them.
    init(servers: String? = nil) {
        self.servers = servers
    }

    /// Begins to look a name up; an answer from /etc/hosts is there at once.
    func lookUp(_ host: String, port: UInt16) -> Lookup {
        let lookup = Lookup(host: host, port: port)
        guard let channel = start() else {
            lookup.result = .failure(fault(startFailure ?? "the resolver cannot start"))
            return lookup
        }
        var hints = ares_addrinfo_hints()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        // The callback runs for every lookup before the channel is gone (ares_destroy(3)), and takes it back.
        let context = Unmanaged.passRetained(lookup).toOpaque()
        ares_getaddrinfo(
            channel, host, nil, &hints,
            { context, status, _, info in
                guard let context else { return }
                Unmanaged<Lookup>.fromOpaque(context).takeRetainedValue().finished(status: status, info)
            }, context)
        return lookup
    }

    /// Adds the sockets that c-ares waits on.
    func appendPollDescriptors(to polled: PollSet) {
        guard let channel else { return }
        withUnsafeTemporaryAllocation(of: ares_socket_t.self, capacity: Int(ARES_GETSOCK_MAXNUM)) { sockets in
            let interest = UInt32(bitPattern: ares_getsock(channel, sockets.baseAddress, CInt(sockets.count)))
            for index in sockets.indices {
                let readable = interest & (1 << UInt32(index)) != 0
                let writable = interest & (1 << UInt32(index + sockets.count)) != 0
                guard readable || writable else { continue }
                let events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0)
                polled.append(pollfd(fd: sockets[index], events: Int16(events), revents: 0))
            }
        }
    }

    /// When c-ares wants to ask again.
    func nextTimer(now: Instant) -> Instant? {
        guard let channel else { return nil }
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return nil }
        return now + .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }

    /// `poll(2)` came back.
    ///
    /// - Parameter first: the first of its descriptors.
    func process(_ polled: PollSet, from first: Int) {
        guard let channel else { return }
        for index in first..<polled.count where polled[index].revents != 0 {
            let descriptor = polled[index]
            let readable = Int32(descriptor.revents) & (POLLIN | POLLERR | POLLHUP) != 0
            let writable = Int32(descriptor.revents) & POLLOUT != 0
            ares_process_fd(
                channel, readable ? descriptor.fd : ARES_SOCKET_BAD, writable ? descriptor.fd : ARES_SOCKET_BAD)
        }
        // Time-outs alone.
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    }

    /// Gives up what is under way.
    func close() {
        guard let channel else { return }
        ares_destroy(channel)
        self.channel = nil
    }

    private func start() -> ares_channel? {
        if let channel { return channel }
        var status = ares_library_init(CInt(ARES_LIB_INIT_ALL))
        if status == ARES_SUCCESS {
            var options = ares_options()
            options.timeout = Self.timeoutMilliseconds
            options.tries = Self.tries
            status = ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES)
        }
        if let servers, let channel, status == ARES_SUCCESS { status = ares_set_servers_ports_csv(channel, servers) }
        if status != ARES_SUCCESS {
            startFailure = "the resolver cannot start, " + String(cString: ares_strerror(status))
            channel = nil
        }
        return channel
    }

    private func fault(_ text: String) -> ScannerFault { ScannerFault(phase: .resolve, text: text) }
}

extension Resolver.Lookup {
    fileprivate func finished(status: CInt, _ info: UnsafeMutablePointer<ares_addrinfo>?) {
        defer { info.map(ares_freeaddrinfo) }
        guard status == ARES_SUCCESS else {
            result = .failure(
                ScannerFault(phase: .resolve, text: "no address, " + String(cString: ares_strerror(status))))
            return
        }
        var endpoints: [Endpoint] = []
        var node = info?.pointee.nodes
        while let current = node {
            if let address = current.pointee.ai_addr, let endpoint = endpoint(address, current.pointee.ai_addrlen) {
                endpoints.append(endpoint)
            }
            node = current.pointee.ai_next
        }
        result =
            endpoints.isEmpty
            ? .failure(ScannerFault(phase: .resolve, text: "no address")) : .success(endpoints)
    }

    private func endpoint(_ address: UnsafeMutablePointer<sockaddr>, _ length: ares_socklen_t) -> Endpoint? {
        // The port is ours to set: the name was asked for without a service.
        switch CInt(address.pointee.sa_family) {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port = port.bigEndian }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_port = port.bigEndian }
        default:
            return nil
        }
        return Endpoint(address, length: socklen_t(length), lookedUp: name)
    }
}
