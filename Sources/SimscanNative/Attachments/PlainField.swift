/// Whether a field's value is what RFC 2045, 5.1 and RFC 2183, 2 describe, in its simplest form, so that it can be
/// read in one way only: a type, parameters with one value each, printable ASCII, no comment, no backslash, no
/// percent sign, no continuation, no encoded word, no parameter twice.
///
/// - Parameter value: unfolded.
func isPlainField(_ value: [UInt8]) -> Bool {
    var count = 0
    return forEachPlainParameter(value) { attribute, _ in
        count += 1
        // Most fields have one or two parameters.
        return count <= 16 && !stands(attribute, in: value)
    }
}

/// Gives the parameters of a field that `isPlainField`, in their order: an attribute as it is spelt, and its value
/// without quotes.
///
/// - Parameter body: returns whether to go on.
/// - Returns: false where it does not go on, or where the field is not of that form.
@discardableResult
func forEachPlainParameter(
    _ value: [UInt8], _ body: (_ attribute: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool
) -> Bool {
    var rest = trimmed(value[...], of: isBlankOrControl)
    guard takeToken(&rest) != nil else { return false }
    if rest.first == UInt8(ascii: "/") {
        rest.removeFirst()
        guard takeToken(&rest) != nil else { return false }
    }
    while true {
        rest = rest.drop(while: isBlank)
        if rest.isEmpty { return true }
        guard rest.removeFirst() == UInt8(ascii: ";") else { return false }
        rest = rest.drop(while: isBlank)
        // A semicolon at the end is common, and says nothing.
        if rest.isEmpty { return true }
        guard let attribute = takeToken(&rest), rest.first == UInt8(ascii: "=") else { return false }
        rest.removeFirst()
        guard let value = takeQuoted(&rest) ?? takeToken(&rest), body(attribute, value) else { return false }
    }
}

/// Whether a parameter of this name stands before this one.
private func stands(_ attribute: ArraySlice<UInt8>, in value: [UInt8]) -> Bool {
    var isFound = false
    forEachPlainParameter(value) { other, _ in
        guard other.startIndex < attribute.startIndex else { return false }
        isFound = isWord(other, sameAs: attribute)
        return !isFound
    }
    return isFound
}

private func isWord(_ word: ArraySlice<UInt8>, sameAs other: ArraySlice<UInt8>) -> Bool {
    word.count == other.count && word.elementsEqual(other, by: { asciiLowercase($0) == asciiLowercase($1) })
}

/// Takes a token without the characters that some program gives a meaning.
private func takeToken(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let token = rest.prefix { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "+"):
            true
        default: false
        }
    }
    rest = rest.dropFirst(token.count)
    return token.isEmpty ? nil : token
}

/// Takes a quoted string that holds nothing that needs decoding.
///
/// - Returns: what is in the quotes.
private func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    let text = rest.dropFirst().prefix { byte in
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "%")
    }
    guard text.endIndex < rest.endIndex, rest[text.endIndex] == UInt8(ascii: "\"") else { return nil }
    for index in text.indices.dropLast() where text[index] == UInt8(ascii: "=") && text[index + 1] == UInt8(ascii: "?")
    {
        return nil
    }
    rest = rest[(text.endIndex + 1)...]
    return text
}
