/// The forms that values take: from the file's text to the value, and back to the canonical text.
///
/// Everything here is pure. Text reaches it without blanks at its ends and without control characters where it
/// comes from `simscan.conf`; from a compiled file it may be anything.
enum SettingValue {
    static func yesOrNo(_ text: String) throws(SettingError) -> Bool {
        switch text {
        case "yes": return true
        case "no": return false
        default: throw .badValue(found: text, allowed: "yes or no")
        }
    }

    /// One word of a closed list.
    static func word<Word: RawRepresentable & CaseIterable>(_ text: String) throws(SettingError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { $0.rawValue }
            throw .badValue(found: text, allowed: words.joined(separator: ", "))
        }
        return word
    }

    /// A whole number without a sign.
    static func integer(_ text: String, _ range: ClosedRange<Int>, unit: String = "") throws(SettingError) -> Int {
        guard text.utf8.allSatisfy(isDigit), let value = Int(text), range.contains(value) else {
            let what = "a whole number from " + String(range.lowerBound) + " to " + String(range.upperBound)
            throw .badValue(found: text, allowed: unit.isEmpty ? what : what + " (" + unit + ")")
        }
        return value
    }

    /// Seconds, with up to three decimals.
    static func seconds(
        _ text: String, from least: Duration, to most: Duration
    ) throws(SettingError) -> Duration {
        guard let thousandths = thousandths(text) else {
            throw .badValue(found: text, allowed: rangeOfSeconds(least, most))
        }
        let value = Duration.milliseconds(thousandths)
        guard value >= least, value <= most else {
            throw .badValue(found: text, allowed: rangeOfSeconds(least, most))
        }
        return value
    }

    /// `off` or `no`, `yes` for 10, or a score.
    static func score(_ text: String) throws(SettingError) -> Double? {
        switch text {
        case "off", "no": return nil
        case "yes": return 10
        default: return try positiveScore(text, orElse: "off, yes (10.0), or ")
        }
    }

    /// A score.
    static func positiveScore(_ text: String, orElse: String = "") throws(SettingError) -> Double {
        guard let thousandths = thousandths(text), thousandths > 0, thousandths <= 10_000_000 else {
            throw .badValue(
                found: text, allowed: orElse + "a score above 0, up to 10000, with up to three decimals")
        }
        return Double(thousandths) / 1000
    }

    /// Bytes from which a message is not scanned for spam.
    static func sizeLimit(_ text: String) throws(SettingError) -> Int {
        try integer(text, 1...1_000_000_000_000, unit: "bytes")
    }

    /// An absolute path, without slashes at its end.
    static func path(_ text: String, orElse: String = "") throws(SettingError) -> String {
        let most = 4095  // PATH_MAX less the final NUL
        var bytes = Substring(text)
        while bytes.utf8.count > 1, bytes.utf8.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard bytes.utf8.first == UInt8(ascii: "/"), bytes.utf8.count <= most, !bytes.utf8.contains(0) else {
            throw .badValue(found: text, allowed: "an absolute path (/…)" + orElse)
        }
        return String(bytes)
    }

    /// `off`, nothing, or an absolute path.
    static func pathOrOff(_ text: String) throws(SettingError) -> String? {
        text.isEmpty || text == "off" ? nil : try path(text, orElse: " or off")
    }

    /// `auto`, or an open descriptor's number.
    ///
    /// 0 and 1 are the message and the envelope.
    static func descriptor(_ text: String) throws(SettingError) -> Int32? {
        if text == "auto" { return nil }
        guard text.utf8.allSatisfy(isDigit), let value = Int32(text), (2...1023).contains(value) else {
            throw .badValue(found: text, allowed: "auto, or a descriptor's number from 2 to 1023")
        }
        return value
    }

    /// What spamd takes as `User:`, or nothing.
    static func userName(_ text: String) throws(SettingError) -> String? {
        if text.isEmpty { return nil }
        guard text.utf8.count <= 255, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .badValue(found: text, allowed: "a user's name of up to 255 printable ASCII characters, no blanks")
        }
        return text
    }

    /// Patterns with `*` and `?`, between commas; may be empty.
    static func globs(_ text: String) throws(SettingError) -> [String] {
        var globs: [String] = []
        if text.isEmpty { return globs }
        for glob in betweenCommas(text) {
            guard !glob.isEmpty else {
                throw .badValue(found: text, allowed: "names between commas, with * and ?, none of them empty")
            }
            globs.append(glob)
        }
        return globs
    }

    /// One address or several between commas, each with or without its weight.
    static func hosts(_ text: String, defaultPort: UInt16?) throws(SettingError) -> [ScannerHost] {
        var hosts: [ScannerHost] = []
        for part in betweenCommas(text) {
            let host = try ScannerHost(part, defaultPort: defaultPort)
            guard !hosts.contains(where: { $0.address == host.address }) else {
                throw .badValue(found: part, allowed: "each address once")
            }
            hosts.append(host)
        }
        return hosts
    }
}

// MARK: - The canonical text

extension SettingValue {
    static func text(_ value: Bool) -> String { value ? "yes" : "no" }

    static func text(_ value: Duration) -> String {
        let (seconds, attoseconds) = value.components
        return decimal(thousandths: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    static func text(score: Double?) -> String {
        guard let score else { return "off" }
        let text = decimal(thousandths: Int64((score * 1000).rounded()))
        return text.utf8.contains(UInt8(ascii: ".")) ? text : text + ".0"
    }

    static func text(_ hosts: [ScannerHost]) -> String {
        hosts.map { $0.description }.joined(separator: ",")
    }

    private static func decimal(thousandths: Int64) -> String {
        let whole = String(thousandths / 1000)
        let rest = thousandths % 1000
        if rest == 0 { return whole }
        var decimals = String(String(rest + 1000).utf8.dropFirst()) ?? ""
        while decimals.utf8.last == UInt8(ascii: "0") { decimals.removeLast() }
        return whole + "." + decimals
    }
}

// MARK: - Pieces

/// `12`, `12.5`, `.5` as thousandths: up to nine digits before the point and three behind it.
private func thousandths(_ text: String) -> Int64? {
    var value: Int64 = 0
    var digits = 0
    var decimals: Int?
    for byte in text.utf8 {
        if byte == UInt8(ascii: "."), decimals == nil {
            decimals = 0
            continue
        }
        guard isDigit(byte) else { return nil }
        if let count = decimals { decimals = count + 1 }
        digits += 1
        guard digits <= 12, decimals ?? 0 <= 3 else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    guard digits > 0, digits - (decimals ?? 0) <= 9, decimals != 0 else { return nil }
    for _ in (decimals ?? 0)..<3 { value *= 10 }
    return value
}

private func rangeOfSeconds(_ least: Duration, _ most: Duration) -> String {
    "seconds from " + SettingValue.text(least) + " to " + SettingValue.text(most)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// The parts between commas, without the blanks around them.
private func betweenCommas(_ text: String) -> [String] {
    var parts: [String] = []
    var rest = Array(text.utf8)[...]
    while true {
        let part = rest.prefix { $0 != UInt8(ascii: ",") }
        parts.append(String(decoding: trimmed(part, of: isBlank), as: UTF8.self))
        if part.endIndex == rest.endIndex { return parts }
        rest = rest[(part.endIndex + 1)...]
    }
}
