/// Text of a named charset as UTF-8, as far as it matters for a name.
///
/// Every charset that can hide ASCII is decoded here, and Latin-1, which costs nothing; in East Asian ones also the
/// full-width letters that look like ASCII. The other common ones have ASCII where ASCII has it, so their bytes are
/// returned as they are.
/// iconv is not asked: in a static program it would load modules from the host's disk, chosen by a stranger's
/// mail. The name is in lower case.
func decodeCharset(_ bytes: [UInt8], named name: [UInt8]) -> [UInt8] {
    let name = name.filter { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) }
    func isNamed(_ word: StaticString) -> Bool { startsWithWord(name, word) }
    let isLittle = name.suffix(2).elementsEqual("le".utf8)
    if isNamed("utf16") || isNamed("ucs2") || isNamed("iso10646ucs2") || isNamed("unicode11utf16")
        || isNamed("csunicode") || isNamed("cp1200") || isNamed("cp1201")
    {
        return decodeUTF16(bytes, isLittleEndian: isLittle || isNamed("cp1200"))
    }
    if isNamed("utf32") || isNamed("ucs4") || isNamed("iso10646ucs4") || isNamed("csucs4") || isNamed("cp12000") {
        return decodeUTF32(bytes, isLittleEndian: isLittle || isWord(name, "cp12000"))
    }
    if isNamed("utf7") || isNamed("unicode11utf7") || isNamed("unicode20utf7") || isNamed("csutf7")
        || isNamed("cp65000") || isNamed("xunicode")
    {
        return decodeUTF7(bytes)
    }
    if isNamed("ebcdic") || isNamed("csebcdic") || isEBCDIC(name) { return decodeEBCDIC(bytes) }
    if isNamed("iso2022") || isNamed("csiso2022") || isNamed("jis") || isNamed("cp5022") || isNamed("hzgb")
        || isWord(name, "hz")
    {
        return decodeShiftedText(bytes)
    }
    if isNamed("shiftjis") || isNamed("sjis") || isNamed("xsjis") || isNamed("ms932") || isNamed("windows31j")
        || isNamed("cp932") || isNamed("mskanji") || isNamed("csshiftjis")
    {
        return foldShiftJIS(bytes)
    }
    if isNamed("big5") || isNamed("cp950") || isNamed("xxbig5") || isNamed("csbig5") { return foldBig5(bytes) }
    if isNamed("gb") || isNamed("euc") || isNamed("cseuc") || isNamed("csgb") || isNamed("cp936") || isNamed("xeuc")
        || isNamed("ksc") || isNamed("cp949") || isNamed("ks") || isNamed("xgbk") || isNamed("windows936")
        || isNamed("windows949") || isNamed("uhc")
    {
        return foldEUC(bytes)
    }
    if isWord(name, "iso88591") || isWord(name, "latin1") { return bytes.flatMap { utf8(UInt32($0)) } }
    return bytes
}

private func utf8(_ scalar: UInt32) -> [UInt8] {
    Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
}

private func decodeUTF16(_ bytes: [UInt8], isLittleEndian: Bool) -> [UInt8] {
    var isLittle = isLittleEndian
    var start = 0
    if bytes.starts(with: [0xFF, 0xFE]) {
        isLittle = true
        start = 2
    } else if bytes.starts(with: [0xFE, 0xFF]) {
        isLittle = false
        start = 2
    } else if bytes.count >= 4, bytes[0] != 0, bytes[1] == 0, bytes[3] == 0 {
        // Without a mark, programs go by the machine's order or by the look of it.
        isLittle = true
    }
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    for index in stride(from: start, to: bytes.count - 1, by: 2) {
        let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        units.append(isLittle ? second << 8 | first : first << 8 | second)
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
}

private func decodeUTF32(_ bytes: [UInt8], isLittleEndian: Bool) -> [UInt8] {
    let isLittle = isLittleEndian || bytes.starts(with: [0xFF, 0xFE, 0, 0]) || (bytes.count >= 4 && bytes[0] != 0)
    var output: [UInt8] = []
    for index in stride(from: 0, to: bytes.count - 3, by: 4) {
        let group = bytes[index..<(index + 4)].map { UInt32($0) }
        let scalar =
            isLittle
            ? group[3] << 24 | group[2] << 16 | group[1] << 8 | group[0]
            : group[0] << 24 | group[1] << 16 | group[2] << 8 | group[3]
        if scalar != 0xFEFF { output += utf8(scalar) }
    }
    return output
}

/// UTF-7 (RFC 2152): `+AGU-` is base64 of UTF-16.
private func decodeUTF7(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
        guard bytes[index] == UInt8(ascii: "+") else {
            output.append(bytes[index])
            index += 1
            continue
        }
        let start = index + 1
        var end = start
        while end < bytes.count, base64Value(bytes[end]) != nil { end += 1 }
        if end == start {
            output.append(UInt8(ascii: "+"))
        } else {
            output += decodeUTF16([0xFE, 0xFF] + decodeBase64(bytes[start..<end]), isLittleEndian: false)
        }
        index = end < bytes.count && bytes[end] == UInt8(ascii: "-") ? end + 1 : end
    }
    return output
}

