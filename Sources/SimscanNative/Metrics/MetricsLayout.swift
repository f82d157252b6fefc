/// How the counters stand in the file that the filters share: a header, the messages by state, then the histograms,
/// all in counters of eight bytes in the machine's own order.
package enum MetricsLayout {
    /// The file's name in `statedir`.
    package static let fileName = "metrics"
    /// The whole file.
    package static let bytes = 4096
    /// Bytes ahead of the counters: 16 of magic, the version, unix seconds of the file's making.
    static let headerBytes = 64
    static let magic: StaticString = "simscan-metrics\n"
    /// Another order of states, histograms or limits is another version.
    static let version: UInt64 = 1
    static let versionOffset = 16
    static let createdOffset = 24

    /// The states of the log, in the file's order; each has a counter, and one for shadow mode behind it.
    package static let states: [String] = [
        "CLEAN", "RELAYCLIENT", "SPAM PASS", "PASSTHRU", "SPAM REJECT", "SPAM DROPPED", "VIRUS", "VIRUS DROPPED",
        "ATTACH", "ENCRYPTED", "BROKEN", "REGEX", "LIMIT", "ERROR", "OTHER",
    ]

    /// What is timed, in the file's order: the whole filter, then each scanner.
    package static let histograms: [String] = ["filter", "clamd", "clamd parts", "trophie", "spamd"]

    /// The upper limits of a histogram's buckets in microseconds; one more bucket has no limit.
    package static let limits: [UInt64] = [
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000, 20_000_000, 30_000_000, 60_000_000, 120_000_000, 300_000_000,
    ]

    /// Counters of one histogram: its buckets, each for itself, and the sum in microseconds.
    private static var histogramCounters: Int { limits.count + 2 }

    /// Where the counter of a state stands.
    static func offset(state: Int, isShadow: Bool) -> Int { headerBytes + 8 * (2 * state + (isShadow ? 1 : 0)) }

    /// Where a bucket stands; `limits.count` is the last one.
    static func offset(histogram: Int, bucket: Int) -> Int {
        headerBytes + 8 * (2 * states.count + histogram * histogramCounters + bucket)
    }

    /// Where a histogram's sum stands.
    static func sumOffset(histogram: Int) -> Int { offset(histogram: histogram, bucket: limits.count + 1) }
}
