/// Whether a field's value is what RFC 2045, 5.1 and RFC 2183, 2 describe, in its simplest form, so that it can be
/// read in one way only: a type, parameters with one value each, printable ASCII, no comment, no backslash, no
/// percent sign, no continuation, no encoded word, no parameter twice.
///
/// - Parameter value: unfolded.
func isPlainField(_ value: [UInt8]) -> Bool {
    // Most fields have one or two parameters.
    var attributes: [ArraySlice<UInt8>] = []
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
        guard let attribute = takeToken(&rest), rest.first == UInt8(ascii: "="), attributes.count < 16,
            !attributes.contains(where: {
                $0.elementsEqual(attribute, by: { asciiLowercase($0) == asciiLowercase($1) })
            })
        else { return false }
        attributes.append(attribute)
        rest.removeFirst()
        guard takeQuoted(&rest) || takeToken(&rest) != nil else { return false }
    }
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
private func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == UInt8(ascii: "\"") else { return false }
    let text = rest.dropFirst().prefix { byte in
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "%")
    }
    guard text.endIndex < rest.endIndex, rest[text.endIndex] == UInt8(ascii: "\"") else { return false }
    for index in text.indices.dropLast() where text[index] == UInt8(ascii: "=") && text[index + 1] == UInt8(ascii: "?")
    {
        return false
    }
    rest = rest[(text.endIndex + 1)...]
    return true
}
