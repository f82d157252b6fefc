/// Text of a named charset as UTF-8, as far as it matters for a name.
///
/// Every charset that can hide ASCII is decoded here: the other common ones have ASCII where ASCII has it, so
/// their bytes are returned as they are. iconv is not asked: in a static program it would load modules from
/// the host's disk, chosen by a stranger's mail.
/// The name is in lower case.
func decodeCharset(_ bytes: [UInt8], named name: [UInt8]) -> [UInt8] {
    let name = name.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
    if startsWithWord(name, "utf16") || startsWithWord(name, "ucs2") || startsWithWord(name, "iso10646ucs2")
        || startsWithWord(name, "unicode")
    {
        return decodeUTF16(bytes, isLittleEndian: name.suffix(2).elementsEqual("le".utf8))
    }
    return bytes
}

private func decodeUTF16(_ bytes: [UInt8], isLittleEndian: Bool) -> [UInt8] {
    var isLittle = isLittleEndian
    var start = 0
    if bytes.count >= 2 {
        if bytes[0] == 0xFF, bytes[1] == 0xFE {
            isLittle = true
            start = 2
        } else if bytes[0] == 0xFE, bytes[1] == 0xFF {
            isLittle = false
            start = 2
        }
    }
    var units: [UInt16] = []
    for index in stride(from: start, to: bytes.count - 1, by: 2) {
        let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        units.append(isLittle ? second << 8 | first : first << 8 | second)
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
}
