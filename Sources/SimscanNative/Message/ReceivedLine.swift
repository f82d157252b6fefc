internal import Glibc

/// The Received line (RFC 5322, section 3.6.7) that says which scanners looked at a message.
package struct ReceivedLine {
    /// A scanner that looked, and its version where it is known.
    package struct Scanner: Equatable, Sendable {
        package let name: String
        package let version: String?

        package init(name: String, version: String?) {
            self.name = name
            self.version = version
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    package var scanners: [Scanner]
    package var elapsed: Duration

    package init(scanners: [Scanner], elapsed: Duration) {
        self.scanners = scanners
        self.elapsed = elapsed
    }

    /// The field with its newline; two lines, at most `Spool.headroom` bytes.
    package var bytes: [UInt8] {
        var now = time_t()
        time(&now)
        return bytes(at: now, processID: getpid(), parentProcessID: getppid())
    }

    package func bytes(at now: Int, processID: Int32, parentProcessID: Int32) -> [UInt8] {
        var line = "Received: by simscan " + Installation.version
        line += " (ppid: " + String(parentProcessID) + ", pid: " + String(processID)
        line += ", t: " + Text.decimal(Double(elapsed.nanoseconds) / 1e9, digits: 4) + "s)\n\t(scanners:"
        if scanners.isEmpty { line += " none" }
        for scanner in scanners { line += " " + scanner.name + ": " + (scanner.version.map(Self.clean) ?? "-") }
        line += "); " + Self.date(now) + "\n"
        return Array(line.utf8)
    }

    /// A version stands in a comment of the field: no line ends, no parentheses, not without end.
    private static func clean(_ version: String) -> String {
        let kept = Text.printableASCII(version.utf8.prefix(64)).map { byte in
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// RFC 5322, section 3.3, in universal time.
    private static func date(_ now: time_t) -> String {
        var now = now
        var parts = tm()
        gmtime_r(&now, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        let day = String(parts.tm_mday) + " " + months[Int(parts.tm_mon)] + " " + String(parts.tm_year + 1900)
        return day + " " + two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + " -0000"
    }
}
