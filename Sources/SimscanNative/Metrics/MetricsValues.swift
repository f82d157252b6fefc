internal import CLinux
internal import Glibc
internal import SystemPackage

/// What the counters say at one moment.
package struct MetricsValues: Sendable {
    /// Times of one kind.
    package struct Histogram: Sendable {
        package let name: String
        /// Each bucket for itself, in the order of `MetricsLayout.limits`, and one without a limit behind them.
        package let buckets: [UInt64]
        package let sumMicroseconds: UInt64

        /// How many times there are.
        package var count: UInt64 { buckets.reduce(0, &+) }
    }

    /// Messages by state, each with those of shadow mode apart.
    package let states: [(name: String, count: UInt64, shadowCount: UInt64)]
    package let histograms: [Histogram]
    /// Unix seconds of the file's making: counts begin there.
    package let created: UInt64

    /// Reads the counters; nil where nothing was counted yet.
    ///
    /// - Parameter directory: `statedir`.
    /// - Throws: `ControlFileFailure` where the file cannot be read, is damaged, or another version's.
    package init?(in directory: String) throws(ControlFileFailure) {
        let path = directory + "/" + MetricsLayout.fileName
        let fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard fd >= 0 else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory { return nil }
            throw ControlFileFailure(path: path, reason: "cannot be read: " + error.description)
        }
        defer { close(fd) }
        let memory: UnsafeMutableRawPointer
        do throws(Errno) {
            memory = try MetricsFile.map(fd, protection: PROT_READ)
        } catch {
            let reason =
                error == .invalidArgument
                ? "is damaged, or another version's; remove it, and the filters make a new one"
                : "cannot be read: " + error.description
            throw ControlFileFailure(path: path, reason: reason)
        }
        defer { munmap(memory, MetricsLayout.bytes) }
        created = linux_atomic_load(memory + MetricsLayout.createdOffset)
        states = MetricsLayout.states.enumerated().map { index, name in
            (
                name, linux_atomic_load(memory + MetricsLayout.offset(state: index, isShadow: false)),
                linux_atomic_load(memory + MetricsLayout.offset(state: index, isShadow: true))
            )
        }
        histograms = MetricsLayout.histograms.enumerated().map { index, name in
            Histogram(
                name: name,
                buckets: (0...MetricsLayout.limits.count).map {
                    linux_atomic_load(memory + MetricsLayout.offset(histogram: index, bucket: $0))
                },
                sumMicroseconds: linux_atomic_load(memory + MetricsLayout.sumOffset(histogram: index)))
        }
    }
}
