import CNetworks
import Fakes
import Foundation
import Glibc
import Synchronization

/// A mail host and its scanner hosts, each a network namespace with a cable (veth) to the mail host.
///
/// Where namespaces cannot be made, the machines are addresses of the loopback interface, which cannot be cut off.
final class Network: Sendable {
    static let ip = "/usr/sbin/ip"
    /// Where the filters are.
    static let mailAddress = "10.0.0.1"
    private static let prefix = "simscan-farm-\(getpid())-"
    /// Where `ip netns exec` has a network's own files of /etc.
    private static let files = "/etc/netns"

    /// The scanner hosts: 10.0.0.11 and so on, or 127.0.1.11 and so on.
    let machines: [Machine]
    /// The mail host's network; nil on loopback addresses.
    let mailNamespace: String?
    /// Why there are no namespaces.
    let lack: String?
    private let isRemoved = Mutex(false)

    /// Makes the networks, and takes this thread and all that come from it to the mail host.
    init(machines count: Int, loopback: Bool) throws {
        let numbers = 11..<(11 + count)
        var lack: String?
        if loopback {
            lack = "it is told to"
        } else {
            do {
                try Self.make(Array(numbers))
            } catch {
                lack = "\(error)"
                Self.removeAll()
            }
        }
        self.lack = lack
        guard lack == nil else {
            machines = numbers.map { Machine(address: "127.0.1.\($0)", address6: nil, namespace: nil) }
            mailNamespace = nil
            return
        }
        let hasIPv6 = access("/proc/net/if_inet6", F_OK) == 0
        machines = numbers.map { number in
            Machine(
                address: "10.0.0.\(number)", address6: hasIPv6 ? "fd00::\(number):2" : nil,
                namespace: Self.prefix + "\(number)")
        }
        let mail = Self.prefix + "mail"
        mailNamespace = mail
        let failure = network_enter(Machine.path(of: mail))
        guard failure == 0 else { throw Trouble("setns: " + String(cString: strerror(failure))) }
    }

    var hasNamespaces: Bool { mailNamespace != nil }

    /// Removes the networks and their files; done once.
    func remove() {
        let wasRemoved = isRemoved.withLock { isRemoved in
            defer { isRemoved = true }
            return isRemoved
        }
        if !wasRemoved && hasNamespaces { Self.removeAll() }
    }

    /// What a filter is started by, to have this for its /etc/hosts and /etc/resolv.conf.
    func launcher(hosts: String, resolver: String) throws -> [String] {
        guard let mailNamespace else { throw Trouble("there are no files of a network's own") }
        try Self.write(hosts, to: "hosts", of: mailNamespace)
        try Self.write(resolver, to: "resolv.conf", of: mailNamespace)
        return [Self.ip, "netns", "exec", mailNamespace]
    }

    private static func write(_ text: String, to name: String, of namespace: String) throws {
        let directory = files + "/" + namespace
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
    }

    /// What the mail host's own routing says of a machine: `unreachable`, `prohibit`, `blackhole`; nil is the way.
    func setRoute(to machine: Machine, _ kind: String?) throws {
        guard let mailNamespace else { throw Trouble("a loopback address is always reached") }
        let way = kind.map { "\($0) \(machine.address)/32" } ?? Self.way(to: machine.address)
        try run([Self.ip, "-n", mailNamespace, "route", "replace"] + way.split(separator: " ").map(String.init))
    }

    // MARK: ip(8)

    private static func way(to address: String) -> String {
        let number = address.split(separator: ".").last ?? ""
        return "\(address)/32 dev v\(number) src \(mailAddress)"
    }

    private static func make(_ numbers: [Int]) throws {
        let mail = prefix + "mail"
        try run([ip, "netns", "add", mail])
        var cables = ["link set lo up", "address add \(mailAddress)/32 dev lo"]
        for number in numbers {
            try run([ip, "netns", "add", prefix + "\(number)"])
            // The neighbours know each other: a host that is cut off is silent, and not missing.
            cables += [
                "link add v\(number) address 02:00:00:00:01:\(number) type veth"
                    + " peer name eth0 address 02:00:00:00:02:\(number) netns \(prefix)\(number)",
                "link set v\(number) up",
                "route add " + way(to: "10.0.0.\(number)"),
                "neigh replace 10.0.0.\(number) lladdr 02:00:00:00:02:\(number) dev v\(number) nud permanent",
            ]
        }
        try batch(mail, cables)
        for number in numbers {
            try batch(
                prefix + "\(number)",
                [
                    "link set lo up", "link set eth0 up", "address add 10.0.0.\(number)/32 dev eth0",
                    "route add \(mailAddress)/32 dev eth0 src 10.0.0.\(number)",
                    "neigh replace \(mailAddress) lladdr 02:00:00:00:01:\(number) dev eth0 nud permanent",
                ])
            // spamd answers nobody whose name cannot be asked for.
            try write("127.0.0.1 localhost\n\(mailAddress) mail.example.com\n", to: "hosts", of: prefix + "\(number)")
            // spamd is nobody, and its port is one of root's.
            try run([
                ip, "netns", "exec", prefix + "\(number)", "/bin/sh", "-c",
                "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start",
            ])
            guard access("/proc/net/if_inet6", F_OK) == 0 else { continue }
            try batch(mail, ["address add fd00::\(number):1/112 dev v\(number) nodad"])
            try batch(prefix + "\(number)", ["address add fd00::\(number):2/112 dev eth0 nodad"])
        }
    }

    private static func batch(_ namespace: String, _ commands: [String]) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let file = try directory.write((commands.joined(separator: "\n") + "\n").utf8, to: "commands")
        try run([ip, "-n", namespace, "-batch", file])
    }

    private static func removeAll() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
        for name in names where name.hasPrefix(prefix) {
            _ = try? run([ip, "netns", "del", name])
            try? FileManager.default.removeItem(atPath: files + "/" + name)
        }
        // Only where nobody else has files there.
        rmdir(files)
    }
}
