import Fakes
import Foundation
import Glibc
import Testing

/// Whether a process may have mounts of its own here.
private let canMount: Bool = {
    let unshare = Process()
    unshare.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    unshare.arguments = ["--mount", "/bin/true"]
    unshare.standardError = FileHandle.nullDevice
    guard (try? unshare.run()) != nil else { return false }
    unshare.waitUntilExit()
    return unshare.terminationStatus == 0
}()

/// simscan where it is installed, `/var/qmail`, without a word of settings: a tree of our own is mounted there, for
/// the filter alone. That needs root, and a system that lets it have mounts of its own.
@Suite(.enabled(if: canMount, "unshare --mount is not allowed here")) struct InstalledTests {
    /// `/var` and `/run` of an installed system.
    private struct System {
        let directory: TemporaryDirectory
        let queue: FakeQueue

        init() throws {
            directory = try TemporaryDirectory(mode: 0o755)
            queue = try FakeQueue()
            let files = FileManager.default
            for path in ["var/qmail/bin", "var/qmail/control", "var/qmail/simscan", "run/clamav"] {
                try files.createDirectory(atPath: directory.path(of: path), withIntermediateDirectories: true)
            }
            try files.copyItem(atPath: BuiltPrograms.simscan, toPath: program)
            try files.copyItem(
                atPath: BuiltPrograms.fakeQmailQueue, toPath: directory.path(of: "var/qmail/bin/qmail-queue"))
        }

        /// Compiles settings, and writes the list of suffixes.
        func configure(_ lines: [String], suffixes: [String]) throws {
            let control = directory.path(of: "var/qmail/control")
            for (name, lines) in [("simscan.conf", lines), ("ssattach", suffixes)] {
                try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: control + "/" + name))
            }
            var run = FilterRun(of: BuiltPrograms.simscanmk, message: [], envelope: [])
            run.environment["SIMSCAN_CONTROLDIR"] = control
            #expect(try run.run().exitStatus == 0)
            for name in ["simscan.cdb", "ssattach"] { chmod(control + "/" + name, 0o644) }
        }

        var program: String { directory.path(of: "var/qmail/bin/simscan") }

        func run(_ message: [UInt8], _ change: (inout FilterRun) -> Void = { _ in }) throws -> FilterResult {
            var run = FilterRun(
                of: "/var/qmail/bin/simscan", message: message, from: "alice@example.org", to: ["bob@example.com"])
            let mounts = ["var", "run"].map { "mount --bind \(directory.path(of: $0)) /\($0)" }
            run.launcher =
                ["/usr/bin/unshare", "--mount", "/bin/sh", "-c"]
                + [(mounts + ["exec \"$0\" \"$@\""]).joined(separator: " && ")]
            run.environment.merge(queue.environment()) { $1 }
            change(&run)
            return try run.run()
        }

        func remove() {
            directory.remove()
            queue.remove()
        }
    }

    @Test func `Without settings a message is scanned by the system's clamd and queued by the system's qmail-queue`()
        throws
    {
        let system = try System()
        defer { system.remove() }
        let clamd = try FakeClamd(at: .unixAt(path: system.directory.path(of: "run/clamav/clamd.ctl")))
        defer { clamd.stop() }
        let clean = try system.run(SampleMessages.clean)
        #expect(clean.exitStatus == 0)
        #expect(clean.events.map(\.state) == ["CLEAN"])
        #expect(try system.queue.arrivals().map(\.message) == [SampleMessages.clean])
        let infected = try system.run(SampleMessages.eicar)
        #expect(infected.exitStatus == 31)
        #expect(infected.events.map(\.state) == ["VIRUS"])
        // Neither spamd nor the attachment check is on by default, and nothing is told to the client.
        #expect(try system.run(SampleMessages.trojan).exitStatus == 0)
        #expect(infected.rejectText == "")
    }

    @Test func `Without settings and clamd a message is deferred`() throws {
        let system = try System()
        defer { system.remove() }
        let result = try system.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.what == "clamd unix_/run/clamav/clamd.ctl_ cannot connect, No such file or directory")
        #expect(try system.queue.isEmpty())
    }

    @Test(arguments: [false, true]) func `Only a setuid program keeps to the system's control files`(isSetuid: Bool)
        throws
    {
        let system = try System()
        defer { system.remove() }
        // The caller's control files switch the scan off.
        let callers = try ControlDirectory(["clamav": "no"])
        try callers.compile(by: BuiltPrograms.simscanmk)
        let nobody = try #require(getpwnam("nobody")).pointee
        chmod(system.directory.path(of: "var/qmail/simscan"), 0o777)
        if isSetuid {
            #expect(chown(system.program, nobody.pw_uid, nobody.pw_gid) == 0)
            #expect(chmod(system.program, 0o4755) == 0)
        }
        let result = try system.run(SampleMessages.clean) { $0.environment["SIMSCAN_CONTROLDIR"] = callers.path }
        #expect(result.exitStatus == (isSetuid ? 71 : 0), "\(result.logLines)")
        #expect(try system.queue.isEmpty() == isSetuid)
        callers.remove()
    }

    // MARK: setuid

    /// Who calls, whom the program belongs to, and whom qmail-queue belongs to.
    private struct Users {
        let caller: passwd
        let filter: passwd
        let queue: passwd

        init() throws {
            caller = try #require(getpwnam("daemon")).pointee
            filter = try #require(getpwnam("nobody")).pointee
            queue = try #require(getpwnam("mail")).pointee
        }
    }

    /// simscan installed as it should be: mode 4711, owned by a user of its own, who has the working directory.
    private func installed(_ users: Users, isQueueSetuid: Bool) throws -> System {
        let system = try System()
        #expect(chown(system.program, users.filter.pw_uid, users.filter.pw_gid) == 0)
        #expect(chmod(system.program, 0o4711) == 0)
        let workdir = system.directory.path(of: "var/qmail/simscan")
        #expect(chown(workdir, users.filter.pw_uid, users.filter.pw_gid) == 0)
        #expect(chmod(workdir, 0o750) == 0)
        if isQueueSetuid {
            let queue = system.directory.path(of: "var/qmail/bin/qmail-queue")
            #expect(chown(queue, users.queue.pw_uid, users.queue.pw_gid) == 0)
            #expect(chmod(queue, 0o4711) == 0)
        }
        try system.configure(["clamav = no", "attach = yes", "attach-archives = yes"], suffixes: [".exe"])
        return system
    }

    /// Lets another user be the caller.
    private func call(as user: passwd) -> (inout FilterRun) -> Void {
        { run in
            let words = ["/usr/bin/setpriv", "--reuid=\(user.pw_uid)", "--regid=\(user.pw_gid)", "--clear-groups"]
            let last = run.launcher.count - 1
            run.launcher[last] = run.launcher[last].replacingOccurrences(
                of: "exec ", with: "exec " + words.joined(separator: " ") + " ")
        }
    }

    @Test func `A setuid qmail-queue has its rights, whoever has parsed the message behind walls`() throws {
        let users = try Users()
        let system = try installed(users, isQueueSetuid: true)
        defer { system.remove() }
        let message = SampleMessages.attachment(named: "a.txt", content: Array("text".utf8), subject: "Parsed")
        let result = try system.run(message, call(as: users.caller))
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let arrival = try #require(try system.queue.arrivals().first)
        #expect(arrival.message == message)
        #expect(
            arrival.inherited.user
                == "\(users.caller.pw_uid) \(users.queue.pw_uid) \(users.caller.pw_gid) \(users.caller.pw_gid)")
        #expect(arrival.inherited.walls == ["NoNewPrivs": "0", "Seccomp": "0"])
        let refused = try system.run(SampleMessages.trojan, call(as: users.caller))
        #expect(refused.state == "ATTACH", "\(refused.logLines)")
    }

    @Test func `A qmail-queue that simscan's user alone may execute is executed, whoever calls`() throws {
        let users = try Users()
        let system = try installed(users, isQueueSetuid: false)
        defer { system.remove() }
        let queue = system.directory.path(of: "var/qmail/bin/qmail-queue")
        #expect(chown(queue, users.filter.pw_uid, users.filter.pw_gid) == 0)
        #expect(chmod(queue, 0o700) == 0)
        let result = try system.run(SampleMessages.clean, call(as: users.caller))
        #expect(result.exitStatus == 0, "\(result.logLines)")
        #expect(try system.queue.arrivals().map(\.message) == [SampleMessages.clean])
        // The caller's own right to it is none of simscan's.
        #expect(chown(queue, users.caller.pw_uid, users.caller.pw_gid) == 0)
        let refused = try system.run(SampleMessages.clean, call(as: users.caller))
        #expect(refused.exitStatus == 120)
        #expect(refused.state == "ERROR", "\(refused.logLines)")
    }

    @Test func `A setuid simscan keeps the variables of loaders and libraries from qmail-queue`() throws {
        let users = try Users()
        let system = try installed(users, isQueueSetuid: false)
        defer { system.remove() }
        let hostile = [
            "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "MALLOC_CHECK_", "HOSTALIASES", "RES_OPTIONS", "LOCPATH", "G_DEBUG",
            "G_SLICE", "CARES_TRACE", "SWIFT_BACKTRACE", "GNUPGHOME", "TZDIR", "TMPDIR",
        ]
        let honest = ["TCPREMOTEIP", "RELAYCLIENT", "PATH", "LDAP", "GREETING", "QMAILUSER"]
        let result = try system.run(SampleMessages.clean) { run in
            for name in hostile + honest where name != "PATH" { run.environment[name] = "/var/tmp" }
            call(as: users.caller)(&run)
        }
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let names = Set(try #require(try system.queue.arrivals().first).inherited.environment.keys)
        #expect(names.isDisjoint(with: hostile), "\(names.intersection(hostile))")
        #expect(names.isSuperset(of: honest), "\(names)")
    }

    @Test func `A setuid simscan keeps the variables of interpreters from qmail-queue, and has a PATH of its own`()
        throws
    {
        let users = try Users()
        let system = try installed(users, isQueueSetuid: false)
        defer { system.remove() }
        let hostile = [
            "PYTHONPATH", "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT", "PERLLIB", "RUBYOPT", "RUBYLIB", "GEM_HOME",
            "NODE_OPTIONS", "NODE_PATH", "LUA_INIT", "PHPRC", "OPENSSL_CONF", "JAVA_TOOL_OPTIONS", "BASH_ENV", "ENV",
            "IFS", "CDPATH", "PS4", "ZDOTDIR", "BASH_FUNC_id%%", "HOME",
        ]
        let honest = ["TCPREMOTEIP", "PERSON", "ENVELOPE", "PATHWAY", "HOMEPAGE"]
        func inherited(_ change: (inout FilterRun) -> Void) throws -> [String: String] {
            let result = try system.run(SampleMessages.clean) { run in
                change(&run)
                // Not in the environment of the shell that makes the mounts.
                let words = (hostile + honest).map { "'\($0)=/var/tmp'" } + ["'Function=() { id; }'", "PATH=/var/tmp"]
                let last = run.launcher.count - 1
                run.launcher[last] = run.launcher[last].replacingOccurrences(
                    of: "\"$0\"", with: "/usr/bin/env " + words.joined(separator: " ") + " \"$0\"")
            }
            #expect(result.exitStatus == 0, "\(result.logLines)")
            let environment = try #require(try system.queue.arrivals().first).inherited.environment
            try system.queue.empty()
            return environment
        }
        let kept = try inherited(call(as: users.caller))
        #expect(Set(kept.keys).isDisjoint(with: hostile + ["Function"]), "\(kept)")
        #expect(Set(kept.keys).isSuperset(of: honest), "\(kept)")
        #expect(kept["PATH"] == "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")

        // Who has no more rights than the caller hands on all of it.
        #expect(chmod(system.program, 0o755) == 0)
        let all = try inherited { _ in }
        #expect(Set(all.keys).isSuperset(of: hostile + honest + ["Function"]), "\(all)")
        #expect(all["PATH"] == "/var/tmp")
    }

    @Test(arguments: ["000", "777"])
    func `What a setuid simscan writes is for its user and group, whatever the umask is`(
        umask: String
    ) throws {
        let users = try Users()
        let system = try installed(users, isQueueSetuid: false)
        defer { system.remove() }
        let clamd = try FakeClamd(at: .unixAt(path: system.directory.path(of: "run/clamav/clamd.ctl")))
        defer { clamd.stop() }
        chmod(system.directory.path(of: "run/clamav/clamd.ctl"), 0o777)
        let quarantine = system.directory.path(of: "var/qmail/kept")
        try FileManager.default.createDirectory(atPath: quarantine, withIntermediateDirectories: false)
        #expect(chown(quarantine, users.filter.pw_uid, users.filter.pw_gid) == 0)
        try system.configure(["dropmsg = yes", "quarantinedir = /var/qmail/kept"], suffixes: [])
        let result = try system.run(SampleMessages.eicar) { run in
            call(as: users.caller)(&run)
            run.launcher = ["/bin/sh", "-c", "umask \(umask); exec \"$0\" \"$@\""] + run.launcher
        }
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let names = try FileManager.default.contentsOfDirectory(atPath: quarantine)
        #expect(names.count == 3)
        for name in names {
            var status = stat()
            #expect(stat(quarantine + "/" + name, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o640)
            #expect(status.st_uid == users.filter.pw_uid)
        }
    }
}
