/// Strangers' bytes as text that does nothing to a terminal or a table.
///
/// Control bytes, what is no UTF-8, and characters that turn the direction or hide themselves are shown as `\x1b`
/// and `\u{202e}`; everything else stays as it is.
enum SafeText {
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var result = ""
        result.reserveCapacity(bytes.count)
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        loop: while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded): append(UTF8.decode(encoded), to: &result)
            case .error(let length):
                _ = length
                result += "\u{FFFD}"
            case .emptyInput: break loop
            }
        }
        return result
    }

    static func text(_ text: String) -> String { self.text(Array(text.utf8)) }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar.properties.generalCategory {
        case .control where scalar.value < 0x100:
            let digits = String(scalar.value, radix: 16)
            result += "\\x" + (digits.count < 2 ? "0" : "") + digits
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }

    /// Columns that the text takes on a terminal (Unicode Standard Annex 11, roughly).
    static func columns(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    /// The text cut to so many columns, with `…` where something is missing.
    static func cut(_ text: String, to columns: Int) -> String {
        guard Self.columns(text) > columns else { return text }
        var result = ""
        var used = 0
        for scalar in text.unicodeScalars {
            let width = Self.columns(scalar)
            guard used + width <= columns - 1 else { break }
            result.unicodeScalars.append(scalar)
            used += width
        }
        return columns > 0 ? result + "…" : ""
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: return 0
            default: return 1
            }
        }
    }
}
