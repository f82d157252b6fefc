/// One line of a control file: its text, and what is wrong with its bytes.
struct ControlLine {
    /// From 1.
    var number: Int
    /// Without the line end; what is not UTF-8 is repaired, and `fault` says so.
    var text: String
    /// The first byte that cannot stand in a control file.
    var fault: (column: Int, message: String)?
}

/// The lines of a control file, one after the other.
///
/// Lines end in LF or CR LF, the last one with or without; a byte order mark at the start is skipped. NUL, other
/// control characters than tab, and bytes that are not UTF-8 are faults of their line.
struct ControlLines: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>
    private var number = 0

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    }

    mutating func next() -> ControlLine? {
        if rest.isEmpty { return nil }
        number += 1
        let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
        var line = rest[rest.startIndex..<end]
        rest = rest[end...].dropFirst()
        if line.last == 0x0d { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        return ControlLine(number: number, text: text, fault: Self.fault(of: line, text))
    }

    private static func fault(of line: ArraySlice<UInt8>, _ text: String) -> (column: Int, message: String)? {
        if let bad = line.firstIndex(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7f }) {
            return (bad - line.startIndex + 1, "found control character " + String(line[bad]) + ", allowed: text")
        }
        if text.utf8.elementsEqual(line) { return nil }
        let same = zip(text.utf8, line).prefix { $0 == $1 }.count
        return (same + 1, "found a byte that is not UTF-8, allowed: UTF-8 text")
    }
}
