/// Reads the answer to one path: one line, ended by a newline, a NUL or the connection's end, since servers differ.
package struct TrophieReply: Sendable {
    /// The longest line that is taken, in bytes, without its end: far more than a name and few enough to hold.
    package static let maximumLineBytes = 4_096

    private enum State {
        /// The line has not ended. Goes to `decided` and `ended`.
        case reading
        /// The line has ended, or is too long: nothing that follows counts. Goes to `ended`.
        case decided(TrophieVerdict)
        /// Final.
        case ended
    }

    private var state = State.reading
    private var line: [UInt8] = []

    /// An answer of which nothing has come yet.
    package init() {}

    /// More of the answer has come.
    ///
    /// - Returns: the verdict once the line has ended, and the same one from then on; what follows the line is not
    ///   looked at.
    package mutating func received(_ bytes: Span<UInt8>) -> TrophieVerdict? {
        switch state {
        case .reading:
            for index in bytes.indices {
                guard let verdict = take(bytes[index]) else { continue }
                state = .decided(verdict)
                return verdict
            }
            return nil
        case .decided(let verdict):
            return verdict
        case .ended:
            preconditionFailure("bytes after the end")
        }
    }

    /// The connection has ended in order, which ends the line too; one that broke off has no verdict to ask for.
    package mutating func reachedEnd() -> TrophieVerdict {
        defer { state = .ended }
        switch state {
        case .reading:
            return line.isEmpty ? .failed(.closedWithoutAnswer) : verdict()
        case .decided(let verdict):
            return verdict
        case .ended:
            preconditionFailure("a second end")
        }
    }

    /// Takes one byte; returns the verdict where the line is over.
    private mutating func take(_ byte: UInt8) -> TrophieVerdict? {
        if byte == 0 || byte == UInt8(ascii: "\n") { return verdict() }
        guard line.count < Self.maximumLineBytes else { return .failed(.tooLong) }
        line.append(byte)
        return nil
    }

    /// What the whole line says: a number, and behind a colon a text. Only the exact known forms count.
    private func verdict() -> TrophieVerdict {
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let number = line[..<(colon ?? line.endIndex)]
        if number.elementsEqual("0".utf8) { return .clean }
        if number.elementsEqual("1".utf8) {
            let name = withoutTrailingBlanks(colon.map { line[($0 + 1)...] } ?? [])
            return .infected(name: name.isEmpty ? TrophieVerdict.unnamed : Array(name))
        }
        if number.elementsEqual("-1".utf8) || number.elementsEqual("-2".utf8) {
            return .failed(.error(text: line))
        }
        return .failed(.unexpected(text: line))
    }
}

/// Without the blanks at the end, a carriage return among them.
private func withoutTrailingBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let last = text.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
    return last.map { text[...$0] } ?? []
}
