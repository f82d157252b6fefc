/// One `name = value` of `simscan.conf(5)`, as it stands there.
struct SettingsEntry: Equatable {
    var name: String
    var value: String
    /// From 1.
    var line: Int
    /// Where the name and the value begin, from 1, in bytes; for an empty value the place after `=`.
    var nameColumn: Int
    var valueColumn: Int
}

/// Reads the grammar of `simscan.conf(5)`: one `name = value` a line, blank lines, comments.
///
/// A comment begins with `#` at the start of a line or behind a blank, and runs to the line's end. Pure: what cannot
/// be read becomes a diagnostic, and reading goes on in the next line.
func parseSettingsFile(_ bytes: [UInt8], file: String) -> (entries: [SettingsEntry], diagnostics: [Diagnostic]) {
    var entries: [SettingsEntry] = []
    var diagnostics: [Diagnostic] = []
    for line in ControlLines(bytes) {
        let content = withoutComment(Array(line.text.utf8))
        guard let first = content.firstIndex(where: { !isBlank($0) }) else { continue }
        if let fault = line.fault, fault.column <= content.count {
            diagnostics.append(
                Diagnostic(.error, file: file, line: line.number, column: fault.column, fault.message))
            continue
        }
        guard let equals = content.firstIndex(of: UInt8(ascii: "=")), equals > first else {
            let message = "found " + quoted(text(content[first...])) + ", allowed: name = value, or a # comment"
            diagnostics.append(Diagnostic(.error, file: file, line: line.number, column: first + 1, message))
            continue
        }
        let behind = content[(equals + 1)...]
        let value = behind.firstIndex { !isBlank($0) }
        entries.append(
            SettingsEntry(
                name: text(content[first..<equals]),
                value: text(behind),
                line: line.number,
                nameColumn: first + 1,
                valueColumn: (value ?? equals + 1) + 1))
    }
    return (entries, diagnostics)
}

/// Up to the first `#` that begins the line or stands behind a blank.
private func withoutComment(_ line: [UInt8]) -> ArraySlice<UInt8> {
    for (index, byte) in line.enumerated()
    where byte == UInt8(ascii: "#") && (index == 0 || isBlank(line[index - 1])) {
        return line[..<index]
    }
    return line[...]
}

/// Without the blanks at both ends.
private func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: trimmed(bytes, of: isBlank), as: UTF8.self)
}
