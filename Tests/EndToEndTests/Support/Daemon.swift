import Fakes
import Foundation
import Glibc

/// A server of the system's, run in the foreground until `stop()`, or until the tests end in whatever way.
final class Daemon: @unchecked Sendable {
    private let command: [String]
    private let log: String
    private let started = Gate()
    private let ended = Gate()
    private let process = Process()
    private var failure: (any Error)?

    /// What a server may take to be ready; clamd and spamd take some seconds on a busy machine.
    private static let patience = Duration.seconds(60)

    /// Starts a program and waits until it answers.
    ///
    /// - Parameters:
    ///   - log: the path of a file for what it says.
    ///   - isReady: asked again and again.
    /// - Throws: where the program is missing, ends, or is not ready in time.
    init(_ command: [String], log: String, isReady: () -> Bool) throws {
        self.command = command
        self.log = log
        guard let program = command.first(where: { $0.hasPrefix("/") }),
            FileManager.default.isExecutableFile(atPath: program)
        else { throw Complaint("\(command) is not installed; make test does that") }
        // A thread that lives as long as the server does: the server is told of the end of the one that started it.
        Thread.detachNewThread { [self] in
            run()
        }
        _ = started.wait(upTo: Self.patience)
        if let failure { throw failure }
        let end = ContinuousClock.now + Self.patience
        while !isReady() {
            // Nothing tells of a socket that begins to listen; ask again soon, unless the server has gone.
            if ended.wait(upTo: .milliseconds(10)) { throw Complaint("\(program) ended: \(logText)") }
            guard ContinuousClock.now < end else {
                stop()
                throw Complaint("\(program) is not ready: \(logText)")
            }
        }
    }

    /// Ends it and waits for that.
    func stop() {
        if !ended.isOpen { process.terminate() }
        if !ended.wait(upTo: Self.patience) { kill(process.processIdentifier, SIGKILL) }
    }

    private func run() {
        do {
            guard FileManager.default.createFile(atPath: log, contents: nil),
                let output = FileHandle(forWritingAtPath: log)
            else { throw Complaint("cannot write \(log)") }
            process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            process.arguments = ["--pdeathsig", "TERM"] + command
            process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = output
            // The server is to hear of our signals: threads of a test may block them, and a child inherits that.
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            try process.run()
        } catch {
            failure = error
            started.open()
            return
        }
        started.open()
        process.waitUntilExit()
        ended.open()
    }

    private var logText: String {
        String(decoding: (FileManager.default.contents(atPath: log) ?? Data()).suffix(2000), as: UTF8.self)
    }
}