/// The numbers of IBM's EBCDIC code pages, behind `ibm`, `cp` or `ibm-`.
private func isEBCDIC(_ name: [UInt8]) -> Bool {
    var digits = name[...]
    for prefix in ["csibm", "xibm", "ibm", "cp", "ccsid"] as [StaticString] where startsWithWord(digits, prefix) {
        digits = digits.dropFirst(prefix.utf8CodeUnitCount)
        break
    }
    guard digits.count < name.count else { return false }
    while digits.first == 0x30 { digits.removeFirst() }
    let pages: [StaticString] = [
        "37", "273", "274", "275", "277", "278", "280", "281", "284", "285", "290", "297", "420", "423", "424", "500",
        "833", "838", "870", "871", "875", "880", "905", "918", "924", "1025", "1026", "1047", "1140", "1141", "1142",
        "1143", "1144", "1145", "1146", "1147", "1148", "1149",
    ]
    let number = digits.prefix { $0 >= 0x30 && $0 <= 0x39 }
    return pages.contains { isWord(number, $0) }
}

/// The characters that all EBCDIC code pages have in one place; the rest become question marks.
private func decodeEBCDIC(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { byte in
        switch byte {
        case 0x81...0x89: byte - 0x81 + 0x61
        case 0x91...0x99: byte - 0x91 + 0x6A
        case 0xA2...0xA9: byte - 0xA2 + 0x73
        case 0xC1...0xC9: byte - 0xC1 + 0x41
        case 0xD1...0xD9: byte - 0xD1 + 0x4A
        case 0xE2...0xE9: byte - 0xE2 + 0x53
        case 0xF0...0xF9: byte - 0xF0 + 0x30
        case 0x40: 0x20
        case 0x4B: UInt8(ascii: ".")
        case 0x60: UInt8(ascii: "-")
        case 0x6D: UInt8(ascii: "_")
        case 0x61: UInt8(ascii: "/")
        case 0x7A: UInt8(ascii: ":")
        case 0x00, 0x05, 0x0D: byte
        default: UInt8(ascii: "?")
        }
    }
}

/// ISO-2022 and HZ: what stands in shifts to ASCII is ASCII; of the rest only full-width letters are wanted.
private func decodeShiftedText(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var isDouble = false
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        if byte == 0x1B {
            // An escape sequence: intermediates, then a final byte; a dollar sign means two bytes a character.
            var end = index + 1
            while end < bytes.count, (0x20...0x2F).contains(bytes[end]) { end += 1 }
            isDouble = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "$")
            index = min(end + 1, bytes.count)
        } else if byte == UInt8(ascii: "~"), index + 1 < bytes.count, [0x7B, 0x7D, 0x7E].contains(bytes[index + 1]) {
            if bytes[index + 1] == 0x7E { output.append(byte) }
            isDouble = bytes[index + 1] == 0x7B
            index += 2
        } else if byte == 0x0E || byte == 0x0F {
            isDouble = byte == 0x0E
            index += 1
        } else if isDouble, byte > 0x20, index + 1 < bytes.count {
            output += fullWidth(row: byte & 0x7F, cell: bytes[index + 1] & 0x7F)
            index += 2
        } else {
            output.append(byte)
            index += 1
        }
    }
    return output
}

/// A character of a 94 by 94 set: row 3 looks like ASCII, and row 1 of JIS X 0208 has the full stop.
private func fullWidth(row: UInt8, cell: UInt8) -> [UInt8] {
    if row == 0x23, (0x21...0x7E).contains(cell) { return [cell] }
    if row == 0x21, cell == 0x25 { return [UInt8(ascii: ".")] }
    return [UInt8(ascii: "?")]
}

/// EUC and GBK: two bytes a character where the first is above ASCII.
private func foldEUC(_ bytes: [UInt8]) -> [UInt8] {
    foldPairs(bytes) { first, second in
        first >= 0xA1 && second >= 0xA1 ? fullWidth(row: first & 0x7F, cell: second & 0x7F) : [UInt8(ascii: "?")]
    }
}

private func foldShiftJIS(_ bytes: [UInt8]) -> [UInt8] {
    foldPairs(bytes) { first, second in
        if first >= 0xA1, first <= 0xDF { return nil }
        if first == 0x81, second == 0x44 { return [UInt8(ascii: ".")] }
        guard first == 0x82 else { return [UInt8(ascii: "?")] }
        switch second {
        case 0x4F...0x58: return [second - 0x4F + 0x30]
        case 0x60...0x79: return [second - 0x60 + 0x41]
        case 0x81...0x9A: return [second - 0x81 + 0x61]
        default: return [UInt8(ascii: "?")]
        }
    }
}

private func foldBig5(_ bytes: [UInt8]) -> [UInt8] {
    foldPairs(bytes) { first, second in
        switch (first, second) {
        case (0xA1, 0x44): [UInt8(ascii: ".")]
        case (0xA2, 0xAF...0xB8): [second - 0xAF + 0x30]
        case (0xA2, 0xCF...0xE8): [second - 0xCF + 0x41]
        case (0xA2, 0xE9...0xFE): [second - 0xE9 + 0x61]
        case (0xA3, 0x40...0x43): [second - 0x40 + 0x77]
        default: [UInt8(ascii: "?")]
        }
    }
}

/// Replaces pairs that begin above ASCII; where `fold` knows no pair, the first byte stands alone.
private func foldPairs(_ bytes: [UInt8], fold: (UInt8, UInt8) -> [UInt8]?) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        let first = bytes[index]
        if first >= 0x81, index + 1 < bytes.count, let folded = fold(first, bytes[index + 1]) {
            output += folded
            index += 2
        } else {
            output.append(first)
            index += 1
        }
    }
    return output
}
