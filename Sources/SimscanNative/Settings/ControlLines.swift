/// One line of a control file: its text, and what is wrong with its bytes.
struct ControlLine {
    /// From 1.
    var number: Int
    /// Without the line end; what is not UTF-8 is repaired, and `fault` says so.
    var text: String
    /// The first byte that cannot stand in a control file.
    var fault: (column: Int, message: String)?
}

/// Cuts a control file into lines.
///
/// Lines end in LF or CR LF, the last one with or without; a byte order mark at the start is skipped. NUL, other
/// control characters than tab, and bytes that are not UTF-8 are faults of their line.
func controlLines(_ bytes: [UInt8]) -> [ControlLine] {
    var rest = bytes[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    var lines: [ControlLine] = []
    while !rest.isEmpty {
        let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
        var line = rest[rest.startIndex..<end]
        rest = rest[end...].dropFirst()
        if line.last == 0x0d { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        var fault: (column: Int, message: String)?
        if let bad = line.firstIndex(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7f }) {
            fault = (bad - line.startIndex + 1, "found control character " + String(line[bad]) + ", allowed: text")
        } else if !text.utf8.elementsEqual(line) {
            let same = zip(text.utf8, line).prefix { $0 == $1 }.count
            fault = (same + 1, "found a byte that is not UTF-8, allowed: UTF-8 text")
        }
        lines.append(ControlLine(number: lines.count + 1, text: text, fault: fault))
    }
    return lines
}
