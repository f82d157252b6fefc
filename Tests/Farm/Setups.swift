import Fakes
import Foundation
import Synchronization

/// The set-ups of doc/farm.md by their own configuration files, with two hosts that have a real clamd and a real
/// spamd each. One of each is killed in the middle of the mail, and comes back.
struct SetupSection {
    let network: Network
    let document: Document
    /// For each set-up.
    let messages: Int

    private static let concurrency = 8
    /// What the document leaves to who reads it: spam must not pass here because its scanner was killed.
    private static let own = ["spamd-failure = defer"]

    private enum Setup: String, CaseIterable {
        case list = "A host list alone"
        case names = "DNS with several addresses"
        case haproxy = "HAProxy in front"
    }

    func run() throws -> Tally {
        var tally = Tally()
        let hosts = try RealHost.start(Array(network.machines.prefix(2)), in: network)
        defer { for host in hosts { host.stop() } }
        for setup in Setup.allCases {
            if setup == .names && !network.hasNamespaces {
                print("  \(setup.rawValue): left out; it needs a resolv.conf of its own")
                continue
            }
            let front = try front(setup)
            defer { front?.stop() }
            tally.add(try run(setup, hosts, front))
        }
        return tally
    }

    /// What stands between the filter and the hosts, or tells it of them.
    private struct Front {
        let directory: TemporaryDirectory
        var haproxy: Daemon?
        var names: NameServer?

        func stop() {
            haproxy?.stop()
            names?.stop()
            directory.remove()
        }
    }

    private func run(_ setup: Setup, _ hosts: [RealHost], _ front: Front?) throws -> Tally {
        let settings = adapted(try document.block("simscan.conf", under: setup.rawValue))
        let launcher =
            setup == .names ? try network.launcher(hosts: "127.0.0.1 localhost\n", resolver: Self.resolver) : []
        let host = try MailHost(settings.split(separator: "\n").map(String.init) + Self.own, launcher: launcher)
        defer { host.remove() }
        let blow = Blow(on: hosts[0], atMessage: messages / 3, backAtMessage: messages * 2 / 3)
        let delivery = Delivery(
            messages: messages, concurrency: Self.concurrency, host: { _ in host }, progress: blow.progress)
        var tally = try delivery.run(calm: blow.finish)
        for trouble in blow.troubles { tally.note(trouble) }
        tally.require(try host.isTidy(), "files are left in the working directory")
        print("  \(setup.rawValue): \(tally.line)" + (try shares(front)))
        if setup == .haproxy, let front { try look(at: front, host, &tally) }
        return tally
    }

    // MARK: The files of the document

    private static let resolver = "nameserver 127.0.0.1\n"

    /// Addresses and ports of this network for those of the document.
    private func adapted(_ text: String) -> String {
        guard !network.hasNamespaces else { return text }
        return text.replacingOccurrences(of: "127.0.0.1", with: "127.0.1.1")
            .replacingOccurrences(of: "10.0.0.", with: "127.0.1.")
            .replacingOccurrences(of: "783", with: "\(RealHost.spamdPort(network))")
    }

    private func front(_ setup: Setup) throws -> Front? {
        let directory = try TemporaryDirectory(mode: 0o755)
        let log = directory.path(of: "output")
        switch setup {
        case .list:
            directory.remove()
            return nil
        case .names:
            let names = try NameServer(
                configuration: try document.block("dnsmasq.conf", under: setup.rawValue), in: directory)
            return Front(directory: directory, names: names)
        case .haproxy:
            let socket = directory.path(of: "admin")
            // What Debian's own haproxy.cfg has ahead of it, in short.
            let head = "global\n    stats socket \(socket) mode 600 level admin\n\n"
            let text = head + adapted(try document.block("haproxy.cfg", under: setup.rawValue))
            let file = try directory.write(text.utf8, to: "haproxy.cfg")
            let daemon = try Daemon(["/usr/sbin/haproxy", "-db", "-f", file], log: log) {
                let servers = (try? Self.statistics("unix:" + socket)) ?? []
                return servers.count == 4 && servers.allSatisfy { $0.isUp }
            }
            return Front(directory: directory, haproxy: daemon)
        }
    }

    // MARK: HAProxy's own words

    private struct Server {
        let name: String
        let connections: Int
        let isUp: Bool
    }

    /// `show stat` of HAProxy's management guide, section 9.1.
    private static func statistics(_ socket: String) throws -> [Server] {
        let client = try FakeClient(to: socket)
        try client.send("show stat\n")
        let lines = String(decoding: try client.readToEnd(), as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let names = lines.first, let total = names.firstIndex(of: "stot"),
            let status = names.firstIndex(of: "status")
        else { throw Trouble("no statistics of HAProxy") }
        return lines.dropFirst().filter { $0.count > total && !["FRONTEND", "BACKEND"].contains($0[1]) }
            .map { fields in
                Server(
                    name: fields[0] + "/" + fields[1], connections: Int(fields[total]) ?? 0,
                    isUp: fields[status] == "UP" && fields.contains { $0.hasPrefix("L7OK") })
            }
    }

    private func shares(_ front: Front?) throws -> String {
        guard let front, front.directory.has("admin") else { return "" }
        let servers = try Self.statistics("unix:" + front.directory.path(of: "admin"))
        return "; " + servers.map { "\($0.name) \($0.connections)" }.joined(separator: ", ")
    }

    /// Both servers of each pool are in use again, and without HAProxy the mail finds them itself.
    private func look(at front: Front, _ host: MailHost, _ tally: inout Tally) throws {
        let socket = "unix:" + front.directory.path(of: "admin")
        let end = ContinuousClock.now + .seconds(20)
        while try !Self.statistics(socket).allSatisfy(\.isUp), ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.1)
        }
        for server in try Self.statistics(socket) {
            tally.require(server.isUp, "\(server.name) is not back")
            tally.require(server.connections > 0, "\(server.name) was never used")
        }
        front.haproxy?.kill()
        var without = try Delivery(messages: 6, concurrency: 1, host: { _ in host }).run()
        without.require(without.deferred == 0, "without HAProxy \(without.deferred) messages are deferred")
        print("  the same, HAProxy killed: \(without.line)")
        tally.add(without)
    }
}

extension TemporaryDirectory {
    fileprivate func has(_ name: String) -> Bool { access(path(of: name), F_OK) == 0 }
}

/// Kills the scanners of one host when so many messages are through, and starts them again.
private final class Blow: Sendable {
    private let host: RealHost
    private let atMessage: Int
    private let backAtMessage: Int
    private let found = Mutex<[String]>([])
    private let isBack = Mutex(false)

    init(on host: RealHost, atMessage: Int, backAtMessage: Int) {
        self.host = host
        self.atMessage = atMessage
        self.backAtMessage = backAtMessage
    }

    var troubles: [String] { found.withLock { $0 } }

    @Sendable func progress(_ through: Int) {
        if through == atMessage {
            host.clamd?.daemon.kill()
            host.spamd?.daemon.kill()
        }
        if through == backAtMessage { comeBack() }
    }

    /// They are up when it returns.
    func finish() { comeBack() }

    private func comeBack() {
        let wasBack = isBack.withLock { isBack in
            defer { isBack = true }
            return isBack
        }
        guard !wasBack else { return }
        do {
            try host.clamd?.daemon.start()
            try host.spamd?.daemon.start()
        } catch {
            found.withLock { $0.append("\(error)") }
        }
    }
}
