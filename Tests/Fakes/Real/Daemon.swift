import Foundation
import Glibc
import Synchronization

/// A server of the system's, run in the foreground until `stop()`, or until the tests end in whatever way.
package final class Daemon: Sendable {
    private let command: [String]
    private let log: String
    private let launcher: [String]
    private let isReady: @Sendable () -> Bool
    /// From one start to the next end.
    private let life = Mutex<Life?>(nil)

    /// What a server may take to be ready; clamd and spamd take some seconds on a busy machine.
    private static let patience = Duration.seconds(60)

    /// Starts a program and waits until it answers.
    ///
    /// - Parameters:
    ///   - log: the path of a file for what it says.
    ///   - launcher: a command ahead of it, which becomes it: into a network of its own, say.
    ///   - isReady: asked again and again.
    /// - Throws: where the program is missing, ends, or is not ready in time.
    package init(
        _ command: [String], log: String, launcher: [String] = [],
        isReady: @escaping @Sendable () -> Bool
    ) throws {
        self.command = command
        self.log = log
        self.launcher = launcher
        self.isReady = isReady
        guard let program = command.first(where: { $0.hasPrefix("/") }),
            FileManager.default.isExecutableFile(atPath: program)
        else { throw Trouble("\(command) is not installed; its make target does that") }
        try start()
    }

    /// Starts it again behind `stop()` or `kill()`, and waits until it answers.
    ///
    /// - Throws: where it ends, or is not ready in time.
    package func start() throws {
        let life = Life()
        // A thread that lives as long as the server does: the server is told of the end of the one that started it.
        Thread.detachNewThread { [command, log, launcher] in
            life.run(launcher + ["/usr/bin/setpriv", "--pdeathsig", "TERM"] + command, log: log)
        }
        try life.waitUntilStarted(upTo: Self.patience)
        self.life.withLock { $0 = life }
        let end = ContinuousClock.now + Self.patience
        while !isReady() {
            // Nothing tells of a socket that begins to listen; ask again soon, unless the server has gone.
            if life.waitUntilEnded(upTo: .milliseconds(10)) { throw Trouble("\(command) ended: \(logText)") }
            guard ContinuousClock.now < end else {
                stop()
                throw Trouble("\(command) is not ready: \(logText)")
            }
        }
    }

    /// Ends it and waits for that.
    package func stop() {
        guard let life = life.withLock({ $0 }) else { return }
        life.signal(SIGTERM)
        if !life.waitUntilEnded(upTo: Self.patience) { kill() }
    }

    /// Ends it with all its children, as a power cut does, and waits for that.
    package func kill() {
        guard let life = life.withLock({ $0 }) else { return }
        life.signalAll(SIGKILL)
        _ = life.waitUntilEnded(upTo: Self.patience)
    }

    /// It stands still with all its children: connections are taken by the system, and nobody answers.
    package func freeze() { life.withLock { $0 }?.signalAll(SIGSTOP) }

    /// The end of `freeze()`.
    package func thaw() { life.withLock { $0 }?.signalAll(SIGCONT) }

    private var logText: String {
        String(decoding: (FileManager.default.contents(atPath: log) ?? Data()).suffix(2000), as: UTF8.self)
    }
}

/// One process of a daemon, from its start to its end.
private final class Life: @unchecked Sendable {
    private let started = Gate()
    private let ended = Gate()
    /// Good until `ended` is open.
    private var pid: pid_t = 0
    private var failure: (any Error)?

    /// The thread of the process.
    func run(_ command: [String], log: String) {
        do {
            let nothing = try Child.open("/dev/null", .readOnly)
            let output = try Child.open(log, .writeOnly, create: true)
            defer {
                try? nothing.close()
                try? output.close()
            }
            // With a group of its own, so that all its children can be reached at once.
            pid = try Child.start(
                ["/usr/bin/setsid"] + command, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
                descriptors: [0: nothing, 1: output, 2: output])
        } catch {
            failure = error
            started.open()
            return
        }
        started.open()
        // Its id is nobody else's before it is waited for, and nobody uses it behind that.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        ended.open()
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    func waitUntilStarted(upTo limit: Duration) throws {
        _ = started.wait(upTo: limit)
        if let failure { throw failure }
    }

    func waitUntilEnded(upTo limit: Duration) -> Bool { ended.wait(upTo: limit) }

    func signal(_ number: Int32) {
        if !ended.isOpen { _ = Glibc.kill(pid, number) }
    }

    /// To the process and all its children.
    func signalAll(_ number: Int32) {
        if !ended.isOpen { _ = Glibc.kill(-pid, number) }
    }
}
