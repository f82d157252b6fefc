import Testing

@testable import SimscanNative

@Suite struct HostRecordTests {
    private let start: Int64 = 1_800_000_000_000

    @Test func `The pause doubles from one second to not quite a minute, with up to a quarter of jitter`() {
        for random in [UInt64(0), 1, 12_345, .max / 3, .max] {
            var record = HostRecord(address: "tcp:10.0.0.1:783")
            var now = start
            var pauses: [Int64] = []
            for _ in 0..<40 {
                record.failed(now: now, random: random)
                let pause = record.pauseLeft(now: now) ?? 0
                pauses.append(pause)
                now += pause
                #expect(record.state(now: now - 1) == .paused)
                #expect(record.state(now: now) == .onProbation)
            }
            for (index, pause) in pauses.enumerated() {
                let least = min(Int64(1000) << Int64(min(index, 10)), 44_000)
                #expect((least...(least * 5 / 4)).contains(pause), "\(index)")
                #expect(pause < 60_000)
            }
            #expect(record.failures == 40)
        }
    }

    @Test func `Faults within a pause count nothing, and an answer ends all`() {
        var record = HostRecord(address: "a")
        #expect(record.state(now: start) == .inUse)
        for _ in 0..<16 { record.failed(now: start, random: 0) }
        #expect(record.failures == 1)
        record.answered(now: start + 5, connectTime: nil)
        #expect(record.failures == 0)
        #expect(record.pauseLeft(now: start + 5) == nil)
        #expect(record.state(now: start + 5) == .inUse)
        #expect(record.lastAlive == start + 5)
    }

    @Test func `A clock that is set back or forth leaves no host in a long pause`() {
        var record = HostRecord(address: "a")
        record.answered(now: start, connectTime: nil)
        record.failed(now: start, random: 0)
        #expect(record.state(now: start - 86_400_000) == .onProbation)
        #expect(record.state(now: start + 86_400_000) == .onProbation)
        #expect(!record.wasAlive(within: 600_000, now: start - 1))
        #expect(record.isOutdated(now: start - 1))
    }

    @Test func `Alive lately is up to the limit and never before the first answer`() {
        var record = HostRecord(address: "a")
        #expect(!record.wasAlive(within: 600_000, now: start))
        record.answered(now: start, connectTime: nil)
        #expect(record.wasAlive(within: 600_000, now: start + 600_000))
        #expect(!record.wasAlive(within: 600_000, now: start + 600_001))
        #expect(!record.isOutdated(now: start + 60_000))
        #expect(record.isOutdated(now: start + 60_001))
    }

    @Test func `A host on probation gets a short head start, one that is known to be far a longer one`() {
        let limit = Duration.milliseconds(250)
        var record = HostRecord(address: "a")
        record.failed(now: start, random: 0)
        #expect(record.headStart(atMost: limit) == .milliseconds(10))
        var now = start
        for _ in 0..<20 {
            now += record.pauseLeft(now: now) ?? 0
            record.failed(now: now, random: 0)
        }
        // Never seen alive and still tried: it may be so far that it needs the time.
        #expect(record.headStart(atMost: limit) == limit)
        for (connect, headStart) in [(Duration.microseconds(200), 10), (.milliseconds(40), 120), (.seconds(3), 250)] {
            record.answered(now: now, connectTime: connect)
            record.failed(now: now, random: 0)
            #expect(record.headStart(atMost: limit) == .milliseconds(headStart))
        }
    }

    private func sample(_ address: String) -> HostRecord {
        var record = HostRecord(address: address)
        record.answered(now: start, connectTime: .microseconds(1234))
        record.failed(now: start + 7, random: 99)
        return record
    }

    @Test(arguments: ["tcp:[2001:db8::1]:65535", "unix:/" + String(repeating: "s", count: 106), "x"])
    func `A record is read back as it was written, and any other byte makes it none`(address: String) throws {
        let record = sample(address)
        let bytes = try #require(record.bytes)
        #expect(bytes.count == HostRecord.byteCount)
        #expect(bytes.withUnsafeBytes(HostRecord.init) == record)
        for index in bytes.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var damaged = bytes
                damaged[index] ^= change
                #expect(damaged.withUnsafeBytes(HostRecord.init) == nil, "\(index)")
            }
        }
        for count in [0, 1, 255] { #expect(bytes.prefix(count).withUnsafeBytes(HostRecord.init) == nil) }
    }

    @Test func `Zeros are no record, and an address that does not fit has none`() {
        #expect([UInt8](repeating: 0, count: 256).withUnsafeBytes(HostRecord.init) == nil)
        #expect(HostRecord(address: "").bytes == nil)
        #expect(HostRecord(address: String(repeating: "s", count: HostRecord.longestAddress)).bytes != nil)
        #expect(HostRecord(address: String(repeating: "s", count: HostRecord.longestAddress + 1)).bytes == nil)
    }
}
