import Glibc

/// Points in time as text.
enum ClockText {
    /// In this machine's zone, by a format of strftime(3).
    static func local(_ seconds: Int64, _ format: String = "%Y-%m-%d %H:%M") -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return text(&parts, format)
    }

    /// RFC 3339, in UTC.
    static func utc(_ seconds: Int64) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return text(&parts, "%Y-%m-%dT%H:%M:%SZ")
    }

    private static func text(_ parts: inout tm, _ format: String) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: 128) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, format, &parts) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
