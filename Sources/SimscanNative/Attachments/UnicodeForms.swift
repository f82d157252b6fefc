internal import CGMime

/// A name as it looks: compatibility forms made plain (NFKC), case folded, and without what cannot be seen.
///
/// - Returns: nil where the bytes are no UTF-8.
func compatibleText(_ name: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: name, as: UTF8.self) else { return nil }
    var visible: [UInt8] = []
    visible.reserveCapacity(name.count)
    for scalar in text.unicodeScalars where !isInvisible(scalar) {
        visible.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    guard visible.contains(where: { $0 >= 0x80 }) else { return visible }
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
