/// A response that is complete.
package struct SpamdResponse: Equatable, Sendable {
    /// What the `Spam:` line says; nil only for `PING` and where a message was returned without that line.
    package var verdict: SpamdVerdict?
    /// The body's length.
    package var bodyBytes: Int64

    /// Both by themselves.
    package init(verdict: SpamdVerdict?, bodyBytes: Int64) {
        self.verdict = verdict
        self.bodyBytes = bodyBytes
    }
}

/// Reads a response of SPAMD/1.x as it comes and says which bytes of it are the body, without holding them.
///
/// Lines may end in a bare LF as well: that changes no meaning, and spamc takes it too.
package struct SpamdResponseParser: Sendable {
    private enum State {
        /// The first line. Goes to `header`, `failed`.
        case statusLine
        /// The lines up to the empty one. Goes to `body`, `failed`, and `ended` for `PING`.
        case header
        /// All the rest. Goes to `failed`, `ended`.
        case body
        /// Final: every event throws this.
        case failed(SpamdFailure)
        /// Final.
        case ended
    }

    private let method: SpamdMethod
    private let maximumBodyBytes: Int64
    private var state = State.statusLine
    /// The line that has begun and not ended.
    private var line: [UInt8] = []
    private var headBytes = 0
    private var head = SpamdHead()
    /// How many bytes of the body have come.
    package private(set) var bodyBytes: Int64 = 0

    /// The response to a request of this method, of which nothing has come yet.
    ///
    /// - Parameter maximumBodyBytes: the largest announced length that is believed.
    package init(method: SpamdMethod, maximumBodyBytes: Int64 = SpamdLimits.contentLength) {
        self.method = method
        self.maximumBodyBytes = min(maximumBodyBytes, SpamdLimits.contentLength)
    }

    /// What the `Spam:` line says, as soon as the header is complete; nil before, and where there is none.
    ///
    /// The verdict stands then, but a returned message does not before ``reachedEnd()``.
    package var verdict: SpamdVerdict? {
        switch state {
        case .body, .ended: head.verdict
        case .statusLine, .header, .failed: nil
        }
    }

    /// The body's announced length in bytes, as soon as the header is complete; nil before, and where there is none.
    package var contentLength: Int64? {
        switch state {
        case .body, .ended: head.contentLength
        case .statusLine, .header, .failed: nil
        }
    }

    /// More of the response has come.
    ///
    /// - Parameter bytes: all that came, in any portions.
    /// - Returns: which of them are body; they always reach to the end of `bytes`.
    /// - Throws: ``SpamdFailure`` as soon as the response is none, and the same one from then on.
    package mutating func received(_ bytes: Span<UInt8>) throws(SpamdFailure) -> Range<Int> {
        // Of no bytes too, so that a failure cannot be overlooked.
        if case .failed(let failure) = state { throw failure }
        for index in bytes.indices {
            switch state {
            case .statusLine:
                guard let complete = try take(bytes[index], .statusLine, SpamdLimits.statusLineBytes) else { continue }
                do throws(SpamdFailure) {
                    try SpamdHead.takeStatus(complete, of: method)
                } catch {
                    throw fail(error)
                }
                state = .header
            case .header:
                guard let complete = try take(bytes[index], .headerLine, SpamdLimits.headerLineBytes) else { continue }
                do throws(SpamdFailure) {
                    if complete.isEmpty {
                        try head.checkComplete(for: method)
                        state = .body
                    } else {
                        try head.takeField(complete, maximumLength: maximumBodyBytes)
                    }
                } catch {
                    throw fail(error)
                }
            case .body:
                try countBody(Int64(bytes.count - index))
                return index..<bytes.count
            case .failed(let failure):
                throw failure
            case .ended:
                preconditionFailure("bytes after the end")
            }
        }
        return bytes.count..<bytes.count
    }

    /// The connection has ended.
    ///
    /// - Throws: ``SpamdFailure`` where the response is not complete, or had failed before.
    package mutating func reachedEnd() throws(SpamdFailure) -> SpamdResponse {
        switch state {
        case .statusLine:
            throw fail(headBytes == 0 ? .closedWithoutAnswer : .cutShort)
        case .header:
            // PONG is a status line and nothing else.
            guard case .ping = method, line.isEmpty else { throw fail(.cutShort) }
        case .body:
            if let announced = head.contentLength, bodyBytes < announced {
                throw fail(.bodyTooShort(announced: announced, received: bodyBytes))
            }
        case .failed(let failure):
            throw failure
        case .ended:
            preconditionFailure("a second end")
        }
        state = .ended
        return SpamdResponse(verdict: head.verdict, bodyBytes: bodyBytes)
    }

    /// Takes one byte of a line; returns the line without its end where that was the last.
    private mutating func take(
        _ byte: UInt8, _ part: SpamdPart, _ maximumBytes: Int
    ) throws(SpamdFailure) -> [UInt8]? {
        headBytes += 1
        guard headBytes <= SpamdLimits.headBytes else { throw fail(.tooLong(.head)) }
        guard byte == UInt8(ascii: "\n") else {
            // A carriage return may follow a line of just the limit; anything behind it is one byte too many.
            guard line.count < maximumBytes || (line.count == maximumBytes && byte == UInt8(ascii: "\r")) else {
                throw fail(.tooLong(part))
            }
            line.append(byte)
            return nil
        }
        defer { line.removeAll(keepingCapacity: true) }
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private mutating func countBody(_ count: Int64) throws(SpamdFailure) {
        bodyBytes += count
        if let announced = head.contentLength, bodyBytes > announced {
            throw fail(.bodyTooLong(announced: announced))
        }
        if !method.returnsMessage, bodyBytes > SpamdLimits.reportBytes { throw fail(.tooLong(.report)) }
    }

    private mutating func fail(_ failure: SpamdFailure) -> SpamdFailure {
        state = .failed(failure)
        return failure
    }
}
