/// A field's value that is what RFC 2045, 2183, 2231 and 2047 describe, so that `ParameterReader` reads in it
/// whatever GMime does: names in quotes that hold UTF-8 or nothing but encoded words, names with a charset and percent
/// signs, or in pieces that are in order. What is in doubt is not: a comment, a backslash, a parameter twice, a
/// charset that is not UTF-8, ASCII or Latin-1, a boundary that needs decoding.
struct StandardField: Equatable {
    /// Some names are as RFC 2231 has them; otherwise each stands in one parameter, as it is or in encoded words.
    let isExtended: Bool
    /// There is no doubt which names there are, but what they say: encoded words stand beside text, are broken, or
    /// are of another charset. So GMime has to be asked too, for the text of these names alone.
    let isWorded: Bool

    /// - Parameter value: unfolded.
    /// - Returns: nil where it is not of that form.
    init?(_ value: [UInt8]) {
        guard value.count <= Self.maximumBytes, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { return nil }
        var count = 0
        var pieces = NameInPieces()
        var isExtended = false
        var isWorded = false
        let isRead = forEachParameter(of: value, in: .standard) { attribute, parameter in
            count += 1
            guard count <= 16, !stands(attribute, beforeIn: value, .standard) else { return false }
            if let star = attribute.firstIndex(of: UInt8(ascii: "*")) {
                isExtended = true
                let isName = isWord(attribute[..<star], "filename") || isWord(attribute[..<star], "name")
                return isName && pieces.take(attribute[..<star], attribute[star...], parameter)
            }
            guard pieces.end(), !parameter.contains(UInt8(ascii: "'")) || isQuoted(parameter, in: value) else {
                return false
            }
            if isWord(attribute, "boundary") { return parameter.allSatisfy { isInToken($0) || isOddInBoundary($0) } }
            if isStandardText(parameter) || isEncodedWords(parameter) { return true }
            isWorded = true
            return hasEncodedWord(parameter) && isUTF8(parameter)
        }
        guard isRead, pieces.end() else { return nil }
        self.isExtended = isExtended
        self.isWorded = isWorded
    }

    /// Longer ones are somebody's attempt at something.
    private static let maximumBytes = 2048
}

private func isQuoted(_ parameter: ArraySlice<UInt8>, in value: [UInt8]) -> Bool {
    value[parameter.startIndex - 1] == UInt8(ascii: "\"")
}

/// One name in pieces (RFC 2231, 3 and 4), as its parameters come.
private struct NameInPieces {
    private var attribute: ArraySlice<UInt8> = []
    /// Which attributes have had their pieces: programs disagree about who has them twice.
    private var hasHadFileName = false
    private var hasHadName = false
    /// The number that the next piece must have; 0 where none is open.
    private var next = 0
    private var isUTF8 = true
    private var text: [UInt8] = []

    /// - Returns: false where the piece is not the next one, or not as the RFC has it.
    mutating func take(_ attribute: ArraySlice<UInt8>, _ suffix: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool
    {
        var digits = suffix.dropFirst()
        let isWhole = digits.isEmpty
        let isEncoded = isWhole || digits.last == UInt8(ascii: "*")
        if isEncoded, !isWhole { digits.removeLast() }
        if isWhole || digits.elementsEqual("0".utf8) {
            guard end(), isFirstTime(attribute) else { return false }
            self.attribute = attribute
        } else {
            guard next > 0, isWord(attribute, sameAs: self.attribute), digits.elementsEqual(String(next).utf8) else {
                return false
            }
        }
        var value = value
        if isEncoded {
            if next == 0 {
                guard let rest = takeCharset(value) else { return false }
                value = rest
            }
            guard let decoded = decodedEscapes(value) else { return false }
            text += decoded
        } else {
            guard isStandardText(value), !value.contains(UInt8(ascii: "%")) else { return false }
            text += value
        }
        next += 1
        return isWhole ? end() : true
    }

    private mutating func isFirstTime(_ attribute: ArraySlice<UInt8>) -> Bool {
        if isWord(attribute, "filename") {
            defer { hasHadFileName = true }
            return !hasHadFileName
        }
        defer { hasHadName = true }
        return !hasHadName
    }

    /// - Returns: false where the pieces are no text.
    mutating func end() -> Bool {
        defer {
            next = 0
            isUTF8 = true
            text.removeAll(keepingCapacity: true)
        }
        return isUTF8 ? isStandardText(text[...]) : text.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 >= 0xA0 }
    }

