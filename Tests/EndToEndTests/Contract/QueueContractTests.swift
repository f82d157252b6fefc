import Fakes
import Foundation
import Glibc
import Testing

/// What qmail-queue gets from the filter: a message, an envelope, and for the rest what the filter's caller gave
/// (`qmail-queue(8)`).
@Suite struct QueueContractTests {
    /// A run that scans, and so has files, sockets and signal handlers of its own.
    private func scanning(_ change: (inout FilterRun) -> Void) throws -> InheritedByQueue {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        let trophie = try FakeTrophie()
        defer {
            clamd.stop()
            spamd.stop()
            trophie.stop()
        }
        let site = try Site(
            [
                "clamd": clamd.address, "spamd": spamd.address, "trophie-socket": trophie.address, "received": "yes",
                "custom-smtp-reject": "yes",
            ],
            suffixes: [".exe"])
        let result = try site.run(SampleMessages.clean, change)
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        return try site.queued().inherited
    }

    @Test func `It has descriptors 0, 1, 2 and the reject channel, and no other`() throws {
        let inherited = try scanning {
            $0.rejectChannels = [3: .pipe, 4: .pipe, 5: .file, 6: .pipe, 7: .readEnd, 8: .file, 19: .pipe]
        }
        #expect(inherited.descriptors.keys.sorted() == [0, 1, 2, 4, 6])
        // The message is a regular file, so that no part of it can be taken for the whole.
        let message = try #require(inherited.descriptors[0])
        #expect(message.hasPrefix("r@") || message.hasPrefix("rw@"))
        #expect(message.contains("/"))
        #expect(try #require(inherited.descriptors[1]).hasPrefix("r"))
        for fd in [Int32(2), 4, 6] { #expect(inherited.descriptors[fd]?.hasPrefix("w pipe:") == true, "fd \(fd)") }
    }

    @Test func `It has the reject channel that the environment names`() throws {
        let inherited = try scanning {
            $0.rejectChannels = [4: .pipe, 5: .pipe, 9: .pipe]
            $0.environment["ERROR_FD"] = "9"
        }
        #expect(inherited.descriptors.keys.sorted() == [0, 1, 2, 9])
    }

    @Test func `It has the caller's environment, to the letter`() throws {
        var given: [String: String] = [:]
        let inherited = try scanning {
            $0.environment.merge([
                "TCPREMOTEIP": "192.0.2.1", "RELAYCLIENT": "", "QMAILQUEUE": "/x", "ERROR_FD": "4",
                "LD_BIND_NOW": "1", "RES_OPTIONS": "attempts:1", "G_MESSAGES_DEBUG": "all", "TZ": "UTC",
                "LC_ALL": "de_DE.UTF-8", "SWIFT_BACKTRACE": "enable=yes", "MALLOC_PERTURB_": "7", "EMPTY": "",
                "WITH=EQUALS": "a=b=c", "LINES": "two\nlines", "UMLAUT": "ä",
            ]) { $1 }
            given = $0.environment
        }
        // "WITH=EQUALS" is the variable WITH to every reader.
        given["WITH"] = given.removeValue(forKey: "WITH=EQUALS").map { "EQUALS=" + $0 }
        #expect(inherited.environment == given)
    }

    @Test func `It has no arguments`() throws {
        let inherited = try scanning { _ in }
        #expect(inherited.arguments == [BuiltPrograms.fakeQmailQueue])
    }

    @Test func `It has default signals where the caller has`() throws {
        let inherited = try scanning { _ in }
        #expect(inherited.ignoredSignals == [])
        #expect(inherited.blockedSignals == [])
    }

    /// All that can be ignored, but for the two that the threads library keeps.
    static let signals = (1..<65).filter { ![SIGKILL, SIGSTOP, 32, 33].contains($0) }

    @Test(arguments: [SIGPIPE, SIGCHLD, SIGXFSZ, SIGALRM, SIGHUP, SIGSEGV, SIGABRT, SIGILL])
    func `It ignores the signal that the caller ignores`(signal: Int32) throws {
        let inherited = try scanning { $0.launcher = ["/usr/bin/env", "--ignore-signal=\(signal)"] }
        #expect(inherited.ignoredSignals == [signal])
    }

    @Test func `It ignores and blocks all that the caller does`() throws {
        let names = Self.signals.map(String.init).joined(separator: ",")
        let inherited = try scanning {
            $0.launcher = ["/usr/bin/env", "--ignore-signal=\(names)", "--block-signal=\(names)"]
        }
        #expect(inherited.ignoredSignals == Self.signals)
        #expect(inherited.blockedSignals == Self.signals)
    }

    @Test func `It has the caller's umask, working directory and limits`() throws {
        let directory = try TemporaryDirectory()
        let inherited = try scanning {
            $0.directory = directory.path
            $0.launcher = [
                "/usr/bin/prlimit", "--fsize=123456789", "--core=54321", "/bin/sh", "-c",
                "umask 013; exec \"$0\" \"$@\"",
            ]
        }
        #expect(inherited.umask == "13")
        #expect(inherited.coreSizeLimit == "54321")
        #expect(inherited.directory == directory.path)
        #expect(inherited.fileSizeLimit == "123456789")
        #expect(inherited.user == "\(getuid()) \(geteuid()) \(getgid()) \(getegid())")
    }

    @Test(arguments: [Int32(1), 11, 31, 51, 52, 53, 54, 71, 81, 82, 91, 100, 111, 120, 255])
    func `Its exit status is passed on`(status: Int32) throws {
        let site = try Site()
        let result = try site.run(SampleMessages.clean) {
            $0.environment.merge(site.queue.environment(fault: "exit=\(status)")) { $1 }
        }
        #expect(result.exitStatus == status)
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGSEGV, SIGPIPE, SIGXFSZ], ["signal", "late-signal"])
    func `That it was killed is seen as such`(signal: Int32, when: String) throws {
        let site = try Site()
        var run = site.filter(SampleMessages.clean)
        run.environment.merge(site.queue.environment(fault: "\(when)=\(signal)")) { $1 }
        let result = try run.run()
        #expect(result.ending == .signalled(signal))
        #expect(result.events.count == 1)
        #expect(try site.queue.isEmpty())
        #expect(try site.workdir.names() == [])
    }

