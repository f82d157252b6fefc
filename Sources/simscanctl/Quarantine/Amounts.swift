/// Ages and sizes as an administrator writes them.
enum Amounts {
    /// `90s`, `15m`, `12h`, `30d`, `4w`: seconds; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        amount(text, units: [("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604_800)], plain: nil)
    }

    /// `4096`, `500k`, `10M`, `2G`: bytes, by thousands; nil for anything else.
    static func bytes(_ text: String) -> Int64? {
        amount(
            text,
            units: [
                ("k", 1000), ("kB", 1000), ("M", 1_000_000), ("MB", 1_000_000), ("G", 1_000_000_000),
                ("GB", 1_000_000_000), ("B", 1),
            ], plain: 1)
    }

    private static func amount(_ text: String, units: [(name: String, factor: Int64)], plain: Int64?) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = text.dropFirst(digits.count)
        let named = units.first { $0.name == unit }?.factor
        guard let factor = unit.isEmpty ? plain : named else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
