internal import Glibc

/// A point in time on the monotonic clock, in nanoseconds.
///
/// `ContinuousClock` would do, but it brings the concurrency runtime along, which every message would pay for.
package struct Instant: Comparable, Sendable {
    private let nanoseconds: Int64

    private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// `clock_gettime(2)`, CLOCK_MONOTONIC: not stopped or set by anybody.
    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// The whole of it in nanoseconds; what is longer than 292 years is that long.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }

    /// For `poll(2)`: rounded up, so that a wait is never cut short into a busy loop.
    package var milliseconds: Int32 {
        Int32(clamping: (max(nanoseconds, 0) + 999_999) / 1_000_000)
    }
}
