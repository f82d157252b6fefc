/// A peer's bytes for a log line: printable ASCII as it is, anything else as `?`, cut at ``ClamdLimits/logTextBytes``.
func logText(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(ClamdLimits.logTextBytes).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self) + (bytes.count > shown.count ? "..." : "")
}

extension ArraySlice<UInt8> {
    /// Without the blanks at its end, a carriage return among them.
    var withoutTrailingBlanks: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !isBlank($0) }) else { return [] }
        return self[startIndex...last]
    }

    /// What stands before `word`, blanks and all, where the slice's last word is just that.
    func before(lastWord word: String) -> ArraySlice<UInt8>? {
        let text = withoutTrailingBlanks
        guard text.suffix(word.utf8.count).isExactly(word) else { return nil }
        let rest = text.dropLast(word.utf8.count)
        guard let last = rest.last else { return rest }
        return isBlank(last) ? rest : nil
    }

    /// Whether these are just the bytes of `text`.
    func isExactly(_ text: String) -> Bool {
        elementsEqual(text.utf8)
    }

    /// What follows `prefix`, where the slice begins with that.
    func after(prefix: String) -> ArraySlice<UInt8>? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}
