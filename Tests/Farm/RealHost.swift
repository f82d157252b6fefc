import Fakes
import Synchronization

/// The real scanners of one machine.
struct RealHost: Sendable {
    let machine: Machine
    let clamd: RealClamd?
    let spamd: RealSpamd?

    static let clamdPort: UInt16 = 3310
    /// The usual one is root's to give.
    static func spamdPort(_ network: Network) -> UInt16 { network.hasNamespaces ? 783 : 7783 }

    /// Starts these machines' scanners, side by side.
    static func start(
        _ machines: [Machine], in network: Network, clamd: Bool = true, spamd: Bool = true
    ) throws -> [RealHost] {
        let hosts = Mutex<[RealHost?]>(Array(repeating: nil, count: machines.count))
        let port = spamdPort(network)
        do {
            try inThreads(machines.count) { number in
                let machine = machines[number]
                let (at, by) = (machine.address, machine.launcher)
                let clamd = clamd ? try RealClamd(at: at, port: clamdPort, launcher: by) : nil
                hosts.withLock { $0[number] = RealHost(machine: machine, clamd: clamd, spamd: nil) }
                let spamd = spamd ? try RealSpamd(at: at, port: port, clients: clients, launcher: by) : nil
                hosts.withLock { $0[number] = RealHost(machine: machine, clamd: clamd, spamd: spamd) }
            }
        } catch {
            for host in hosts.withLock({ $0 }) { host?.stop() }
            throw error
        }
        return hosts.withLock { $0.compactMap(\.self) }
    }

    private static let clients = "10.0.0.0/24,127.0.0.0/8"

    func stop() {
        clamd?.stop()
        spamd?.stop()
    }
}
