/// Reads the verdict from the header of a message that spamd returned, for servers that send no `Spam:` line.
///
/// Only the header is read, to the empty line or to a line that is no field, and of each field only the first: what
/// a sender wrote into the body is never believed. Memory is bounded whatever the lines' length.
package struct RewrittenHeaderReader: Sendable {
    private enum State {
        /// At the first byte of a line, which tells whether the line before goes on. Goes to `name`, `value`.
        case lineStart
        /// In a field's name. Goes to `value`, `finished`.
        case name
        /// In a field's value, or in the line that continues it. Goes to `lineStart`.
        case value
        /// The header is over.
        case finished
    }

    private enum Field {
        case flag
        case status
        /// Any other: passed over.
        case other
    }

    /// What one of the two fields says.
    private enum Finding<Value: Sendable>: Sendable {
        case absent
        case unreadable
        case found(Value)
    }

    private var state = State.lineStart
    private var field = Field.other
    /// The field's name, or its value: at most ``SpamdLimits/fieldValueBytes``.
    private var held: [UInt8] = []
    private var isCut = false
    private var flag = Finding<Bool>.absent
    private var status = Finding<SpamdVerdict>.absent

    /// A message of which nothing has come yet.
    package init() {}

    /// Whether the header is over, so that nothing that follows counts.
    package var isFinished: Bool {
        switch state {
        case .lineStart, .name, .value: false
        case .finished: true
        }
    }

    /// What the header says; nil before it is over, where it says nothing, and where what it says cannot be read or
    /// contradicts itself.
    ///
    /// A header with `X-Spam-Flag` alone has no score: it is 0 then, and so is the threshold; ``hasScore`` tells.
    package var verdict: SpamdVerdict? {
        guard isFinished else { return nil }
        switch (flag, status) {
        case (.unreadable, _), (_, .unreadable), (.absent, .absent):
            return nil
        case (.found(let isSpam), .absent):
            return SpamdVerdict(isSpam: isSpam, score: 0, threshold: 0)
        case (.absent, .found(let verdict)):
            return verdict
        case (.found(let isSpam), .found(let verdict)):
            return verdict.isSpam == isSpam ? verdict : nil
        }
    }

    /// Whether the verdict's score is one that the server gave.
    package var hasScore: Bool {
        switch status {
        case .found: verdict != nil
        case .absent, .unreadable: false
        }
    }

    /// More of the message has come.
    package mutating func received(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            let byte = bytes[index]
            switch state {
            case .lineStart:
                if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                    state = .value
                    hold(byte, upTo: SpamdLimits.fieldValueBytes)
                } else {
                    fieldEnded()
                    state = .name
                    takeName(byte)
                }
            case .name:
                takeName(byte)
            case .value:
                if byte == UInt8(ascii: "\n") {
                    state = .lineStart
                } else {
                    hold(byte, upTo: SpamdLimits.fieldValueBytes)
                }
            case .finished:
                return
            }
        }
    }

    /// The message is complete.
    package mutating func reachedEnd() {
        switch state {
        case .lineStart, .value:
            fieldEnded()
            state = .finished
        case .name, .finished:
            state = .finished
        }
    }

    private mutating func takeName(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\n"):
            // The empty line; or one that is no field, behind which a reader of the message sees the body.
            state = .finished
        case UInt8(ascii: ":"):
            field = isCut ? .other : Self.field(named: held[...].trimmed)
            state = .value
            held.removeAll(keepingCapacity: true)
            isCut = false
        default:
            hold(byte, upTo: SpamdLimits.fieldNameBytes)
        }
    }

    private static func field(named name: ArraySlice<UInt8>) -> Field {
        if name.isEqualIgnoringCase("x-spam-flag") { return .flag }
        if name.isEqualIgnoringCase("x-spam-status") { return .status }
        return .other
    }

    private mutating func hold(_ byte: UInt8, upTo maximum: Int) {
        if held.count < maximum {
            held.append(byte)
        } else {
            isCut = true
        }
    }

    /// A field's value is complete, with all its lines.
    private mutating func fieldEnded() {
        // The last word of a cut value may be a part of a number.
        let value = isCut ? held[..<(held.lastIndex(where: isBlank) ?? held.startIndex)] : held[...]
        switch (field, flag, status) {
        case (.flag, .absent, _):
            if value.trimmed.isEqualIgnoringCase("yes") {
                flag = .found(true)
            } else if value.trimmed.isEqualIgnoringCase("no") {
                flag = .found(false)
            } else {
                flag = .unreadable
            }
        case (.status, _, .absent):
            status = SpamdVerdict(status: value).map { .found($0) } ?? .unreadable
        case (.flag, _, _), (.status, _, _), (.other, _, _):
            break
        }
        field = .other
        held.removeAll(keepingCapacity: true)
        isCut = false
    }
}
