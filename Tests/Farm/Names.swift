import Fakes
import Foundation

/// Hosts that are not IPv4 literals: each kind of name, with every kind of trouble that it has.
struct NameSection {
    let network: Network
    /// Whether few messages of each kind are enough.
    let isSample: Bool

    private static let port: UInt16 = 3310
    private static let resolver = "nameserver 127.0.0.1\n"
    private static let times = ["connect-timeout = 2", "deadline = 10"]
    /// A message that no host holds up; and what one costs after which another is tried.
    private static let quick = Duration.milliseconds(500)
    private static let headStart = Duration.milliseconds(250)

    private static let hosts = """
        127.0.0.1 localhost
        10.0.0.11 scan1
        fd00::11:2 scan6.example.com

        """

    /// dnsmasq(8): what is not here is known not to exist.
    private static let zone = """
        listen-address=127.0.0.1
        bind-interfaces
        local=/example.com/
        host-record=four.example.com,10.0.0.11
        host-record=four.example.com,10.0.0.12
        host-record=four.example.com,10.0.0.13
        host-record=four.example.com,10.0.0.14
        host-record=both.example.com,10.0.0.11,fd00::12:2

        """

    /// What is asked for, and what must come of it.
    private struct Trial {
        let title: String
        let clamd: String
        /// The line of each kind of message: nil is its true verdict, else a part of the line of a deferral.
        var error: String?
        var limit = NameSection.quick
        var more: [String] = []
        var resolver = NameSection.resolver
        /// How often a dead host may hold a message up; a resolver turns its addresses round, so that it takes some
        /// messages to meet them all.
        var meetings: Int?
    }

    func run() throws -> Tally {
        var tally = Tally()
        guard network.hasNamespaces else {
            print("  IPv6 and a name of /etc/hosts alone: the others need a resolv.conf of their own")
            let (six, four) = (try FakeClamd(at: .tcp6), try FakeClamd(at: .tcp()))
            defer {
                six.stop()
                four.stop()
            }
            let name = four.address.replacing("127.0.0.1", with: "localhost")
            for (title, address) in [("an IPv6 literal", six.address), ("a name of /etc/hosts", name)] {
                try run(Trial(title: title, clamd: address), launcher: [], &tally)
            }
            return tally
        }
        let directory = try TemporaryDirectory(mode: 0o755)
        defer { directory.remove() }
        let names = try NameServer(configuration: Self.zone, in: directory)
        defer { names.stop() }
        try literals(&tally)
        try fourAddresses(&tally)
        try troubles(&tally)
        return tally
    }

    private func run(_ trial: Trial, launcher: [String]? = nil, _ tally: inout Tally) throws {
        let launcher = try launcher ?? network.launcher(hosts: Self.hosts, resolver: trial.resolver)
        let host = try MailHost(["clamd = " + trial.clamd] + Self.times + trial.more, launcher: launcher)
        defer { host.remove() }
        let queue = try FakeQueue()
        defer { queue.remove() }
        var durations: [Duration] = []
        for number in 0..<(trial.meetings != nil ? 6 : isSample ? 1 : 3) {
            let kind = number.isMultiple(of: 2) ? Letter.Kind.clean : .virus
            let letter = Letter(tally.messages, [kind])
            let result = try host.send(letter, &tally, queue: queue)
            durations.append(result.duration)
            let line = result.logLines.joined(separator: " / ")
            let status = trial.error == nil ? letter.status : 71
            tally.require(result.exitStatus == status, "\(trial.title): \(result.ending), \(line)")
            if let error = trial.error {
                tally.require(line.contains(error), "\(trial.title): no “\(error)” in “\(line)”")
            }
        }
        for (number, duration) in durations.enumerated() {
            tally.requireInTime(duration < trial.limit, "\(trial.title): message \(number + 1) takes \(duration.short)")
        }
        if let meetings = trial.meetings {
            let count = durations.reduce(0) { $0 + Int($1.inSeconds / Self.headStart.inSeconds) }
            tally.requireInTime(count <= meetings, "\(trial.title): \(count) waits for \(meetings) dead hosts")
        }
        let outcome = trial.error.map { "71, " + $0 } ?? "the true verdict"
        print("  \(trial.title): \(outcome), " + durations.map(\.short).joined(separator: ", "))
    }

    // MARK: The trials

    /// Machines with a clamd each; on an address of IPv6 where it is asked for.
    private func clamds(_ machines: [Int], six: Bool = false) throws -> [FakeClamd] {
        try machines.map { number in
            let machine = network.machines[number]
            let address = six ? machine.address6 ?? machine.address : machine.address
            return try machine.on { try FakeClamd(at: .tcp(host: address, port: Self.port)) }
        }
    }

