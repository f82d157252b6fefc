/// What mail programs and file systems make of one name: every form of it that could be shown or saved.
///
/// - Returns: forms in lower case, without doubles, none empty.
func nameForms(_ name: [UInt8]) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    func add(_ form: some Sequence<UInt8>) {
        let form = savedName(form.map(asciiLowercase)[...])
        if !form.isEmpty, !forms.contains(form) { forms.append(form) }
    }
    add(name)
    if let nul = name.firstIndex(of: 0) { add(name[..<nul]) }
    add(name.filter { $0 >= 0x20 && $0 != 0x7F })
    if name.contains(UInt8(ascii: "%")) { add(decodeEscapes(name[...], mark: UInt8(ascii: "%"))) }
    return forms
}

/// A name as a file system saves it: without blanks and control characters at its ends, and dots at its end.
private func savedName(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var name = name
    while let byte = name.first, isBlankOrControl(byte) { name.removeFirst() }
    while let byte = name.last, isBlankOrControl(byte) || byte == UInt8(ascii: ".") { name.removeLast() }
    return Array(name)
}
