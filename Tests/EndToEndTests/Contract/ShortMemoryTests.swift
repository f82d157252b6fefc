import Fakes
import Glibc
import Testing

/// Under `softlimit -a` of a service, too little memory is a deferral (`setrlimit(2)`, RLIMIT_AS).
@Suite(.serialized) struct ShortMemoryTests {
    /// A run with so many recipients that most of the memory is needed after the start.
    private func run(_ site: Site, _ queue: FakeQueue, bytes: Int) throws -> FilterResult {
        var run = site.filter(SampleMessages.clean, to: (0..<60_000).map { "recipient-number-\($0)@example.com" })
        run.launcher = ["/usr/bin/prlimit", "--as=\(bytes)"]
        run.environment.merge(queue.environment()) { $1 }
        return try run.run()
    }

    @Test func `With too little memory a message is deferred with exit 51, and with enough it passes`() throws {
        let site = try Site(["qmail-queue": "/bin/true"])
        let queue = try FakeQueue()
        let mebibyte = 1 << 20
        // The least that is enough, to a quarter of a MiB.
        var (tooLittle, enough) = (mebibyte, 1024 * mebibyte)
        #expect(try run(site, queue, bytes: enough).exitStatus == 0)
        while enough - tooLittle > mebibyte / 4 {
            let middle = (tooLittle + enough) / 2
            if try run(site, queue, bytes: middle).exitStatus == 0 { enough = middle } else { tooLittle = middle }
        }
        var statuses: [Int32?] = []
        for step in 0..<24 {
            let result = try run(site, queue, bytes: tooLittle - step * mebibyte / 4)
            statuses.append(result.exitStatus)
            guard let status = result.exitStatus else { continue }
            #expect([0, 51, 53, 54, 55, 61, 71, 81, 126, 127].contains(status), "\(status)")
            if status == 51 {
                #expect(result.state == "ERROR")
                #expect(result.what?.hasPrefix("out of memory, signal ") == true, "\(result.logLines)")
            }
        }
        #expect(statuses.contains(51), "\(statuses)")
        #expect(try site.workdir.names() == [])
    }

    @Test func `A parser that has less memory than the cage gives is a deferral, not a refusal`() throws {
        var run = FilterRun(of: BuiltPrograms.cageProbe, message: [], envelope: [])
        run.arguments = ["memory"]
        run.launcher = ["/usr/bin/prlimit", "--as=400000000"]
        #expect(try run.run().logLines == ["out of memory", "message: as before"])
    }
}
