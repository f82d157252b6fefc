import Fakes
import Testing

/// Mail that is spread over several hosts.
@Suite struct SpreadTests {
    @Test func `Spread, every host of each scanner gets mail, and every message its verdict`() throws {
        let clamds = try (0..<3).map { _ in try FakeClamd() }
        let spamds = try (0..<2).map { _ in try FakeSpamd(at: .tcp()) }
        defer {
            for clamd in clamds { clamd.stop() }
            for spamd in spamds { spamd.stop() }
        }
        let site = try Site([
            "clamd": clamds.map { $0.address }.joined(separator: ","), "clamd-order": "spread",
            "spamd": spamds.map { $0.address + " weight=3" }.joined(separator: ","), "spamd-order": "spread",
            "spam-hits": "yes",
        ])
        // That one of three hosts gets none of 60 messages happens once in 10 billion.
        for number in 0..<60 {
            let message = [SampleMessages.clean, SampleMessages.eicar, SampleMessages.gtube][number % 3]
            #expect(try site.run(message).exitStatus == [0, 31, 31][number % 3])
        }
        for clamd in clamds { #expect(!clamd.requests.isEmpty) }
        for spamd in spamds { #expect(!spamd.requests.isEmpty) }
        #expect(clamds.map { $0.requests.count }.reduce(0, +) == 60)
    }

    @Test func `The weights decide who gets how much`() throws {
        let (small, large) = (try FakeClamd(), try FakeClamd())
        defer {
            small.stop()
            large.stop()
        }
        let site = try Site([
            "clamd": "\(small.address), \(large.address) weight=9", "clamd-order": "spread",
        ])
        for _ in 0..<60 { #expect(try site.run(SampleMessages.clean).exitStatus == 0) }
        // Six are expected; 20 or more happen less than once in a million.
        #expect(small.requests.count < 20)
        #expect(small.requests.count + large.requests.count == 60)
    }

    @Test func `A host that is down and drawn costs nothing but the draw`() throws {
        let (closed, open) = (try FakeClamd(door: .closed), try FakeClamd())
        defer {
            closed.stop()
            open.stop()
        }
        let site = try Site([
            "clamd": "\(closed.address) weight=1000, \(open.address)", "clamd-order": "spread",
        ])
        for _ in 0..<5 { #expect(try site.run(SampleMessages.eicar).exitStatus == 31) }
        #expect(open.requests.count == 5)
    }
}
