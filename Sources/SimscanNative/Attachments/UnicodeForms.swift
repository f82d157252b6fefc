internal import CGMime

/// A name as it looks: compatibility forms made plain (NFKC), case folded, and without what cannot be seen.
///
/// - Parameter canFold: asked before GLib is, which knows the characters that we do not.
/// - Returns: nil where the bytes are no UTF-8, or GLib may not be asked.
func compatibleText(_ name: [UInt8], canFold: () -> Bool = { true }) -> [UInt8]? {
    guard isUTF8(name[...]) else { return nil }
    let text = String(decoding: name, as: UTF8.self)
    let scalars = text.unicodeScalars.lazy.filter { !isInvisible($0) }
    if let folded = foldedLetters(scalars) { return folded }
    guard canFold() else { return nil }
    var visible: [UInt8] = []
    visible.reserveCapacity(name.count)
    for scalar in scalars { visible.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
    return visible.withUnsafeBytes { bytes in
        let start = bytes.bindMemory(to: CChar.self).baseAddress
        // A NUL is invisible and gone already, so the length is the whole.
        guard let normal = g_utf8_normalize(start, bytes.count, G_NORMALIZE_NFKC) else { return nil }
        defer { g_free(normal) }
        guard let folded = g_utf8_casefold(normal, -1) else { return nil }
        defer { g_free(folded) }
        return Array(UnsafeRawBufferPointer(start: folded, count: strlen(folded)))
    }
}

/// What GLib would say of a text whose characters all have one form, as those of most names do.
///
/// - Returns: nil where one of them is not known here.
private func foldedLetters(_ scalars: some Sequence<Unicode.Scalar>) -> [UInt8]? {
    var folded: [UInt8] = []
    for scalar in scalars {
        switch scalar.value {
        case 0xDF: folded += [UInt8(ascii: "s"), UInt8(ascii: "s")]
        case let value:
            guard let letter = foldedLetter(value), let scalar = Unicode.Scalar(letter) else { return nil }
            folded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
    return folded
}

/// A character in lower case (Unicode's CaseFolding.txt) that is its own compatibility form, and that joins with no
/// other of these: letters of Europe and the Near East, signs, kana, Chinese characters, Hangul and pictures.
///
/// - Returns: nil where it is none of them.
func foldedLetter(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x41...0x5A: scalar + 0x20
    case 0x20...0x7E: scalar
    // Latin-1.
    case 0xC0...0xD6, 0xD8...0xDE: scalar + 0x20
    case 0xA1...0xA7, 0xA9, 0xAB...0xAC, 0xAE, 0xB0...0xB1, 0xB6...0xB7, 0xBB, 0xBF, 0xD7, 0xE0...0xFF: scalar
    // Latin Extended-A: capital and small letters in turn.
    case 0x130, 0x132...0x133, 0x13F...0x140, 0x149, 0x17F: nil
    case 0x100...0x137, 0x14A...0x177: scalar | 1
    case 0x178: 0xFF
    case 0x139...0x148, 0x179...0x17E: scalar + scalar % 2
    case 0x138: scalar
    // Greek.
    case 0x386: 0x3AC
    case 0x388...0x38A: scalar + 0x25
    case 0x38C: 0x3CC
    case 0x38E...0x38F: scalar + 0x3F
    case 0x391...0x3A1, 0x3A3...0x3AB: scalar + 0x20
    case 0x3C2: 0x3C3
    case 0x3AC...0x3AF, 0x3B1...0x3CE: scalar
    // Cyrillic.
    case 0x400...0x40F: scalar + 0x50
    case 0x410...0x42F: scalar + 0x20
    case 0x430...0x45F: scalar
    case 0x490...0x491: scalar | 1
    // Hebrew, Arabic.
    case 0x5D0...0x5EA, 0x621...0x63A, 0x641...0x64A: scalar
    // Dashes, quotes, a bullet, the euro sign.
    case 0x2013...0x2014, 0x2018...0x201A, 0x201C...0x201E, 0x2022, 0x20AC: scalar
    // Punctuation of East Asia, kana, Chinese characters, Hangul.
    case 0x3001...0x3002, 0x300C...0x3011, 0x3041...0x3096, 0x30A1...0x30FA, 0x30FC, 0x4E00...0x9FFF, 0xAC00...0xD7A3:
        scalar
    case 0x1F300...0x1F64F, 0x1F680...0x1F6FF: scalar
    default: nil
    }
}

/// Control characters, and what Unicode calls ignorable by default: marks of direction, joiners, fillers, selectors.
private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
        0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
        0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
        true
    default: false
    }
}
