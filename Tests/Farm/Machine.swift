import CNetworks
import Fakes
import Foundation
import Glibc
import Synchronization

/// One scanner host of the farm: a network of its own, or an address of the loopback interface.
struct Machine: Sendable {
    /// Its IPv4 address.
    let address: String
    /// Its IPv6 address; nil where there is none.
    let address6: String?
    /// The name of its network (`ip-netns(8)`); nil where it is an address of ours.
    let namespace: String?

    /// The path by which a thread enters a network.
    static func path(of namespace: String) -> String { "/run/netns/" + namespace }

    /// What starts a program on this machine, ahead of its own command.
    var launcher: [String] { namespace.map { [Network.ip, "netns", "exec", $0] } ?? [] }

    /// Does something on this machine, where sockets that it makes then are.
    func on<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        guard let namespace else { return try body() }
        let result = Mutex<Swift.Result<Result, any Error>?>(nil)
        let done = Gate()
        Thread.detachNewThread {
            let value = Swift.Result {
                let failure = network_enter(Self.path(of: namespace))
                guard failure == 0 else { throw Trouble("setns: " + String(cString: strerror(failure))) }
                return try body()
            }
            result.withLock { $0 = value }
            done.open()
        }
        _ = done.wait(upTo: .seconds(60))
        guard let value = result.withLock({ $0 }) else { throw Trouble("nothing is done on \(address)") }
        return try value.get()
    }

    /// A place for a fake here.
    func place(_ port: UInt16 = 0) -> Place { .tcp(host: address, port: port) }

    /// From now on packets to it vanish, and nobody is told.
    func cut() throws { try route("blackhole \(Network.mailAddress)/32") }

    /// The end of `cut()`.
    func join() throws { try route("\(Network.mailAddress)/32 dev eth0 src \(address)") }

    private func route(_ words: String) throws {
        guard let namespace else { throw Trouble("\(address) cannot be cut off") }
        try run(
            [Network.ip, "-n", namespace, "route", "replace"] + words.split(separator: " ").map(String.init))
    }
}
