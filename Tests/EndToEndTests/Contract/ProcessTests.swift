import Fakes
import Glibc
import Testing

/// The filter is one process that runs no program but qmail-queue, and a crash of it is a deferral.
@Suite struct ProcessTests {
    /// What starts programs and processes.
    private static let starts = "execve,execveat,fork,vfork,clone,clone3"

    @Test func `A message that passes every check starts one program, qmail-queue`() throws {
        let clamd = try FakeClamd(at: .tcp())
        let spamd = try FakeSpamd(at: .tcp6)
        let trophie = try FakeTrophie()
        defer {
            clamd.stop()
            spamd.stop()
            trophie.stop()
        }
        let site = try Site(
            [
                "clamd": clamd.address, "spamd": spamd.address, "trophie-socket": trophie.address, "received": "yes",
                "qmail-queue": "/bin/true",
            ],
            suffixes: [".exe"])
        let trace = try Strace(Self.starts)
        let result = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        #expect(result.exitStatus == 0)
        let calls = try trace.calls()
        #expect(calls.map(\.name) == ["execve", "execve"], "\(calls.map(\.line))")
        #expect(calls.last?.line.hasPrefix("execve(\"/bin/true\", [\"/bin/true\"]") == true)
    }

    @Test func `A message that is refused starts none`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "custom-smtp-reject": "yes"])
        let trace = try Strace(Self.starts)
        let result = try site.run(SampleMessages.eicar) { $0.launcher = trace.launcher }
        #expect(result.exitStatus == 82)
        #expect(try trace.calls().count == 1)
    }

    static let crashes = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]

    @Test func `A crash while the message comes is a deferral with one log line`() throws {
        let site = try Site()
        let trace = try Strace()
        _ = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        let read = try #require(trace.calls().ofTheFilter.first { $0.name == "read" })
        let queue = try FakeQueue()
        for signal in Self.crashes {
            let crashing = try Strace("read", inject: "read:signal=\(signal):when=\(read.occurrence)")
            var run = site.filter(SampleMessages.clean)
            run.launcher = crashing.launcher
            run.environment.merge(queue.environment()) { $1 }
            try check(run.run(), of: signal, in: site, queue)
        }
    }

    @Test(arguments: crashes) func `A crash while a scanner works is a deferral, starts no program and leaves no file`(
        signal: Int32
    ) throws {
        let gate = Gate()
        defer { gate.open() }
        let clamd = try FakeClamd { $0.gate = gate }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        // The signal comes with the first wait for the scanner.
        let trace = try Strace("poll," + Self.starts, inject: "poll:signal=\(signal):when=1")
        var run = site.filter(SampleMessages.clean)
        run.launcher = trace.launcher
        try check(run.run(), of: signal, in: site, site.queue)
        let calls = try trace.calls()
        #expect(calls.contains { $0.name == "poll" })
        #expect(calls.filter { $0.name != "poll" }.map(\.name) == ["execve"], "\(calls.map(\.line))")
    }

    private func check(
        _ result: FilterResult, of signal: Int32, in site: Site, _ queue: FakeQueue,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        try site.check(result, at: location)
        #expect(result.exitStatus == 81, sourceLocation: location)
        #expect(result.state == "ERROR", sourceLocation: location)
        #expect(result.what?.contains("\(signal)") == true, sourceLocation: location)
        #expect(result.rejectText == "", sourceLocation: location)
        #expect(try queue.isEmpty(), sourceLocation: location)
    }
}
