/// One scan's answer within `IDSESSION`.
package struct ClamdSessionReply: Equatable, Sendable {
    /// Which command of the session it answers, counted from 1.
    package var number: Int
    /// What it says.
    package var verdict: ClamdVerdict

    /// Both by themselves.
    package init(number: Int, verdict: ClamdVerdict) {
        self.number = number
        self.verdict = verdict
    }
}

/// Reads the answers of an `IDSESSION` whose commands are all scans of one kind (`clamd(8)`, IDSESSION).
///
/// Each is a line `NUMBER: ANSWER`, and they come in any order. Whether every command is answered, and once, is for
/// the caller to say, who knows what was sent.
package struct ClamdSessionReplies: Sendable {
    private enum State {
        /// Goes to `failed` and `ended`.
        case reading
        /// Something that is no answer has come: nothing that follows can be trusted. Goes to `ended`.
        case failed(ClamdFailure)
        /// Final.
        case ended
    }

    private let command: ClamdScanCommand
    private var state = State.reading
    /// The line that has begun and not ended: at most ``ClamdLimits/lineBytes``.
    private var line: [UInt8] = []

    /// A session of which no answer has come yet.
    package init(command: ClamdScanCommand) {
        self.command = command
    }

    /// Why no further answers will be read, if so: a line without a number, or beyond ``ClamdLimits/lineBytes``.
    package var failure: ClamdFailure? {
        switch state {
        case .reading, .ended: nil
        case .failed(let failure): failure
        }
    }

    /// More answers have come.
    ///
    /// - Returns: those that are complete, as they came, up to the one that is no answer; see ``failure``.
    package mutating func received(_ bytes: Span<UInt8>) -> [ClamdSessionReply] {
        switch state {
        case .reading:
            var replies: [ClamdSessionReply] = []
            for index in bytes.indices {
                guard bytes[index] == 0 else {
                    guard line.count < ClamdLimits.lineBytes else {
                        state = .failed(.tooLong)
                        return replies
                    }
                    line.append(bytes[index])
                    continue
                }
                guard let reply = reply(in: line[...]) else {
                    state = .failed(.unexpected(text: line))
                    return replies
                }
                replies.append(reply)
                line.removeAll(keepingCapacity: true)
            }
            return replies
        case .failed:
            return []
        case .ended:
            preconditionFailure("bytes after the end")
        }
    }

    /// The connection has ended.
    ///
    /// - Throws: ``ClamdFailure/cutShort`` within a line, or the ``failure`` that came before.
    package mutating func reachedEnd() throws(ClamdFailure) {
        defer { state = .ended }
        switch state {
        case .reading:
            if !line.isEmpty { throw .cutShort }
        case .failed(let failure):
            throw failure
        case .ended:
            preconditionFailure("a second end")
        }
    }

    private func reply(in line: ArraySlice<UInt8>) -> ClamdSessionReply? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let number = decimal(line[..<colon]), number > 0,
            let answer = line[colon...].after(prefix: ": ")
        else { return nil }
        return ClamdSessionReply(number: number, verdict: command.verdict(of: answer))
    }
}
