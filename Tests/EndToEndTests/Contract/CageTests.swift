import CLinux
import Fakes
import Foundation
import Glibc
import Testing

/// Who takes a message apart can do nothing else, and whatever becomes of him is a verdict (`landlock(7)`,
/// `seccomp(2)`).
@Suite struct CageTests {
    // MARK: The walls

    /// What a child in the cage did, and how it ended.
    private static func probe(
        _ deed: String, seconds: Int = 100, launcher: [String] = [], narrow: Bool = false
    ) throws -> [String] {
        var run = FilterRun(of: BuiltPrograms.cageProbe, message: [], envelope: [])
        run.arguments = [deed, String(seconds)] + (narrow ? ["narrow"] : [])
        run.launcher = launcher
        run.rejectChannels = [:]
        run.timeLimit = .seconds(120)
        let result = try run.run()
        #expect(result.exitStatus == 0, "\(result.ending)")
        return result.logLines
    }

    @Test func `No file, socket, process, program or signal is to be had in the cage`() throws {
        let lines = try Self.probe("escape")
        #expect(lines.first?.hasPrefix("walls: landlock ") == true, "\(lines)")
        #expect(lines.dropFirst() == ["said: nothing", "message: as before"])
    }

    @Test func `What a parser needs is to be had`() throws {
        #expect(try Self.probe("work").dropFirst() == ["said: nothing hinders", "message: as before"])
    }

    @Test func `A kernel without Landlock leaves the filter of system calls`() throws {
        let strace = try Strace("landlock_create_ruleset", inject: "landlock_create_ruleset:error=ENOSYS")
        let lines = try Self.probe("escape", launcher: strace.launcher)
        #expect(lines == ["walls: no landlock, seccomp, no_new_privs", "said: nothing", "message: as before"])
    }

    @Test func `A kernel without seccomp leaves Landlock, limits and a message that can only be read`() throws {
        let strace = try Strace("seccomp", inject: "seccomp:error=EINVAL")
        let lines = try Self.probe("escape", launcher: strace.launcher)
        #expect(lines.first?.contains("no seccomp") == true)
        #expect(lines.last == "message: as before")
        let ways = lines.dropFirst().first?.split(separator: " ") ?? []
        for way in ["open-read", "open-write", "open-unnamed", "mkdir", "unlink", "kill-parent", "execve"] {
            #expect(!ways.contains(way[...]), "\(lines)")
        }
        // The test would see nothing if the child had done nothing.
        #expect(ways.contains("pipe"), "\(lines)")
    }

    struct Fate: CustomTestStringConvertible {
        let deed: String
        let said: String
        var testDescription: String { said }
    }

    @Test(arguments: [
        Fate(deed: "loop", said: "died: out of processor time"),
        Fate(deed: "memory", said: "died: out of memory"),
        Fate(deed: "silence", said: "died: no answer"),
        Fate(deed: "endless", said: "died: an answer without end"),
    ]) func `A child that does not behave is ended`(fate: Fate) throws {
        let lines = try Self.probe(fate.deed)
        #expect(lines == [fate.said, "message: as before"], "\(lines)")
    }

    @Test(arguments: [
        Fate(deed: "answer", said: "yes"), Fate(deed: "refuse", said: "no"), Fate(deed: "silence", said: "no answer"),
        Fate(deed: "escape", said: "no answer"), Fate(deed: "crash", said: "no answer"),
        Fate(deed: "memory", said: "no answer"), Fate(deed: "loop", said: "no answer"),
    ]) func `In the narrow cage a child can say yes or no, and is killed for anything else`(fate: Fate) throws {
        #expect(try Self.probe(fate.deed, narrow: true) == [fate.said])
    }

    @Test func `A child that waits is ended when the time is over`() throws {
        #expect(try Self.probe("sleep", seconds: 1) == ["late", "message: as before"])
    }

