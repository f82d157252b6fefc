import Fakes
import Foundation
import Testing

/// simcontrol through the real simscanmk and the real filter.
@Suite struct PerDomainTests {
    private static let example = [
        "postmaster@example.com:clam=yes,spam=no,attach=.txt:.com",
        "example.com:clam=no,spam=yes,attach=.mp3",
        ":clam=yes,spam=yes,trophie=yes,spam_hits=20.1",
    ]

    /// The settings of a site that follows records, compiled with them.
    private func site(
        _ records: [String], _ settings: [String: String], more: [String] = ["per-domain = yes"]
    ) throws -> Site {
        let site = try Site(settings)
        let conf = try String(contentsOfFile: site.control.path(of: "simscan.conf"), encoding: .utf8)
        try site.control.write(conf.split(separator: "\n").map(String.init) + more, to: "simscan.conf")
        try site.control.writeSimcontrol(records)
        let compiled = try site.control.compile(by: BuiltPrograms.simscanmk)
        #expect(compiled.exitStatus == 0, "\(String(decoding: compiled.standardError, as: UTF8.self))")
        return site
    }

    @Test(arguments: [
        (["postmaster@example.com"], "clamd trophie"),
        (["joe@example.com"], "spamd trophie"),
        (["anybody@else.example"], "clamd spamd trophie"),
        (["Postmaster-Owner@EXAMPLE.com"], "clamd trophie"),
        (["postmaster@example.com", "joe@example.com"], "spamd trophie"),
        (["joe@example.com", "postmaster@example.com"], "clamd trophie"),
    ]) func `The classic's example asks the scanners that it always asked`(
        recipients: [String], expected: String
    ) throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        let trophie = try FakeTrophie()
        let site = try site(
            Self.example, ["clamd": clamd.address, "spamd": spamd.address, "trophie-socket": trophie.address])
        let result = try site.run(SampleMessages.clean, to: recipients)
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let asked = [("clamd", clamd.server), ("spamd", spamd.server), ("trophie", trophie.server)]
            .filter { !$0.1.requests.isEmpty }.map { $0.0 }
        #expect(asked.joined(separator: " ") == expected)
    }

    @Test func `Without a record nothing is scanned, and a record asks for it`() throws {
        let clamd = try FakeClamd()
        let site = try site(["scanned.example:clam=yes"], ["clamd": clamd.address])
        #expect(try site.run(SampleMessages.eicar, to: ["a@other.example"]).exitStatus == 0)
        #expect(clamd.server.requests.isEmpty)
        #expect(try site.run(SampleMessages.eicar, to: ["a@other.example", "b@scanned.example"]).exitStatus == 31)
    }

    @Test func `Without its database, or with a damaged one, mail is deferred with the path in the log`() throws {
        let clamd = try FakeClamd()
        let site = try site([":clam=yes"], ["clamd": clamd.address])
        let path = site.control.path(of: "simcontrol.cdb")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for damaged in [nil, Data(), whole.prefix(2048), whole.prefix(2060), Data(count: 4096), Data("clam=yes".utf8)] {
            try FileManager.default.removeItem(atPath: path)
            if let damaged { try damaged.write(to: URL(fileURLWithPath: path)) }
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == 55)
            #expect(result.logLines.contains { $0.contains("simcontrol.cdb") }, "\(result.logLines)")
            if damaged == nil { try whole.write(to: URL(fileURLWithPath: path)) }
        }
        #expect(clamd.server.requests.isEmpty)
    }

    @Test(arguments: ["reject", "defer", "pass"])
    func `An expression that could not be tried lets nothing pass`(policy: String) throws {
        let site = try site(["example.com:regex=Friday"], ["mime-limits": policy])
        #expect(try site.run(SampleMessages.clean).state == "REGEX")
        // The child dies while the last wall is put up.
        let strace = try Strace("seccomp", inject: "seccomp:signal=SIGSEGV")
        let result = try site.run(SampleMessages.clean) { $0.launcher = strace.launcher }
        #expect(result.exitStatus == (policy == "reject" ? 31 : 71))
        #expect(result.state == (policy == "pass" ? "ERROR" : "LIMIT"))
        let died = "parser, ended by signal 11"
        #expect(result.what == (policy == "pass" ? "regex #1_ " + died : died))
        #expect(try site.queue.isEmpty())
    }

    @Test func `Looking records up takes no more time than there is`() throws {
        let site = try site(["other.example:clam=yes"], ["deadline": "0.05"])
        // Each has hundreds of keys.
        let dashes = (0..<4000).map { String(repeating: "-", count: 900) + "\($0)@example.com" }
        let result = try site.run(SampleMessages.clean, to: dashes)
        #expect(result.exitStatus == 71)
        #expect(result.what == "records_ not all looked up, time is up", "\(result.logLines.map { $0.prefix(200) })")
        #expect(try site.queue.isEmpty())
    }

    @Test func `A rebuild in a loop disturbs no filter`() throws {
        let clamd = try FakeClamd()
        let records = (0..<300).map { "d\($0).example:clam=yes" }
        let site = try site(records, ["clamd": clamd.address])
        let rebuilds = LoopingRebuild(site.control)
        defer { rebuilds.stop() }
        for index in 0..<60 {
            let result = try site.run(SampleMessages.eicar, to: ["a@d\(index * 5).example"])
            #expect(result.exitStatus == 31, "\(result.logLines)")
        }
        rebuilds.stop()
        #expect(rebuilds.failures == 0)
        #expect(rebuilds.count > 1)
    }

    @Test func `A look-up among a million domains takes the system calls that it takes among ten`() throws {
        let clamd = try FakeClamd()
        let site = try site([":clam=no"], ["clamd": clamd.address])
        func calls(domains: Int) throws -> [String] {
            // Debian's cdb writes the database that simscanmk would write, and faster than a debug build.
            let records = #"{ k = "d" $1 ".example"; print "+" length(k) ",8:" k "->clam=yes" } END { print "" }"#
            let database = site.control.path(of: "simcontrol.cdb")
            let make = "seq 1 \(domains) | awk '\(records)' | cdb -c -t \(database).tmp \(database)"
            let shell = try Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", make])
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 0)
            let trace = site.control.path(of: "trace")
            let result = try site.run(SampleMessages.eicar, to: ["a@d7.example"]) { run in
                let calls = "trace=openat,pread64,mmap,lseek,read"
                run.launcher = ["/usr/bin/strace", "-f", "-y", "-e", calls, "-o", trace]
            }
            #expect(result.exitStatus == 31, "\(result.logLines)")
            return try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").map(String.init)
                .filter { $0.contains("simcontrol.cdb") }
        }
        let few = try calls(domains: 10)
        let many = try calls(domains: 1_000_000)
        #expect(few.count > 1)
        // The default record, the sender's domain and address, the recipient's: five keys, at most three reads each.
        #expect(many.count <= few.count + 15, "\(many)")
        #expect(!many.contains { $0.contains("mmap") })
    }
}

/// simscanmk over and over, on a thread of its own.
private final class LoopingRebuild: @unchecked Sendable {
    private let lock = NSLock()
    private var isStopped = false
    private var runs = 0
    private var failed = 0
    private let ended = DispatchSemaphore(value: 0)

    init(_ control: ControlDirectory) {
        Thread.detachNewThread { [self] in
            while !lock.withLock({ isStopped }) {
                let status = try? control.compile(by: BuiltPrograms.simscanmk).exitStatus
                lock.withLock {
                    runs += 1
                    if status != 0 { failed += 1 }
                }
            }
            ended.signal()
        }
    }

    var count: Int { lock.withLock { runs } }
    var failures: Int { lock.withLock { failed } }

    /// Returns when the last run has ended; may be called again.
    func stop() {
        lock.withLock { isStopped = true }
        ended.wait()
        ended.signal()
    }
}
