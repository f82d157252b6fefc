@testable import SimscanNative

/// The value of a Content-Type or Content-Disposition field: where our own reader is trusted alone, or asks GMime for
/// the text of a name alone, GMime reads nothing else in the whole field.
let fieldTarget = FuzzTarget(name: "field") { input, plant in
    // A header field has no line ends when it gets there, and GMime no NUL.
    let value = input.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
    guard StandardField(value) != nil else { return }
    for field in [PartHeader.Field.contentType, .contentDisposition] {
        var header = PartHeader()
        var readings: [[UInt8]] = []
        let isTaken = header.add(
            field, value: value, canParse: { true }, wordedName: { readings.append(gmimeText($0[...])) },
            name: { readings.append($0) })
        require(isTaken, "too many parameters in a field that is standard")
        for reading in readings { plant.step(on: reading) }
        readings += readings.compactMap { decodeEncodedWords($0) }
        readings = readings.map(trimmedName)

        let parsed = GMimeParameters(field: field, value: value)
        for name in parsed.names.map(trimmedName) where !name.isEmpty {
            require(
                readings.contains(name),
                "GMime reads " + shown(name) + ", we " + readings.map(shown).joined(separator: ", "))
        }
        require(header.isMultipart || !parsed.isMultipart, "a multipart for GMime alone")
        require(header.isMessage || !parsed.isMessage, "a message for GMime alone")
        if parsed.isMultipart, let boundary = parsed.boundary, !boundary.isEmpty {
            require(header.boundaries.contains(boundary), "GMime's boundary is " + shown(boundary))
        }
    }
}

/// Blanks at a name's ends are in none of the forms that are held against the rules.
private func trimmedName(_ name: [UInt8]) -> [UInt8] { Array(trimmed(name[...], of: isBlankOrControl)) }

private func shown(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self).debugDescription }
