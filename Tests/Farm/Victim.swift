import Fakes
import Synchronization

/// A scanner on a machine of its own, which can die and come back.
protocol Victim: Sendable {
    var machine: Machine { get }
    func die() throws
    func comeBack() throws
    /// It takes connections and says nothing.
    func freeze() throws
    func thaw() throws
    func stop()
}

/// A real one.
struct RealVictim: Victim {
    let machine: Machine
    let daemon: Daemon

    func die() { daemon.kill() }
    func comeBack() throws { try daemon.start() }
    func freeze() { daemon.freeze() }
    func thaw() { daemon.thaw() }
    func stop() { daemon.stop() }
}

/// A fake spamd, which scans as fast as this test needs it.
final class FakeVictim: Victim {
    let machine: Machine
    private let port: UInt16
    private let spamd: Mutex<FakeSpamd>

    init(on machine: Machine, port: UInt16) throws {
        self.machine = machine
        self.port = port
        spamd = Mutex(try machine.on { try FakeSpamd(at: machine.place(port)) })
    }

    var address: String { spamd.withLock { $0.address } }
    var problems: [String] { spamd.withLock { $0.problems } }
    /// What was asked is memory.
    func forget() { spamd.withLock { $0.server.forget() } }

    func die() { spamd.withLock { $0.stop() } }

    func comeBack() throws {
        let new = try machine.on { [machine, port] in try FakeSpamd(at: machine.place(port)) }
        spamd.withLock { $0 = new }
    }

    func freeze() throws {
        let server = spamd.withLock { $0.server }
        try machine.on { try server.setDoor(.unattended) }
    }

    func thaw() throws {
        let server = spamd.withLock { $0.server }
        try machine.on { try server.setDoor(.open) }
    }

    func stop() { die() }
}
