import Glibc

/// The time ahead of a line as multilog (TAI64N), tai64nlocal, syslog (RFC 3164) and newer syslogs (RFC 3339) write
/// it; then a host and a program's name, where syslog writes them.
struct LogStamp {
    /// RFC 3164 knows no year and no zone: those of this machine, and the latest year that is not to come.
    private let now = time(nil)
    /// One conversion an hour is enough.
    private var cached: (month: Int64, day: Int64, hour: Int64, start: Int64)?
    private var cachedYear: (year: Int64, month: Int64, day: Int64, hour: Int64, start: Int64)?

    private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    /// TAI64 counts from 2^62 on, and is 10 seconds ahead of Unix' count as multilog writes it.
    private static let tai64Epoch: UInt64 = 4_611_686_018_427_387_914

    /// The time in unix seconds, nil where there is none, and where the text behind it begins.
    mutating func read(_ line: Bytes) -> (seconds: Int64?, end: Int) {
        var start = 0
        // <PRI>
        if line.first == UInt8(ascii: "<"), let (_, end) = line.number(from: 1), end < line.count,
            line[end] == UInt8(ascii: ">")
        {
            start = end + 1
        }
        guard start < line.count else { return (nil, start) }
        switch line[start] {
        case UInt8(ascii: "@"): return tai64(line, start)
        case 0x30...0x39: return iso8601(line, start)
        case 0x41...0x5A: return rfc3164(line, start)
        default: return (nil, start)
        }
    }

    private func tai64(_ line: Bytes, _ start: Int) -> (Int64?, Int) {
        guard line.count > start + 25, line[start + 25] == 0x20 else { return (nil, start) }
        var value: UInt64 = 0
        for position in (start + 1)..<(start + 25) {
            guard let digit = Self.hexadecimal(line[position]) else { return (nil, start) }
            if position <= start + 16 { value = value << 4 | UInt64(digit) }
        }
        guard value >= Self.tai64Epoch, value - Self.tai64Epoch < 1 << 40 else { return (nil, start + 26) }
        return (Int64(value - Self.tai64Epoch), start + 26)
    }

    /// `2026-11-22T09:36:10.123456+01:00`, or with a blank and without a zone: local time.
    private mutating func iso8601(_ line: Bytes, _ start: Int) -> (Int64?, Int) {
        guard line.count >= start + 20, line[start + 4] == UInt8(ascii: "-"), line[start + 7] == UInt8(ascii: "-"),
            line[start + 10] == UInt8(ascii: "T") || line[start + 10] == 0x20,
            let year = Self.digits(line, start, 4), let month = Self.digits(line, start + 5, 2),
            let day = Self.digits(line, start + 8, 2), let clock = Self.clock(line, start + 11),
            (1...12).contains(month), (1...31).contains(day)
        else { return (nil, start) }
        var end = start + 19
        if line[end] == UInt8(ascii: ".") || line[end] == UInt8(ascii: ",") {
            end = line.number(from: end + 1)?.end ?? end
        }
        guard end < line.count else { return (nil, start) }
        let utc = Self.days(year, month, day) * 86400 + clock
        switch line[end] {
        case UInt8(ascii: "Z"): return (utc, Self.behindBlank(line, end + 1))
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard line.count > end + 5, let hours = Self.digits(line, end + 1, 2) else { return (nil, start) }
            let hasColon = line[end + 3] == UInt8(ascii: ":")
            guard let minutes = Self.digits(line, end + (hasColon ? 4 : 3), 2) else { return (nil, start) }
            let offset = (hours * 3600 + minutes * 60) * (line[end] == UInt8(ascii: "-") ? -1 : 1)
            return (utc - offset, Self.behindBlank(line, end + (hasColon ? 6 : 5)))
        case 0x20:
            return (local(year, month, day, clock), end + 1)
        default:
            return (nil, start)
        }
    }

    /// `Nov 22 09:36:10`
    private mutating func rfc3164(_ line: Bytes, _ start: Int) -> (Int64?, Int) {
        guard line.count >= start + 16, line[start + 3] == 0x20, line[start + 6] == 0x20, line[start + 15] == 0x20,
            let month = Self.month(line, start), let clock = Self.clock(line, start + 7),
            let day = line[start + 4] == 0x20
                ? Self.digits(line, start + 5, 1) : Self.digits(line, start + 4, 2)
        else { return (nil, start) }
        let hour = clock / 3600
        if let cached, cached.month == month, cached.day == day, cached.hour == hour {
            return (cached.start + clock % 3600, start + 16)
        }
        var today = tm()
        var now = now
        localtime_r(&now, &today)
        var year = Int64(today.tm_year) + 1900
        var seconds = local(year, month, day, clock)
        if seconds > Int64(now) + 86400 {
            year -= 1
            seconds = local(year, month, day, clock)
        }
        cached = (month, day, hour, seconds - clock % 3600)
        return (seconds, start + 16)
    }

    private mutating func local(_ year: Int64, _ month: Int64, _ day: Int64, _ clock: Int64) -> Int64 {
        let hour = clock / 3600
        if let known = cachedYear, known.year == year, known.month == month, known.day == day, known.hour == hour {
            return known.start + clock % 3600
        }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_isdst = -1
        let start = Int64(mktime(&parts))
        cachedYear = (year, month, day, hour, start)
        return start + clock % 3600
    }

    // MARK: Pieces

    private static func behindBlank(_ line: Bytes, _ position: Int) -> Int {
        position < line.count && line[position] == 0x20 ? position + 1 : position
    }

    private static func clock(_ line: Bytes, _ start: Int) -> Int64? {
        guard line[start + 2] == UInt8(ascii: ":"), line[start + 5] == UInt8(ascii: ":"),
            let hour = digits(line, start, 2), let minute = digits(line, start + 3, 2),
            let second = digits(line, start + 6, 2), hour < 24, minute < 60, second < 61
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func digits(_ line: Bytes, _ start: Int, _ count: Int) -> Int64? {
        guard let (value, end) = line.part(0, start + count).number(from: start), end == start + count else {
            return nil
        }
        return value
    }

    private static func month(_ line: Bytes, _ start: Int) -> Int64? {
        guard let base = line.baseAddress else { return nil }
        for month in 0..<12 where memcmp(base + start, months.utf8Start + 3 * month, 3) == 0 { return Int64(month + 1) }
        return nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Years begin in March here, so that the leap day is their last.
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
