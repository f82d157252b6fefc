/// The values of one parameter (`filename`, `name`, `boundary`), joined from its pieces and decoded.
///
/// RFC 2231 pieces are joined in the order of their numbers; mail programs disagree about doubled and missing
/// numbers, so those readings are given too.
///
/// - Returns: every reading, decoded from percent signs (RFC 2231), in no particular order.
func parameterReadings(of attribute: StaticString, in parameters: [RawParameter]) -> [[UInt8]] {
    var readings: [[UInt8]] = []
    var pieces: [Piece] = []
    /// The same in their shortest readings, where quotes and semicolons are broken.
    var shortest: [Piece] = []
    for parameter in parameters where startsWithWord(parameter.attribute, attribute) {
        let suffix = parameter.attribute[attribute.utf8CodeUnitCount...]
        if suffix.isEmpty {
            readings += parameter.values
        } else if suffix.elementsEqual([UInt8(ascii: "*")]) {
            for value in parameter.values { readings += extendedReadings(value) }
        } else if let piece = Piece(suffix: suffix, value: parameter.values.first ?? []) {
            pieces.append(piece)
            shortest.append(Piece(suffix: suffix, value: parameter.values.min { $0.count < $1.count } ?? []) ?? piece)
        }
    }
    if !pieces.isEmpty {
        readings += joinedReadings(pieces)
        if zip(pieces, shortest).contains(where: { $0.value != $1.value }) { readings += joinedReadings(shortest) }
    }
    return readings
}

/// One `filename*3*=…` (RFC 2231, 3 and 4.1).
private struct Piece {
    let number: Int
    let isEncoded: Bool
    let value: [UInt8]

    init?(suffix: ArraySlice<UInt8>, value: [UInt8]) {
        guard suffix.first == UInt8(ascii: "*") else { return nil }
        var digits = suffix.dropFirst()
        isEncoded = digits.last == UInt8(ascii: "*")
        if isEncoded { digits.removeLast() }
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= 0x30 && digit <= 0x39 else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        self.number = number
        self.value = value
    }
}

/// `charset'language'text`, with percent signs.
private func extendedReadings(_ value: [UInt8]) -> [[UInt8]] {
    let quote = UInt8(ascii: "'")
    let percent = UInt8(ascii: "%")
    if let first = value.firstIndex(of: quote), let second = value[(first + 1)...].firstIndex(of: quote) {
        let charset = value[..<first].map(asciiLowercase)
        let text = decodeEscapes(value[(second + 1)...], mark: percent)
        return [decodeCharset(text, named: charset), text, value]
    }
    return [decodeEscapes(value[...], mark: percent), value]
}

private func joinedReadings(_ pieces: [Piece]) -> [[UInt8]] {
    // A stable sort: equal numbers stay in the order of the mail.
    let sorted = pieces.enumerated().sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
        .map(\.element)
    var firsts: [Piece] = []
    var lasts: [Piece] = []
    var unbroken: [Piece] = []
    for piece in sorted {
        if let last = lasts.last, last.number == piece.number {
            lasts[lasts.count - 1] = piece
        } else {
            firsts.append(piece)
            lasts.append(piece)
        }
    }
    for (number, piece) in firsts.enumerated() {
        if piece.number != number { break }
        unbroken.append(piece)
    }
    var readings = join(firsts)
    if sorted.count > firsts.count {
        readings += join(lasts)
        readings += join(sorted)
        readings += join(pieces)
    }
    if unbroken.count < firsts.count, !unbroken.isEmpty { readings += join(unbroken) }
    return readings
}

private func join(_ pieces: [Piece]) -> [[UInt8]] {
    var raw: [UInt8] = []
    var text: [UInt8] = []
    var charset: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
        raw += piece.value
        guard piece.isEncoded else {
            text += piece.value
            continue
        }
        var value = piece.value[...]
        if index == 0, let first = value.firstIndex(of: UInt8(ascii: "'")),
            let second = value[(first + 1)...].firstIndex(of: UInt8(ascii: "'"))
        {
            charset = value[..<first].map(asciiLowercase)
            value = value[(second + 1)...]
        }
        text += decodeEscapes(value, mark: UInt8(ascii: "%"))
    }
    return charset.isEmpty ? [text, raw] : [decodeCharset(text, named: charset), text, raw]
}
