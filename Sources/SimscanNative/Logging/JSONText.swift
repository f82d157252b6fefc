/// Writes JSON (RFC 8259), an object a line.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ fill: (inout JSONText) -> Void) { nested("{", "}", fill) }

    mutating func array(_ fill: (inout JSONText) -> Void) { nested("[", "]", fill) }

    mutating func key(_ key: StaticString) {
        separate()
        string(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ text: String) { string(text.utf8) }

    /// Any bytes; what is no UTF-8 becomes U+FFFD.
    mutating func string(_ text: some Collection<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in String(decoding: text, as: UTF8.self).utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                bytes += "\\u00".utf8
                bytes += [byte >> 4, byte & 15].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "a") + $0 - 10 }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A number with this many decimals; JSON knows no infinity, which becomes a string.
    mutating func number(_ number: Double, digits: Int) {
        let text = Text.decimal(number, digits: digits)
        guard number.isFinite else { return string(text) }
        separate()
        bytes += text.utf8
        needsComma = true
    }

    mutating func number(_ number: Int64) {
        separate()
        bytes += String(number).utf8
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ fill: (inout JSONText) -> Void) {
        separate()
        bytes.append(UInt8(ascii: open))
        fill(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }
}