    /// Takes `charset'language'`.
    ///
    /// - Returns: what follows; nil where it is not a charset that we read as GMime does.
    private mutating func takeCharset(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let quote = UInt8(ascii: "'")
        guard let first = value.firstIndex(of: quote) else { return nil }
        let rest = value[(first + 1)...]
        guard let second = rest.firstIndex(of: quote), isStandardCharset(value[..<first]) else { return nil }
        isUTF8 = !isWord(value[..<first], "iso-8859-1")
        guard rest[..<second].allSatisfy(isInToken) else { return nil }
        return rest[(second + 1)...]
    }
}

private func isStandardCharset(_ name: ArraySlice<UInt8>) -> Bool {
    isWord(name, "utf-8") || isWord(name, "us-ascii") || isWord(name, "iso-8859-1")
}

/// - Returns: nil where a percent sign has not two digits behind it.
private func decodedEscapes(_ value: ArraySlice<UInt8>) -> [UInt8]? {
    let percent = UInt8(ascii: "%")
    for index in value.indices where value[index] == percent {
        guard index + 2 < value.endIndex, hexValue(value[index + 1]) != nil, hexValue(value[index + 2]) != nil else {
            return nil
        }
    }
    return decodeEscapes(value, mark: percent)
}

/// Takes a quoted string without backslashes, or a token with what RFC 2231 puts into one.
func takeStandardValue(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard rest.first == UInt8(ascii: "\"") else {
        return takeToken(&rest) { byte in
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "'"), UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"),
                UInt8(ascii: "&"), UInt8(ascii: "~"):
                true
            default: isInToken(byte)
            }
        }
    }
    let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard text.endIndex < rest.endIndex, rest[text.endIndex] == UInt8(ascii: "\"") else { return nil }
    rest = rest[(text.endIndex + 1)...]
    return text
}

/// Whether a text is UTF-8 without control characters and without encoded words.
private func isStandardText(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), !hasEncodedWord(text) else { return false }
    return isUTF8(text)
}

/// Whether bytes are UTF-8. `String(validating:as:)` is generic, and makes tables at run time.
func isUTF8(_ text: ArraySlice<UInt8>) -> Bool { (try? UTF8Span(validating: text.span)) != nil }

/// What boundaries have beside the characters of a token (RFC 2046, 5.1.1), without quotes and comments.
private func isOddInBoundary(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ","): true
    default: false
    }
}

/// Whether a text is nothing but encoded words (RFC 2047, 2) with one blank between them, which decode to a text.
///
/// Base64 whose padding is not at the end is not: GMime joins words before it decodes them, and stops there.
private func isEncodedWords(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    while true {
        let isPadded = rest.prefix { $0 != 0x20 && $0 != 0x09 }.suffix(3).elementsEqual("=?=".utf8)
        guard let word = takeEncodedWord(&rest), isStandardText(word[...]) else { return false }
        if rest.isEmpty { return true }
        guard !isPadded, rest.first == 0x20 || rest.first == 0x09 else { return false }
        rest.removeFirst()
    }
}

/// Takes a well-formed encoded word.
///
/// - Returns: what it decodes to.
private func takeEncodedWord(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var after = rest
    guard takePiece(&after)?.elementsEqual("=".utf8) == true, let charset = takePiece(&after),
        isStandardCharset(charset), let encoding = takePiece(&after), let text = takePiece(&after),
        after.first == UInt8(ascii: "=")
    else { return nil }
    if isWord(encoding, "b") {
        let digits = text.prefix { base64Value($0) != nil }
        let padding = text[digits.endIndex...]
        guard text.count % 4 == 0, padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else {
            return nil
        }
    } else {
        let mark = UInt8(ascii: "=")
        guard isWord(encoding, "q"), text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            text.indices.allSatisfy({ index in
                text[index] != mark
                    || index + 2 < text.endIndex && hexValue(text[index + 1]) != nil && hexValue(text[index + 2]) != nil
            })
        else { return nil }
    }
    let word = rest[...after.startIndex]
    rest = after.dropFirst()
    return decodeEncodedWords(Array(word))
}

/// Takes what stands before the next question mark, and the mark; nil where there is none.
private func takePiece(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let mark = rest.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    defer { rest = rest[(mark + 1)...] }
    return rest[..<mark]
}
