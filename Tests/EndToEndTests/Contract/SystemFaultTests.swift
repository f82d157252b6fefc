import Fakes
import Foundation
import Glibc
import Testing

/// Whatever the system refuses, a message is queued whole or not at all, and the log has one line for it.
@Suite struct SystemFaultTests {
    /// What became of a message when one system call of the filter had failed.
    private struct Outcome {
        let call: Strace.Call
        let result: FilterResult
        let arrivals: [[UInt8]]
        let leftovers: [String]
    }

    /// Lets every system call of a run fail with this error, one in each run.
    ///
    /// The scanners, the Received line and an envelope larger than a pipe's write bring most of the filter in.
    ///
    /// - Parameters:
    ///   - names: of the system calls; nil is all.
    ///   - deadline: the setting; some errors leave nothing but the time to end a scan.
    private static func outcomes(
        of error: String, in names: Set<String>? = nil, deadline: String
    ) throws -> [Outcome] {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        let site = try Site(
            [
                "clamd": clamd.address, "spamd": spamd.address, "received": "yes", "spamd-command": "process",
                "deadline": deadline,
            ],
            suffixes: [".exe"])
        let trace = try Strace()
        let watched = try run(in: site, queue: site.queue) { $0.launcher = trace.launcher }
        #expect(watched.exitStatus == 0)
        var outcomes: [Outcome] = []
        for call in try trace.calls().ofTheFilter where names?.contains(call.name) ?? true {
            let queue = try FakeQueue()
            let failing = try Strace(call.name, inject: "\(call.name):error=\(error):when=\(call.occurrence)")
            let result = try run(in: site, queue: queue) { $0.launcher = failing.launcher }
            outcomes.append(
                Outcome(
                    call: call, result: result, arrivals: try queue.arrivals().map(\.message),
                    leftovers: try site.workdir.names()))
            queue.remove()
            failing.remove()
        }
        return outcomes
    }

    private static let message = SampleMessages.binary

    private static func run(
        in site: Site, queue: FakeQueue, _ change: (inout FilterRun) -> Void
    ) throws -> FilterResult {
        var run = site.filter(message, to: (0..<300).map { "user\($0)@example.com" })
        run.environment.merge(queue.environment()) { $1 }
        change(&run)
        return try run.run()
    }

    /// The message as it came, or with the fields that the filter and spamd put in front.
    private static func isWhole(_ queued: [UInt8]) -> Bool {
        let received = Array("Received: by simscan ".utf8)
        return queued.suffix(message.count) == message[...]
            && (queued.count == message.count || queued.starts(with: received) || queued.starts(with: "X-Spam-".utf8))
    }

    @Test func `After an error of any system call the message is queued whole or not at all, with one log line`() throws
    {
        let outcomes = try Self.outcomes(of: "EIO", deadline: "1")
        #expect(outcomes.count > 20)
        for outcome in outcomes {
            let result = outcome.result
            let isQueued = result.exitStatus == 0
            #expect(result.exitStatus != nil, "\(result.ending) at \(outcome.call.line)")
            #expect(outcome.arrivals.count == (isQueued ? 1 : 0), "at \(outcome.call.line)")
            #expect(outcome.arrivals.allSatisfy(Self.isWhole), "at \(outcome.call.line)")
            #expect(outcome.leftovers == [], "at \(outcome.call.line)")
            // The line itself may be what could not be written.
            guard !outcome.call.line.hasPrefix("write(2,") else { continue }
            #expect(result.events.count == 1, "at \(outcome.call.line): \(result.logLines)")
            #expect((result.state == "ERROR") != isQueued, "at \(outcome.call.line): \(result.logLines)")
        }
        // The test would see nothing if the errors did nothing.
        #expect(outcomes.contains { $0.result.exitStatus != 0 })
    }

    @Test func `An interrupted system call changes nothing`() throws {
        let names: Set = ["read", "pread64", "write", "pwrite64", "sendfile", "poll", "recvfrom", "sendto"]
        let outcomes = try Self.outcomes(of: "EINTR", in: names, deadline: "20")
        #expect(outcomes.count >= 10)
        for outcome in outcomes {
            #expect(outcome.result.exitStatus == 0, "at \(outcome.call.line): \(outcome.result.logLines)")
            #expect(outcome.result.notes == [], "at \(outcome.call.line): \(outcome.result.notes)")
            #expect(outcome.arrivals.count == 1)
        }
    }

