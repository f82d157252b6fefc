/// Decodes RFC 2047 encoded words wherever they stand, also inside quotes, also when they are broken.
///
/// - Returns: the text with its words decoded to UTF-8; nil where it has none.
func decodeEncodedWords(_ text: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    var position = 0
    var hasPending = false
    var pendingCharset: [UInt8] = []
    var pendingBytes: [UInt8] = []
    var foundAny = false
    // Blanks between two encoded words are not shown, so they wait until it is known what follows.
    var blanks: [UInt8] = []

    func flush() {
        if hasPending { output += decodeCharset(pendingBytes, named: pendingCharset) }
        hasPending = false
    }

    while position < text.count {
        if text[position] == UInt8(ascii: "="), position + 1 < text.count, text[position + 1] == UInt8(ascii: "?"),
            let word = EncodedWord(text, at: position)
        {
            foundAny = true
            // A character may be split over two words of one charset, so these are joined before they are decoded.
            if hasPending, pendingCharset == word.charset {
                pendingBytes += word.bytes
            } else {
                flush()
                hasPending = true
                pendingCharset = word.charset
                pendingBytes = word.bytes
            }
            blanks.removeAll()
            position = word.end
        } else if hasPending, isBlankOrControl(text[position]) {
            blanks.append(text[position])
            position += 1
        } else {
            flush()
            output += blanks
            blanks.removeAll()
            output.append(text[position])
            position += 1
        }
    }
    flush()
    return foundAny ? output + blanks : nil
}

/// One `=?charset*language?B?text?=`.
private struct EncodedWord {
    /// Lower case.
    let charset: [UInt8]
    let bytes: [UInt8]
    /// The offset behind it.
    let end: Int

    init?(_ text: [UInt8], at start: Int) {
        let question = UInt8(ascii: "?")
        guard let charsetEnd = text[(start + 2)...].prefix(80).firstIndex(of: question) else { return nil }
        guard charsetEnd + 2 < text.count, text[charsetEnd + 2] == question else { return nil }
        charset = text[(start + 2)..<charsetEnd].prefix { $0 != UInt8(ascii: "*") }.map(asciiLowercase)
        let textStart = charsetEnd + 3
        // In Q a question mark is always encoded, so the word ends at the next one, or at the text's end.
        var textEnd = textStart
        while textEnd < text.count, text[textEnd] != question { textEnd += 1 }
        switch asciiLowercase(text[charsetEnd + 1]) {
        case UInt8(ascii: "b"):
            bytes = decodeBase64(text[textStart..<textEnd])
        case UInt8(ascii: "q"):
            bytes = decodeEscapes(text[textStart..<textEnd], mark: UInt8(ascii: "="), underscoreIsSpace: true)
        default:
            return nil
        }
        end =
            textEnd + 1 < text.count && text[textEnd + 1] == UInt8(ascii: "=")
            ? textEnd + 2 : min(textEnd + 1, text.count)
    }
}

/// Decodes base64, passing over every byte that is none of its alphabet; `=` starts a new group.
func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 4 * 3 + 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
        if byte == UInt8(ascii: "=") {
            bits = 0
            count = 0
            continue
        }
        guard let value = base64Value(byte) else { continue }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return output
}

/// The value of a base64 digit (RFC 4648, 4).
@inline(__always)
func base64Value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}

/// Decodes `%41` or `=41`; a mark without two digits behind it stands for itself.
func decodeEscapes(_ text: ArraySlice<UInt8>, mark: UInt8, underscoreIsSpace: Bool = false) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
        let byte = text[index]
        if byte == mark, index + 2 < text.endIndex, let high = hexValue(text[index + 1]),
            let low = hexValue(text[index + 2])
        {
            output.append(high << 4 | low)
            index += 3
        } else {
            output.append(underscoreIsSpace && byte == UInt8(ascii: "_") ? 0x20 : byte)
            index += 1
        }
    }
    return output
}
