internal import Glibc

/// The name `X.Y.Z` of a message's files: unix seconds, microseconds, process id.
package struct MessageName: CustomStringConvertible, Sendable {
    private let seconds: Int
    private let microseconds: Int

    /// The name of the message that this process is about.
    package init() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        seconds = now.tv_sec
        microseconds = now.tv_nsec / 1000
    }

    package var description: String { String(seconds) + "." + String(microseconds) + "." + String(getpid()) }

    /// The process id in the name of somebody's working directory; nil where it is no such name.
    static func processID(in name: Substring) -> pid_t? {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Int64(Substring($0)) != nil }) else { return nil }
        return pid_t(Substring(parts[2])).flatMap { $0 > 0 ? $0 : nil }
    }
}
