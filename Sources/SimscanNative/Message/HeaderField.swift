internal import Glibc

extension SpooledMessage {
    /// How far a field is looked for: it is for the log, and no message is better checked for it.
    private static let headerWindow = 65_536

    /// The first field of this name in the message's own header, unfolded, without the blanks around it
    /// (RFC 5322, section 2.2); nil where the first 64 kB have none.
    ///
    /// - Parameter name: in lower case, with its colon.
    package func headerField(_ name: StaticString) -> [UInt8]? {
        var blocks = MessageBlocks(self, blockBytes: Self.headerWindow)
        // For the log a header that cannot be read is one without the field.
        guard size > 0, let window = try? blocks.block(at: start) else { return nil }
        var value: [UInt8]?
        var position = 0
        while position < window.count {
            let length = lineLength(window, at: position)
            let line = UnsafeRawBufferPointer(rebasing: window[position..<position + length])
            let isContinuation = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
            if value != nil {
                guard isContinuation else { break }
                value?.append(contentsOf: line)
            } else if line.isEmpty || (line.count == 1 && line[0] == UInt8(ascii: "\r")) {
                break
            } else if hasName(name, line) {
                value = Array(line.dropFirst(name.utf8CodeUnitCount))
            }
            position += length + 1
        }
        return value.map(trimmed)
    }

    private func lineLength(_ window: UnsafeRawBufferPointer, at position: Int) -> Int {
        guard let base = window.baseAddress else { return 0 }
        let newline = memchr(base + position, CInt(UInt8(ascii: "\n")), window.count - position)
        return newline.map { UnsafeRawPointer($0) - base - position } ?? window.count - position
    }

    private func hasName(_ name: StaticString, _ line: UnsafeRawBufferPointer) -> Bool {
        guard line.count >= name.utf8CodeUnitCount, let base = line.baseAddress else { return false }
        return strncasecmp(base.assumingMemoryBound(to: CChar.self), name.utf8Start, name.utf8CodeUnitCount) == 0
    }

    /// Without the blanks around it and the carriage returns of folded lines.
    private func trimmed(_ value: [UInt8]) -> [UInt8] {
        let text = value.filter { $0 != UInt8(ascii: "\r") }
        return Array(SimscanNative.trimmed(text[...], of: isBlank))
    }
}
