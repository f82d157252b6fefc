/// What mail programs and file systems make of one name: every form of it that could be shown or saved.
///
/// - Parameter canFold: asked before GLib is, which knows the characters that we do not.
/// - Returns: forms in lower case, without doubles, none empty.
func nameForms(_ name: [UInt8], canFold: () -> Bool = { true }) -> [[UInt8]] {
    if let form = plainForm(name) { return form.isEmpty ? [] : [form] }
    var forms = NameForms()
    forms.add(name, canFold)
    if name.contains(UInt8(ascii: "%")) {
        let decoded = decodeEscapes(name[...], mark: UInt8(ascii: "%"))
        if decoded != name {
            forms.add(decoded, canFold)
            forms.add(decodeEscapes(decoded[...], mark: UInt8(ascii: "%")), canFold)
        }
    }
    return forms.forms
}

/// The one form that a plain name has, which may be empty; nil where the name is not plain.
func plainForm(_ name: [UInt8]) -> [UInt8]? {
    isPlainName(name) ? savedName(name.map(asciiLowercase)[...]) : nil
}

/// Whether a name has one spelling and one form alone, which is itself, as most names do: no question mark, so no
/// encoded word.
func isPlainName(_ name: [UInt8]) -> Bool { name.count < NameForms.fileSystemLimit && name.allSatisfy(isPlain) }

/// A byte that every mail program and file system leaves as it is.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x7E:
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: ":"), UInt8(ascii: "\""),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "?"), UInt8(ascii: "*"):
            false
        default: true
        }
    case 0x20: true
    default: false
    }
}

private struct NameForms {
    /// The longest name that file systems take, in bytes; some programs cut a name there.
    static let fileSystemLimit = 255

    private(set) var forms: [[UInt8]] = []

    mutating func add(_ name: [UInt8], _ canFold: () -> Bool) {
        addPaths(name)
        if let nul = name.firstIndex(of: 0) { addPaths(Array(name[..<nul])) }
        guard name.contains(where: { $0 >= 0x80 || isBlankOrControl($0) }) else { return }
        if let text = compatibleText(name, canFold: canFold) {
            addPaths(text)
            if let nul = text.firstIndex(of: 0) { addPaths(Array(text[..<nul])) }
        } else {
            // Raw bytes of some charset that nobody named.
            for charset in ["gbk", "shift_jis", "big5", "utf-16le"] {
                addPaths(decodeCharset(name, named: Array(charset.utf8)))
            }
            addPaths(name.filter { $0 >= 0x20 && $0 < 0x7F })
        }
    }

    /// The name, its last path component, and each without what a file system does not keep.
    private mutating func addPaths(_ name: [UInt8]) {
        let name = name.map(asciiLowercase)
        addSaved(name[...])
        // Most have no path, and nothing that a file system refuses.
        if name.allSatisfy({ !isRefusedByWindows($0) && $0 != 0x7F && !isSeparator($0) }) { return }
        addSaved(name.filter { $0 >= 0x20 && $0 != 0x7F }[...])
        var rest = name[...]
        while !rest.isEmpty {
            let separator = rest.lastIndex(where: isSeparator)
            let saved = savedName(separator.map { rest[($0 + 1)...] } ?? rest)
            rest = separator.map { rest[..<$0] } ?? []
            if saved.isEmpty { continue }
            addSaved(saved[...])
            // Windows: a stream of the file, or its type, behind a colon.
            for (index, byte) in saved.enumerated() where byte == UInt8(ascii: ":") { addSaved(saved[..<index]) }
            addSaved(saved.filter { !isRefusedByWindows($0) }[...])
            break
        }
    }

    private mutating func addSaved(_ name: ArraySlice<UInt8>) {
        let form = savedName(name)
        append(form)
        if form.count > Self.fileSystemLimit { append(savedName(form[..<Self.fileSystemLimit])) }
    }

    private mutating func append(_ form: [UInt8]) {
        if !form.isEmpty, !forms.contains(form) { forms.append(form) }
    }

    private func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }

    private func isRefusedByWindows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "|"),
            UInt8(ascii: "?"), UInt8(ascii: "*"):
            true
        default: byte < 0x20
        }
    }
}

/// A name as a file system saves it: without blanks and control characters at its ends, and dots at its end.
private func savedName(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var name = name
    while let byte = name.first, isBlankOrControl(byte) || byte == UInt8(ascii: "\"") { name.removeFirst() }
    while let byte = name.last, isBlankOrControl(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\"") {
        name.removeLast()
    }
    return Array(name)
}
