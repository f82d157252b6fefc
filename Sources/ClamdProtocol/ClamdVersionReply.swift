/// Reads clamd's answer to `VERSION`: one line, `ClamAV ENGINE/DATABASE/DATE`, which ``ClamdVersion`` takes apart.
package struct ClamdVersionReply: Sendable {
    private var reader = ClamdLineReader()

    /// An answer of which nothing has come yet.
    package init() {}

    /// More of the answer has come.
    ///
    /// - Returns: whether nothing that follows counts.
    @discardableResult
    package mutating func received(_ bytes: Span<UInt8>) -> Bool {
        reader.received(bytes)
    }

    /// The connection has ended, or there is no need to read on.
    ///
    /// - Returns: the line without its end.
    /// - Throws: ``ClamdFailure`` for any answer that does not begin with `ClamAV `.
    package mutating func reachedEnd() throws(ClamdFailure) -> [UInt8] {
        let line = try reader.reachedEnd()
        guard line[...].after(prefix: "ClamAV ") != nil else { throw .unexpected(text: line) }
        return line
    }
}

/// Reads one line that ends in NUL; what follows it is not looked at.
struct ClamdLineReader {
    private enum State {
        /// The line has not ended. Goes to `complete`, `tooLong` and `ended`.
        case reading
        /// The line is there. Goes to `ended`.
        case complete
        /// The line was longer than ``ClamdLimits/lineBytes``. Goes to `ended`.
        case tooLong
        /// Final.
        case ended
    }

    private var state = State.reading
    private var line: [UInt8] = []

    /// Returns whether nothing that follows counts.
    mutating func received(_ bytes: Span<UInt8>) -> Bool {
        switch state {
        case .reading:
            for index in bytes.indices {
                guard bytes[index] != 0 else {
                    state = .complete
                    return true
                }
                guard line.count < ClamdLimits.lineBytes else {
                    state = .tooLong
                    return true
                }
                line.append(bytes[index])
            }
            return false
        case .complete, .tooLong:
            return true
        case .ended:
            preconditionFailure("bytes after the end")
        }
    }

    /// Returns the line; throws for one that is cut, too long or empty, and for clamd's own errors.
    mutating func reachedEnd() throws(ClamdFailure) -> [UInt8] {
        defer { state = .ended }
        switch state {
        case .reading:
            throw line.isEmpty ? .closedWithoutAnswer : .cutShort
        case .complete:
            if line[...].isExactly("COMMAND UNAVAILABLE") { throw .unavailable }
            if line[...].before(lastWord: "ERROR") != nil { throw .error(text: line) }
            return line
        case .tooLong:
            throw .tooLong
        case .ended:
            preconditionFailure("a second end")
        }
    }
}