    private func literals(_ tally: inout Tally) throws {
        let four = try clamds([0])
        defer { for clamd in four { clamd.stop() } }
        try run(Trial(title: "a name of /etc/hosts", clamd: "scan1"), &tally)
        try run(Trial(title: "the same in capitals, with its port", clamd: "tcp:SCAN1:3310"), &tally)
        guard network.machines[0].address6 != nil else { return print("  without IPv6, which this machine has not") }
        let six = try clamds([0], six: true)
        defer { for clamd in six { clamd.stop() } }
        try run(Trial(title: "an IPv6 literal", clamd: six[0].address), &tally)
        try run(Trial(title: "an IPv6 address of /etc/hosts", clamd: "scan6.example.com"), &tally)
        let dead = "tcp:[fd00::13:2]:3310"
        try run(Trial(title: "an IPv6 literal where nobody listens, then IPv4", clamd: dead + ", 10.0.0.11"), &tally)
        try run(Trial(title: "a name whose IPv6 address is dead", clamd: "both.example.com"), &tally)
        try run(
            Trial(
                title: "an IPv6 literal alone where nobody listens", clamd: dead,
                error: "clamd tcp_[fd00__13_2]_3310_ cannot connect, Connection refused"), &tally)
    }

    private func fourAddresses(_ tally: inout Tally) throws {
        let numbers = [0, 1, 2, 3]
        for alive in isSample ? [2] : numbers {
            // Of the three that are dead two are black holes.
            let cut = numbers.filter { $0 != alive }.dropFirst()
            let clamd = try clamds([alive])
            defer { for clamd in clamd { clamd.stop() } }
            for number in cut { try network.machines[number].cut() }
            defer { for number in cut { try? network.machines[number].join() } }
            for order in ["first", "spread"] {
                try run(
                    Trial(
                        title: "four addresses, 10.0.0.\(11 + alive) alone alive, \(order)", clamd: "four.example.com",
                        limit: Self.headStart * cut.count + Self.quick, more: ["clamd-order = " + order],
                        meetings: cut.count), &tally)
            }
        }
        try run(
            Trial(
                title: "four addresses, none alive", clamd: "four.example.com",
                error: "tcp_four.example.com_3310 (10.0.0.14)_ cannot connect, Connection refused"), &tally)
    }

    private func troubles(_ tally: inout Tally) throws {
        let clamd = try clamds([0])
        defer { for clamd in clamd { clamd.stop() } }
        let gone = "gone.example.com"
        try run(
            Trial(
                title: "a name that does not resolve", clamd: gone, error: "clamd tcp_\(gone)_3310_ no address, "),
            &tally)
        try run(Trial(title: "the same, then a literal", clamd: gone + ", 10.0.0.11"), &tally)
        let other = "four.example.com"
        try run(
            Trial(
                title: "nobody listens at the resolver", clamd: other, error: "clamd tcp_\(other)_3310_ no address",
                limit: .seconds(2) + Self.quick, resolver: "nameserver 10.0.0.18\n"), &tally)
        try network.machines[7].cut()
        defer { try? network.machines[7].join() }
        let silent = "nameserver 10.0.0.18\n"
        try run(
            Trial(
                title: "a resolver that does not answer", clamd: other,
                error: "clamd tcp_\(other)_3310_ no address in time", limit: .seconds(2) + Self.quick, resolver: silent),
            &tally)
        try run(
            Trial(
                title: "the same, then a literal", clamd: other + ", 10.0.0.11", limit: Self.headStart + Self.quick,
                resolver: silent), &tally)
        try run(
            Trial(
                title: "a literal, then the same", clamd: "10.0.0.11, " + other, resolver: silent), &tally)
        try run(
            Trial(
                title: "a resolver that does not answer, then one that does", clamd: other,
                limit: .seconds(1) + Self.quick, resolver: silent + Self.resolver), &tally)
    }
}

/// dnsmasq with a configuration of ours.
struct NameServer {
    private let daemon: Daemon

    /// Starts it, in the network of this thread.
    init(configuration: String, in directory: TemporaryDirectory) throws {
        let log = directory.path(of: "dnsmasq.log")
        let file = try directory.write(configuration.utf8, to: "dnsmasq.conf")
        let command = [
            "/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=\(file)", "--pid-file=", "--user=root",
            "--no-hosts", "--no-resolv", "--log-facility=-",
        ]
        // Its socket is bound before it says that it has started.
        daemon = try Daemon(command, log: log) {
            (try? String(contentsOfFile: log, encoding: .utf8))?.contains("started") == true
        }
    }

    func stop() { daemon.stop() }
}
