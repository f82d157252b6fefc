/// The encodings that mail hides names in.
enum Encode {
    static func base64(_ bytes: [UInt8], width: Int = .max) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        var column = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0) }
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : "=")
            }
            column += 4
            if column >= width {
                text += "\n"
                column = 0
            }
        }
        return column > 0 && width < .max ? text + "\n" : text
    }

    static func base64(_ text: String) -> String { base64(Array(text.utf8)) }

    /// Every byte as two hexadecimal digits behind a mark.
    static func escaped(_ bytes: some Sequence<UInt8>, mark: String) -> String {
        bytes.map { byte in mark + hex(byte) }.joined()
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }

    static func utf16(_ text: String, littleEndian: Bool = false) -> [UInt8] {
        text.utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return littleEndian ? [low, high] : [high, low]
        }
    }

    /// UTF-7 (RFC 2152) with everything in base64.
    static func utf7(_ text: String) -> String {
        "+" + base64(utf16(text)).filter { $0 != "=" } + "-"
    }

    /// EBCDIC, code page 37, for letters, digits and dots.
    static func ebcdic(_ text: String) -> [UInt8] {
        text.utf8.map { byte in
            switch byte {
            case 0x61...0x69: byte - 0x61 + 0x81
            case 0x6A...0x72: byte - 0x6A + 0x91
            case 0x73...0x7A: byte - 0x73 + 0xA2
            case 0x30...0x39: byte - 0x30 + 0xF0
            case 0x2E: 0x4B
            default: 0x6F
            }
        }
    }

    /// Full-width letters of Unicode.
    static func fullWidth(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0) ?? $0 }))
    }

    /// A character of row 3 of a 94 by 94 set, full-width letters, each byte plus an offset.
    static func rowThree(_ text: String, offset: UInt8) -> [UInt8] {
        text.utf8.flatMap { $0 == 0x2E && offset == 0 ? [0x21, 0x25] : [0x23 + offset, $0 + offset] }
    }

    static func uuencode(_ name: String, _ bytes: [UInt8], mode: String = "644") -> String {
        var text = "begin \(mode) \(name)\n"
        for start in stride(from: 0, to: bytes.count, by: 45) {
            let line = Array(bytes[start..<min(start + 45, bytes.count)])
            text.unicodeScalars.append(Unicode.Scalar(UInt8(line.count) + 0x20))
            for group in stride(from: 0, to: line.count, by: 3) {
                var bits: UInt32 = 0
                for index in 0..<3 { bits = bits << 8 | UInt32(group + index < line.count ? line[group + index] : 0) }
                for index in 0..<4 {
                    let value = UInt8(bits >> UInt32(18 - 6 * index) & 63)
                    text.unicodeScalars.append(Unicode.Scalar(value == 0 ? 0x60 : value + 0x20))
                }
            }
            text += "\n"
        }
        return text + "`\nend\n"
    }

    static func yEnc(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        var output = Array("=ybegin line=128 size=\(bytes.count) name=\(name)\r\n".utf8)
        for byte in bytes {
            let encoded = byte &+ 42
            if [0x00, 0x0A, 0x0D, 0x3D].contains(encoded) {
                output += [0x3D, encoded &+ 64]
            } else {
                output.append(encoded)
            }
        }
        return output + Array("\r\n=yend size=\(bytes.count)\r\n".utf8)
    }

    /// BinHex 4.0 (RFC 1741) with zeros for the checksums, which nobody's name depends on.
    static func binHex(_ name: String, _ bytes: [UInt8]) -> String {
        var raw = [UInt8(name.utf8.count)] + Array(name.utf8) + [0] + Array("TEXTttxt".utf8) + [0, 0]
        raw += [0, 0, 0, UInt8(bytes.count)] + [0, 0, 0, 0] + [0, 0] + bytes + [0, 0] + [0, 0]
        let alphabet = Array("!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr")
        var text = ":"
        for start in stride(from: 0, to: raw.count, by: 3) {
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | UInt32(start + index < raw.count ? raw[start + index] : 0) }
            for index in 0..<4 {
                if text.count % 65 == 64 { text += "\n" }
                text.append(alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)])
            }
        }
        return "(This file must be converted with BinHex 4.0)\n\n" + text + ":\n"
    }

    static func quotedPrintable(_ text: String) -> String {
        text.utf8.map { $0 == 0x0A ? "\n" : ($0 == 0x3D || $0 > 0x7E ? "=" + hex($0) : String(Unicode.Scalar($0))) }
            .joined()
    }
}