    /// One system call that fails, and the exit status that says so.
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        /// What the line of the call has in it.
        let call: String
        let error: String
        let status: Int32
        let says: String
    }

    static let rows = [
        Row(testDescription: "the disk is full", call: "pwrite64(", error: "ENOSPC", status: 53, says: "No space"),
        Row(testDescription: "the quota is used up", call: "pwrite64(", error: "EDQUOT", status: 53, says: "quota"),
        Row(testDescription: "the disk breaks", call: "pwrite64(", error: "EIO", status: 53, says: "error"),
        Row(testDescription: "no file can be made", call: "O_TMPFILE", error: "EACCES", status: 61, says: "denied"),
        Row(testDescription: "the disk is read-only", call: "O_TMPFILE", error: "EROFS", status: 61, says: "Read-only"),
        Row(
            testDescription: "too many files are open", call: "O_TMPFILE", error: "EMFILE", status: 61,
            says: "open files"),
        Row(testDescription: "the message cannot be read", call: "read(0,", error: "EIO", status: 54, says: "message"),
        Row(
            testDescription: "the envelope cannot be read", call: "read(1,", error: "EIO", status: 54, says: "envelope"),
    ]

    @Test(arguments: rows) func `An error has its exit status and says what failed`(row: Row) throws {
        let site = try Site()
        let trace = try Strace()
        _ = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        let call = try #require(trace.calls().ofTheFilter.first { $0.line.contains(row.call) })
        let failing = try Strace(call.name, inject: "\(call.name):error=\(row.error):when=\(call.occurrence)")
        let queue = try FakeQueue()
        let result = try site.run(SampleMessages.clean) {
            $0.launcher = failing.launcher
            $0.environment.merge(queue.environment()) { $1 }
        }
        #expect(result.exitStatus == row.status)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains(row.says) == true, "\(result.logLines)")
        #expect(try queue.isEmpty())
    }

    @Test(arguments: ["EOPNOTSUPP", "EISDIR"]) func `A file system without unnamed files does as well`(
        error: String
    ) throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address])
        let trace = try Strace()
        _ = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        let first = try #require(trace.calls().first { $0.line.contains("O_TMPFILE") })
        // From this one on, all: every other openat of the filter is one of these too.
        let failing = try Strace("openat", inject: "openat:error=\(error):when=\(first.occurrence)")
        let queue = try FakeQueue()
        let result = try site.run(SampleMessages.clean) {
            $0.launcher = failing.launcher
            $0.environment.merge(queue.environment()) { $1 }
        }
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        #expect(try queue.arrivals().first?.message.mailBody == SampleMessages.clean.mailBody)
        let opened = try failing.calls().filter { $0.line.contains("\".new.") && $0.line.contains("O_EXCL") }
        #expect(!opened.isEmpty)
    }

    @Test(arguments: [1000, 65_536, 100_000]) func `A limit on the size of files defers the message`(limit: Int) throws
    {
        let site = try Site()
        let result = try site.run(SampleMessages.filler(bytes: 200_000)) {
            $0.launcher = ["/usr/bin/prlimit", "--fsize=\(limit)"]
        }
        #expect(result.exitStatus == 53)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("File too large") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A disk that is full for spamd's message lets the sender's pass`() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-command": "process"])
        let message = SampleMessages.filler(bytes: 100_000)
        let trace = try Strace()
        _ = try site.run(message) { $0.launcher = trace.launcher }
        let calls = try trace.calls().ofTheFilter
        let write = try #require(calls.first { $0.name == "pwrite64" && $0.line.contains("X-Spam-Checker") })
        let failing = try Strace("pwrite64", inject: "pwrite64:error=ENOSPC:when=\(write.occurrence)+")
        let queue = try FakeQueue()
        let result = try site.run(message) {
            $0.launcher = failing.launcher
            $0.environment.merge(queue.environment()) { $1 }
        }
        #expect(result.exitStatus == 0)
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.contains("No space") == true)
        #expect(try queue.arrivals().map(\.message) == [message])
    }

    @Test func `A working directory that is missing is exit 61`() throws {
        let site = try Site(["workdir": "/nowhere/work"])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 61)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("/nowhere/work") == true)
        #expect(try site.queue.isEmpty())
    }
}
