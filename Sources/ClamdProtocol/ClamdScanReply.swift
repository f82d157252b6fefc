/// Reads clamd's answer to one scan, to the end of the connection (`clamd(8)`, INSTREAM and FILDES).
///
/// One line is usual. Any line whose last word is FOUND is an infection, whatever else there is; else the answer is
/// clean only where every line is exactly the known one and ended by a NUL.
package struct ClamdScanReply: Sendable {
    private enum State {
        /// No infection in the complete lines, of which there may be none: `worst` is the worst verdict of them.
        /// Goes to `decided` and `ended`.
        case reading(worst: ClamdVerdict?)
        /// Nothing that follows counts. Goes to `ended`.
        case decided(ClamdVerdict)
        /// Final.
        case ended
    }

    private let command: ClamdScanCommand
    private var state = State.reading(worst: nil)
    /// The line that has begun and not ended: at most ``ClamdLimits/lineBytes``.
    private var line: [UInt8] = []
    /// How many bytes have come.
    private var replyBytes = 0

    /// An answer of which nothing has come yet.
    package init(command: ClamdScanCommand) {
        self.command = command
    }

    /// More of the answer has come.
    ///
    /// - Parameter bytes: all that came, in any portions.
    /// - Returns: the verdict as soon as nothing that follows can change it, and the same one from then on:
    ///   a complete line that ends in FOUND, or an answer beyond ``ClamdLimits``.
    package mutating func received(_ bytes: Span<UInt8>) -> ClamdVerdict? {
        switch state {
        case .reading(var worst):
            for index in bytes.indices {
                if let verdict = take(bytes[index], worst: &worst) {
                    state = .decided(verdict)
                    return verdict
                }
            }
            state = .reading(worst: worst)
            return nil
        case .decided(let verdict):
            return verdict
        case .ended:
            preconditionFailure("bytes after the end")
        }
    }

    /// The connection has ended.
    package mutating func reachedEnd() -> ClamdVerdict {
        switch state {
        case .reading(let worst):
            state = .ended
            guard !line.isEmpty else { return worst ?? .failed(.closedWithoutAnswer) }
            // clamd ends its lines, so this one was cut. What it had said of a virus stands nevertheless.
            let cut = command.verdict(of: line[...])
            if case .infected = cut { return cut }
            return Self.worse(worst, .failed(.cutShort))
        case .decided(let verdict):
            state = .ended
            return verdict
        case .ended:
            preconditionFailure("a second end")
        }
    }

    /// Takes one byte; returns a verdict that is final.
    private mutating func take(_ byte: UInt8, worst: inout ClamdVerdict?) -> ClamdVerdict? {
        replyBytes += 1
        guard replyBytes <= ClamdLimits.replyBytes else { return .failed(.tooLong) }
        // The newline ends a line too, lest an infection hide before one; but our commands ask for NULs, so what a
        // newline ends is not the known answer and never clean.
        guard byte == 0 || byte == UInt8(ascii: "\n") else {
            guard line.count < ClamdLimits.lineBytes else { return .failed(.tooLong) }
            line.append(byte)
            return nil
        }
        var verdict = command.verdict(of: line[...])
        if case .infected = verdict { return verdict }
        if verdict == .clean, byte != 0 { verdict = .failed(.unexpected(text: line)) }
        worst = Self.worse(worst, verdict)
        line.removeAll(keepingCapacity: true)
        return nil
    }

    /// The one that weighs more; of two failures the first.
    private static func worse(_ earlier: ClamdVerdict?, _ later: ClamdVerdict) -> ClamdVerdict {
        guard let earlier else { return later }
        return weight(later) > weight(earlier) ? later : earlier
    }

    private static func weight(_ verdict: ClamdVerdict) -> Int {
        switch verdict {
        case .clean: 0
        case .sizeLimitExceeded: 1
        case .failed: 2
        case .infected: 3
        }
    }
}
