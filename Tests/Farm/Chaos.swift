import Fakes
import Synchronization

/// Hosts are killed, frozen and cut off, and come back, at random, while mail passes: every message gets its true
/// verdict, or its sender is told to try again.
///
/// All mail goes through real clamd. A real spamd takes so long for a message that a tenth of the mail goes through
/// real ones; the rest has fakes, which know GTUBE as spamd does.
struct ChaosSection {
    let network: Network
    let messages: Int
    let seed: UInt64

    /// One of so many messages goes through real spamd.
    private static let realShare = 10
    private static let concurrency = 16
    private static let times = [
        "connect-timeout = 2", "first-byte-clamd = 2", "first-byte-spamd = 3", "deadline = 30", "reload-wait = 5",
        "spamd-failure = defer", "spam = yes", "clamd-order = spread", "spamd-order = spread",
    ]

    func run() throws -> Tally {
        let machines = network.machines
        let clamds = try RealHost.start(Array(machines[0..<3]), in: network, spamd: false)
        defer { for host in clamds { host.stop() } }
        let spamds = try RealHost.start(Array(machines[3..<5]), in: network, clamd: false)
        defer { for host in spamds { host.stop() } }
        let port = RealHost.spamdPort(network)
        let fakes = try machines[5..<7].map { try FakeVictim(on: $0, port: port) }
        defer { for fake in fakes { fake.stop() } }
        let clamdSetting = "clamd = " + clamds.compactMap { $0.clamd?.tcp }.joined(separator: ", ")
        let real = try MailHost(
            Self.times + [clamdSetting, "spamd = " + spamds.compactMap { $0.spamd?.tcp }.joined(separator: ", ")])
        let fake = try MailHost(
            Self.times + [clamdSetting, "spamd = " + fakes.map { $0.address }.joined(separator: ", ")])
        defer {
            real.remove()
            fake.remove()
        }
        let victims: [any Victim] =
            clamds.compactMap { host in host.clamd.map { RealVictim(machine: host.machine, daemon: $0.daemon) } }
            + spamds.compactMap { host in host.spamd.map { RealVictim(machine: host.machine, daemon: $0.daemon) } }
            + fakes
        let killer = Killer(victims, seed: seed, cuts: network.hasNamespaces)
        let leastDeaths = min(victims.count, messages / 100)
        let delivery = Delivery(
            messages: messages, concurrency: Self.concurrency,
            host: { $0.isMultiple(of: Self.realShare) ? real : fake },
            // On a fast machine the mail is through before anybody has died.
            goesOn: { killer.deeds.values.reduce(0, +) < leastDeaths },
            progress: { through in
                if through.isMultiple(of: 50) { for fake in fakes { fake.forget() } }
            })
        killer.start()
        defer { killer.stop() }
        var tally = try delivery.run(calm: killer.stop)
        for trouble in killer.troubles { tally.note(trouble) }
        for problem in fakes.flatMap(\.problems) { tally.note(problem) }
        let isTidy = try real.isTidy() && fake.isTidy()
        tally.require(isTidy, "files are left in a working directory")
        let count = killer.deeds.values.reduce(0, +)
        tally.require(count >= leastDeaths, "\(count) hosts died")
        let deeds = Killer.Deed.allCases.map { "\($0.rawValue) \(killer.deeds[$0, default: 0])" }
        print(
            "  3 real clamd for all, 2 real spamd for \(tally.messages / Self.realShare), 2 fake spamd for the rest; hosts "
                + deeds.joined(separator: ", ") + " (--seed \(seed))")
        return tally
    }
}
