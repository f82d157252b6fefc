/// Whether a field's value is what RFC 2045, 5.1 and RFC 2183, 2 describe, in its simplest form, so that it can be
/// read in one way only: a type, parameters with one value each, printable ASCII, no comment, no backslash, no
/// percent sign, no continuation, no encoded word, no parameter twice.
///
/// - Parameter value: unfolded.
func isPlainField(_ value: [UInt8]) -> Bool {
    var count = 0
    return forEachParameter(of: value, in: .plain) { attribute, _ in
        count += 1
        // Most fields have one or two parameters.
        return count <= 16 && !stands(attribute, beforeIn: value, .plain)
    }
}

/// What stands in the parameters of a field.
enum FieldGrammar {
    /// As in a field that `isPlainField`.
    case plain
    /// As in a `StandardField`.
    case standard
}

/// Gives the parameters of a field, in their order: an attribute as it is spelt, and its value without quotes.
///
/// - Parameter body: returns whether to go on.
/// - Returns: false where it does not go on, or where the field is not of that grammar.
@discardableResult
func forEachParameter(
    of value: [UInt8], in grammar: FieldGrammar,
    _ body: (_ attribute: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool
) -> Bool {
    var rest = trimmed(value[...], of: isBlankOrControl)
    guard takeToken(&rest, of: isInToken) != nil else { return false }
    if rest.first == UInt8(ascii: "/") {
        rest.removeFirst()
        guard takeToken(&rest, of: isInToken) != nil else { return false }
    }
    while true {
        rest = rest.drop(while: isBlank)
        if rest.isEmpty { return true }
        guard rest.removeFirst() == UInt8(ascii: ";") else { return false }
        rest = rest.drop(while: isBlank)
        // A semicolon at the end is common, and says nothing.
        if rest.isEmpty { return true }
        guard let attribute = takeAttribute(&rest, grammar), rest.first == UInt8(ascii: "=") else { return false }
        rest.removeFirst()
        guard let value = takeValue(&rest, grammar), body(attribute, value) else { return false }
    }
}

private func takeAttribute(_ rest: inout ArraySlice<UInt8>, _ grammar: FieldGrammar) -> ArraySlice<UInt8>? {
    switch grammar {
    case .plain: takeToken(&rest, of: isInToken)
    case .standard: takeToken(&rest) { isInToken($0) || $0 == UInt8(ascii: "*") }
    }
}

private func takeValue(_ rest: inout ArraySlice<UInt8>, _ grammar: FieldGrammar) -> ArraySlice<UInt8>? {
    switch grammar {
    case .plain: takeQuoted(&rest) ?? takeToken(&rest, of: isInToken)
    case .standard: takeStandardValue(&rest)
    }
}

/// Whether a parameter of this name stands before this one.
func stands(_ attribute: ArraySlice<UInt8>, beforeIn value: [UInt8], _ grammar: FieldGrammar) -> Bool {
    var isFound = false
    forEachParameter(of: value, in: grammar) { other, _ in
        guard other.startIndex < attribute.startIndex else { return false }
        isFound = isWord(other, sameAs: attribute)
        return !isFound
    }
    return isFound
}

func isWord(_ word: ArraySlice<UInt8>, sameAs other: ArraySlice<UInt8>) -> Bool {
    word.count == other.count && word.elementsEqual(other, by: { asciiLowercase($0) == asciiLowercase($1) })
}

/// A byte of a token that no program gives a meaning.
func isInToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "+"):
        true
    default: false
    }
}

/// Takes bytes of one kind; nil where there is none.
func takeToken(_ rest: inout ArraySlice<UInt8>, of isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8>? {
    let token = rest.prefix(while: isWanted)
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
    if hasEncodedWord(text) { return nil }
    rest = rest[(text.endIndex + 1)...]
    return text
}

/// Whether an encoded word may begin anywhere in a text.
func hasEncodedWord(_ text: ArraySlice<UInt8>) -> Bool {
    text.indices.dropLast().contains { text[$0] == UInt8(ascii: "=") && text[$0 + 1] == UInt8(ascii: "?") }
}