    @Test func `One that reads nothing fails by itself`() throws {
        let site = try Site()
        let recipients = (0..<10_000).map { "user\($0)@example.com" }
        let result = try site.run(SampleMessages.filler(bytes: 300_000), to: recipients) {
            $0.environment.merge(site.queue.environment(fault: "noread")) { $1 }
        }
        #expect(result.exitStatus == 53)
        #expect(try site.queue.isEmpty())
    }

    /// A qmail-queue that cannot be executed.
    enum BadQueue: CaseIterable {
        case missing, notExecutable, directory, empty, withoutMark, garbage, withoutInterpreter

        /// Whether only the exec itself shows it; the message's own line is written by then.
        var isSeenTooLate: Bool {
            switch self {
            case .missing, .notExecutable, .directory, .empty, .withoutMark: false
            case .garbage, .withoutInterpreter: true
            }
        }

        func path(in directory: TemporaryDirectory) throws -> String {
            func write(_ text: String, mode: Int) throws -> String {
                let path = try directory.write(text.utf8, to: "queue")
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                return path
            }
            switch self {
            case .missing: return directory.path(of: "nothing")
            case .notExecutable: return try write("#!/bin/sh\nexit 0\n", mode: 0o644)
            case .directory: return directory.path
            case .empty: return try write("", mode: 0o755)
            case .withoutMark: return try write("exit 0\n", mode: 0o755)
            case .garbage: return try write("\u{7f}neither ELF nor a script\n", mode: 0o755)
            case .withoutInterpreter: return try write("#!/nowhere/sh\nexit 0\n", mode: 0o755)
            }
        }
    }

    @Test(arguments: BadQueue.allCases)
    func `One that cannot be executed is exit 120, and one line or a note says so`(
        queue: BadQueue
    ) throws {
        let directory = try TemporaryDirectory()
        let path = try queue.path(in: directory)
        let site = try Site(["qmail-queue": path, "metrics": "yes", "statedir": directory.path])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 120)
        #expect(result.state == (queue.isSeenTooLate ? "CLEAN" : "ERROR"))
        #expect((queue.isSeenTooLate ? result.notes.last : result.what)?.contains(path) == true, "\(result.logLines)")
        let metrics = try CommandResult(of: [BuiltPrograms.simscanctl, "metrics", "--statedir", directory.path])
        let counted = metrics.text.split(separator: "\n").filter {
            $0.hasPrefix("simscan_messages_total{") && !$0.hasSuffix(" 0")
        }
        #expect(counted.count == 1, "\(counted)")
        #expect(counted.first?.hasSuffix(" 1") == true, "\(counted)")
        directory.remove()
    }
}
