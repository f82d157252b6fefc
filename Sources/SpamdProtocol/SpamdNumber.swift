/// A score as servers write it, in a locale of its own.
///
/// Taken are `5`, `5.0`, `.5`, `5.`, `1e3`, each with a sign or without, and `inf` in any case, as Perl prints it.
/// Not taken is what other parsers take besides: `nan`, `infinity`, hexadecimal, blanks, a comma.
///
/// - Returns: nil where the text is no such number; infinity also for one that a Double does not hold.
func spamdNumber(_ text: ArraySlice<UInt8>) -> Double? {
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    if rest.isEqualIgnoringCase("inf") { return isNegative ? -.infinity : .infinity }

    let whole = rest.prefix(while: isDigit)
    rest = rest[whole.endIndex...]
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
        fraction = rest.dropFirst().prefix(while: isDigit)
        rest = rest[fraction.endIndex...]
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    if rest.isEmpty, whole.count + fraction.count <= exactDigits {
        // Both are exact, so that their quotient is rounded once, as strtod(3) does it; that one reads a locale first.
        var digits = 0.0
        var scale = 1.0
        for digit in whole { digits = digits * 10 + Double(digit - UInt8(ascii: "0")) }
        for digit in fraction {
            digits = digits * 10 + Double(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        return isNegative ? -digits / scale : digits / scale
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let exponent = rest.prefix(while: isDigit)
        guard !exponent.isEmpty else { return nil }
        rest = rest[exponent.endIndex...]
    }
    guard rest.isEmpty else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
}

/// So many decimal digits are a whole number that a Double holds.
private let exactDigits = 15