    @Test func `A crash of the child says nothing on standard error by itself`() throws {
        let lines = try Self.probe("crash")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("died: ended by signal ") == true, "\(lines)")
    }

    @Test func `Files in memory are few, and none is long`() throws {
        #expect(try Self.probe("manyFiles").contains("said: 10"))
        #expect(try Self.probe("largeFile").contains("said: 1048576"))
    }

    @Test func `--version says what stands around the parser, as far as the kernel has it`() throws {
        func version(_ launcher: [String] = []) throws -> String? {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            var run = FilterRun(of: BuiltPrograms.simscan, message: [], envelope: [])
            run.arguments = ["--version"]
            // Descriptor 1 is the envelope's.
            let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" >" + directory.path(of: "said")]
            run.launcher = shell + launcher
            #expect(try run.run().exitStatus == 0)
            let lines = String(decoding: try directory.read("said"), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 2)
            return lines.last.map { String($0) }
        }
        #expect(try version()?.hasPrefix("cage: landlock ") == true)
        #expect(try version()?.hasSuffix(", seccomp, no_new_privs") == true)
        let strace = try Strace(
            "landlock_create_ruleset,seccomp", inject: "landlock_create_ruleset,seccomp:error=ENOSYS")
        #expect(try version(strace.launcher) == "cage: no landlock, no seccomp, no_new_privs")
    }

    // MARK: The filter

    /// A message that has to be taken apart, and of which little is read at a time.
    private static let message =
        SampleMessages.attachment(
            named: "holi\\day.txt", content: [UInt8](repeating: 0x41, count: 2_000_000), subject: "Photos")

    private static func site(_ settings: [String: String] = [:]) throws -> Site {
        try Site(settings, suffixes: [".exe"])
    }

    @Test func `A message of plain parts costs no process, and what needs more has one`() throws {
        let site = try Self.site(["attach-archives": "yes", "attach-types": "yes"])
        let trace = try Strace("fork,vfork,clone,clone3")
        let photo = SampleMessages.attachment(
            named: "holiday.jpg", content: [0xFF, 0xD8, 0xFF, 0xE0], subject: "Photos")
        let encoded = SampleMessages.attachment(
            named: "=?utf-8?Q?Ferien=5Fin_=C3=96sterreich.jpg?=", content: [0xFF, 0xD8, 0xFF, 0xE0], subject: "Photos")
        let forwarded = Array("Subject: Fwd\nContent-Type: message/rfc822\n\n".utf8) + photo
        for message in [SampleMessages.clean, photo, encoded, forwarded] {
            #expect(try site.run(message) { $0.launcher = trace.launcher }.exitStatus == 0)
            #expect(try trace.calls().isEmpty)
        }
        #expect(try site.run(SampleMessages.trojan) { $0.launcher = trace.launcher }.state == "ATTACH")
        #expect(try trace.calls().isEmpty)
        let archive = SampleMessages.attachment(
            named: "holiday.jpg", content: Array("PK\u{3}\u{4}".utf8), subject: "Photos")
        for message in [Self.message, archive] {
            #expect(try site.run(message) { $0.launcher = trace.launcher }.exitStatus == 0)
            #expect(try trace.calls().count == 1)
        }
    }

    @Test func `A message of plain parts is looked at while it arrives, and not read again`() throws {
        let photo = SampleMessages.attachment(
            named: "holiday.jpg", content: [UInt8](repeating: 0xFF, count: 2_000_000), subject: "Photos")
        let site = try Self.site()
        let trace = try Strace("pread64")
        func reads(_ message: [UInt8]) throws -> Int {
            #expect(try site.run(message) { $0.launcher = trace.launcher }.exitStatus == 0)
            return try trace.calls().count
        }
        // The loader of the queue reads by itself.
        let others = try reads(SampleMessages.clean)
        #expect(try reads(photo) == others)
        // What needs more is read again, by the child.
        #expect(try reads(Self.message) > others)
    }

    @Test func `The child opens nothing once it reads the message`() throws {
        let site = try Self.site(["attach-archives": "yes"])
        let trace = try Strace()
        #expect(try site.run(Self.message) { $0.launcher = trace.launcher }.exitStatus == 0)
        let calls = try trace.calls()
        let filter = try #require(calls.first?.process)
        let child = calls.filter { $0.process != filter }
        let closed = try #require(child.lastIndex { $0.name == "seccomp" })
        let names = Set(child[(closed + 1)...].map(\.name))
        #expect(names.contains("pread64"))
        let own: Set = ["pread64", "write", "brk", "mmap", "munmap", "mremap", "exit_group"]
        // What GMime's libraries try when they start, allowed or not.
        #expect(names.isSubset(of: own.union(["futex", "sysinfo", "rt_sigaction"])), "\(names)")
    }

    @Test func `Names that only a library can read cost a child that sees nothing else`() throws {
        let site = try Self.site(["attach-archives": "yes"])
        let trace = try Strace()
        func named(_ name: String) -> [UInt8] {
            SampleMessages.attachment(
                named: name, content: [UInt8](repeating: 0xFF, count: 2_000_000), subject: "Photos")
        }
        #expect(try site.run(named("=?gb2312?B?YQ==?=.jpg")) { $0.launcher = trace.launcher }.exitStatus == 0)
        let calls = try trace.calls()
        let filter = try #require(calls.first?.process)
        let child = calls.filter { $0.process != filter }
        let closed = try #require(child.lastIndex { $0.name == "prctl" })
        #expect(child[(closed + 1)...].map(\.name) == ["exit"])
        #expect(!child.contains { $0.name.hasPrefix("open") })
        let refused = try site.run(named("=?gb2312?B?YS5leA==?=e"))
        #expect(refused.state == "ATTACH")
    }

    @Test func `As many such names as a message may have are read by one child`() throws {
        let site = try Self.site()
        func message(_ last: String) -> [UInt8] {
            let part =
                "--b\nContent-Disposition: attachment; filename=\"=?utf-8?Q?" + String(repeating: "a", count: 300)
            let names = (0..<180).map { part + "?= \($0).txt\"\n\ntext\n" }
            let end = "--b\nContent-Disposition: attachment; filename=\"\(last)\"\n\ntext\n--b--\n"
            return Array(("Subject: Many\nContent-Type: multipart/mixed; boundary=b\n\n" + names.joined() + end).utf8)
        }
        let trace = try Strace("clone")
        #expect(try site.run(message("a.\u{FF45}x")) { $0.launcher = trace.launcher }.exitStatus == 0)
        #expect(try trace.calls().count == 1)
        #expect(try site.run(message("a.\u{FF45}xe")).state == "ATTACH")
    }

    @Test func `Without the narrow cage such names are read in the other one`() throws {
        let site = try Self.site()
        let strace = try Strace("prctl", inject: "prctl:error=EINVAL")
        let named = { SampleMessages.attachment(named: $0, content: [0xFF], subject: "Photos") }
        #expect(try site.run(named("a.\u{FF45}x")) { $0.launcher = strace.launcher }.exitStatus == 0)
        #expect(try site.run(named("a.\u{FF45}xe")) { $0.launcher = strace.launcher }.state == "ATTACH")
    }

    @Test func `The walls are around the child alone`() throws {
        let site = try Self.site()
        #expect(try site.run(Self.message).exitStatus == 0)
        #expect(try site.queued().inherited.walls == ["NoNewPrivs": "0", "Seccomp": "0"])
    }

    @Test func `SIMSCAN_DEBUG says what stands around the parser`() throws {
        let site = try Self.site()
        let result = try site.run(Self.message, check: false) { $0.environment["SIMSCAN_DEBUG"] = "1" }
        #expect(result.exitStatus == 0)
        #expect(result.logLines.contains { $0.contains(":DEBUG:") && $0.contains("cage_ landlock ") })
    }

    /// What is done to the child at a block of the message that the filter itself never comes to.
    private static func injected(_ what: String, in site: Site) throws -> Strace {
        let trace = try Strace("execve,pread64")
        var run = site.filter(message)
        run.launcher = trace.launcher
        let queue = try FakeQueue()
        run.environment.merge(queue.environment()) { $1 }
        _ = try run.run()
        let calls = try trace.calls()
        // The first to be traced is the filter, which reads nothing where the beginning is in memory.
        let filter = try #require(calls.first?.process)
        let reads = calls.filter { $0.name == "pread64" }
        let first = reads.count { $0.process == filter } + 1
        try #require(reads.contains { $0.process != filter && $0.occurrence == first })
        return try Strace("pread64", inject: "pread64:\(what):when=\(first)")
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL], ["reject", "defer", "pass"])
    func `A child that dies is a message beyond a limit, and the log says of what`(signal: Int32, policy: String) throws
    {
        let site = try Self.site(["mime-limits": policy, "custom-smtp-reject": "yes"])
        let strace = try Self.injected("signal=\(signal)", in: site)
        let result = try site.run(Self.message) { $0.launcher = strace.launcher }
        let what = "parser, ended by signal \(signal)"
        switch policy {
        case "pass":
            #expect(result.exitStatus == 0)
            #expect(result.notes == ["attachments not checked, " + what])
            #expect(try site.queued().message == Self.message)
        default:
            #expect(result.exitStatus == 82)
            #expect(result.state == "LIMIT")
            #expect(result.what == what)
            #expect(
                result.rejectText
                    == (policy == "reject"
                        ? "DYour email was rejected because it is too complex to check"
                        : "ZYour email is too complex to check"))
            #expect(try site.queue.isEmpty())
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `A child that somebody else ends says nothing of the message, which is deferred`(signal: Int32) throws {
        let site = try Self.site(["mime-limits": "reject"])
        let strace = try Self.injected("signal=\(signal)", in: site)
        let result = try site.run(Self.message) { $0.launcher = strace.launcher }
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what == "parser_ ended by signal \(signal)")
        #expect(try site.queue.isEmpty())
    }

    @Test func `A child that is too slow says nothing of the message, which is deferred`() throws {
        let site = try Self.site(["deadline": "2", "mime-limits": "reject"])
        let strace = try Self.injected("delay_enter=5000000", in: site)
        // strace has something to say of a process that is killed while it is delayed.
        let result = try site.run(Self.message, check: false) { $0.launcher = strace.launcher }
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what == "parser_ no answer in time")
        #expect(try site.queue.isEmpty())
    }

    @Test func `A message that the child cannot read is deferred`() throws {
        let site = try Self.site()
        let strace = try Self.injected("error=EIO", in: site)
        let result = try site.run(Self.message) { $0.launcher = strace.launcher }
        #expect(result.exitStatus == 54)
        #expect(result.what?.contains("cannot read") == true)
    }

    @Test(arguments: ["EAGAIN", "ENOMEM"]) func `Without a process the message is deferred`(error: String) throws {
        let site = try Self.site()
        let strace = try Strace("clone,clone3", inject: "clone,clone3:error=\(error)")
        let result = try site.run(Self.message) { $0.launcher = strace.launcher }
        #expect(result.exitStatus == (error == "ENOMEM" ? 51 : 71))
        #expect(result.what?.hasPrefix("parser_ no process, ") == true, "\(result.logLines)")
        #expect(try site.queue.isEmpty())
    }

    @Test func `A caller who ignores SIGCHLD gets the same, and qmail-queue has it ignored again`() throws {
        let site = try Self.site()
        let ignoring = ["/usr/bin/env", "--ignore-signal=CHLD"]
        #expect(try site.run(Self.message) { $0.launcher = ignoring }.exitStatus == 0)
        #expect(try site.queued().inherited.ignoredSignals.contains(SIGCHLD))
        let refused = try site.run(SampleMessages.trojan) { $0.launcher = ignoring }
        #expect(refused.state == "ATTACH")
    }

    @Test func `Whoever is killed takes the child along`() throws {
        var run = FilterRun(of: BuiltPrograms.cageProbe, message: [], envelope: [])
        run.arguments = ["sleep", "60"]
        let probe = try run.start()
        let child = try #require(try childProcess(of: probe.pid))
        let descriptor = linux_process_descriptor(child)
        defer { close(descriptor) }
        probe.kill()
        #expect(probe.wait().ending == .signalled(SIGKILL))
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
    }

    /// The child of a process, as soon as there is one.
    private func childProcess(of parent: Int32) throws -> Int32? {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                guard let process = Int32(name),
                    let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                    // The name, in parentheses, may have anything in it.
                    let parenthesis = stat.lastIndex(of: ")")
                else { continue }
                let fields = stat[parenthesis...].split(separator: " ")
                if fields.count > 2, Int32(fields[2]) == parent { return process }
            }
        }
        return nil
    }
}
