/// Sizes, times and shares as people read them.
enum Units {
    /// `812 B`, `1.2 kB`, `34 MB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return String(count) + " B" }
        var value = Double(count)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        // 999.95 would be shown as 1000.0.
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return decimal(value, digits: value < 9.95 ? 1 : 0) + " " + units[unit]
    }

    /// An age: `12s`, `5m`, `3h`, `12d`.
    static func age(seconds: Int64) -> String {
        switch max(0, seconds) {
        case let seconds where seconds < 60: String(seconds) + "s"
        case let seconds where seconds < 3600: String(seconds / 60) + "m"
        case let seconds where seconds < 2 * 86400: String(seconds / 3600) + "h"
        case let seconds: String(seconds / 86400) + "d"
        }
    }

    /// What a row of a series is: `hour`, `6 hours`, `day`, `7 days`.
    static func interval(seconds: Int64) -> String {
        switch seconds {
        case 3600: "hour"
        case 86400: "day"
        case ..<86400: String(seconds / 3600) + " hours"
        default: String(seconds / 86400) + " days"
        }
    }

    /// A time that something took: `0.42 ms`, `120 ms`, `4.7 s`.
    static func time(seconds: Double) -> String {
        switch seconds {
        case ..<0.00995: decimal(seconds * 1000, digits: 2) + " ms"
        case ..<0.9995: decimal(seconds * 1000, digits: 0) + " ms"
        default: decimal(seconds, digits: seconds < 9.95 ? 2 : 1) + " s"
        }
    }

    /// A share in percent, with one decimal.
    static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? decimal(100 * Double(part) / Double(whole), digits: 1) + " %" : "-"
    }

    /// `12 345`: a number with its thousands apart.
    static func count(_ number: Int) -> String {
        var digits = Array(String(number.magnitude).utf8)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(Substring(decoding: digits.suffix(3), as: UTF8.self), at: 0)
            digits.removeLast(3)
        }
        groups.insert(Substring(decoding: digits, as: UTF8.self), at: 0)
        return (number < 0 ? "-" : "") + groups.joined(separator: " ")
    }

    /// `1 message`, `12 345 messages`.
    static func counted(_ number: Int, _ noun: String) -> String {
        count(number) + " " + noun + (number == 1 ? "" : "s")
    }

    /// A number with this many decimals.
    static func decimal(_ number: Double, digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((abs(number) * scale).rounded())
        let whole = scaled / Int64(scale)
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(whole) }
        let fraction = String(scaled % Int64(scale))
        return sign + String(whole) + "." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }
}
