/// A peer's bytes for a log line: printable ASCII as it is, anything else as `?`, cut at ``SpamdLimits/logTextBytes``.
func logText(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(SpamdLimits.logTextBytes).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self) + (bytes.count > shown.count ? "..." : "")
}

/// A control byte of ASCII, the tab among them.
func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F
}

/// A blank within a line. A carriage return is one: it stands at the end of a line, or of a folded one.
func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}

func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

extension ArraySlice<UInt8> {
    /// Without the blanks at both ends.
    var trimmed: ArraySlice<UInt8> {
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return []
        }
        return self[first...last]
    }

    /// Whether these are the bytes of `text`, which is in lower case, in any case.
    func isEqualIgnoringCase(_ text: String) -> Bool {
        lazy.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(text.utf8)
    }

    /// What follows `prefix`, where the slice begins with that.
    func after(prefix: String) -> ArraySlice<UInt8>? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }

    /// Takes the next word, and the blanks ahead of it and the one behind; empty where no word is left.
    ///
    /// A list of all words would be an array whose metadata is made at run time.
    mutating func takeWord() -> ArraySlice<UInt8> {
        self = drop(while: isBlank)
        let word = prefix { !isBlank($0) }
        self = self[word.endIndex...].dropFirst()
        return word
    }
}
