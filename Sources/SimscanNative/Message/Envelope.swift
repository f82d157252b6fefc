/// Who sent a message and to whom: the exact bytes that came on descriptor 1 (`qmail-queue(8)`).
///
/// `F` sender NUL, then `T` recipient NUL one or more times, then one more NUL. The sender may be empty.
package struct Envelope: Equatable, Sendable {
    /// Everything up to and with the final NUL, byte for byte.
    package let bytes: [UInt8]
    /// Where in `bytes` the sender's address stands.
    package let sender: AddressRange
    /// Where in `bytes` each recipient's address stands, in the envelope's order, duplicates kept.
    package let recipients: AddressRanges

    fileprivate init(bytes: [UInt8], sender: AddressRange, recipients: AddressRanges) {
        self.bytes = bytes
        self.sender = sender
        self.recipients = recipients
    }

    /// The bytes of one address.
    package func address(_ range: AddressRange) -> ArraySlice<UInt8> { bytes[range.lowerBound..<range.upperBound] }
}

/// What is wrong with an envelope.
package enum EnvelopeError: Error, Equatable, Sendable {
    /// Early end of file.
    case cutShort
    /// An address is longer than `EnvelopeParser.maximumAddressBytes`.
    case addressTooLong
    /// It is longer than `EnvelopeParser.maximumBytes`.
    case tooLarge
    /// It is not an envelope; the text says what was found.
    case wrongFormat(String)
}

/// Reads an envelope as it arrives, and stops at its final NUL.
package struct EnvelopeParser: Sendable {
    /// qmail-queue counts 1003 with the NUL (`ADDR` in its source).
    package static let maximumAddressBytes = 1002
    /// Room for some 500,000 recipients: an envelope without end must not take all memory.
    package static let maximumBytes = 16_777_216

    private enum State: Sendable {
        /// Nothing yet: to `inSender` at `F`.
        case start
        /// In the sender's address: to `betweenRecords` at NUL.
        case inSender
        /// At a record's first byte: to `inRecipient` at `T`, to `complete` at NUL.
        case betweenRecords
        /// In a recipient's address: to `betweenRecords` at NUL.
        case inRecipient
        /// The final NUL was read; what follows is not ours.
        case complete
        /// Sticky.
        case failed(EnvelopeError)
    }

    private var state = State.start
    private var bytes: [UInt8] = []
    private var addressStart = 0
    private var sender = AddressRange(lowerBound: 0, upperBound: 0)
    private var recipients = AddressRanges()

    package init() {}

    /// Takes the next bytes of the envelope, in any pieces.
    ///
    /// - Returns: the envelope once its final NUL is there, nil as long as more is needed.
    /// - Throws: `wrongFormat` and `addressTooLong`, at the first byte that is wrong.
    package mutating func received(_ piece: Span<UInt8>) throws(EnvelopeError) -> Envelope? {
        // Exact room for every piece would move a long envelope as often as there are pieces.
        if bytes.isEmpty { bytes.reserveCapacity(piece.count) }
        for index in piece.indices {
            try received(piece[index])
            if case .complete = state { return Envelope(bytes: bytes, sender: sender, recipients: recipients) }
        }
        return nil
    }

    /// The other side closed.
    ///
    /// - Throws: always, since an envelope ends with its NUL and not with the file.
    package mutating func reachedEnd() throws(EnvelopeError) -> Never {
        if case .failed(let error) = state { throw error }
        throw .cutShort
    }

    private mutating func received(_ byte: UInt8) throws(EnvelopeError) {
        switch state {
        case .start:
            guard byte == UInt8(ascii: "F") else { throw fail(.wrongFormat("the envelope does not begin with F")) }
            try begin(byte, .inSender)
        case .betweenRecords:
            switch byte {
            case UInt8(ascii: "T"):
                try begin(byte, .inRecipient)
            case 0 where recipients.isEmpty:
                throw fail(.wrongFormat("the envelope has no recipient"))
            case 0:
                bytes.append(byte)
                state = .complete
            case UInt8(ascii: "F"):
                throw fail(.wrongFormat("the envelope has a second sender"))
            default:
                throw fail(.wrongFormat("the envelope has a record that is neither F nor T"))
            }
        case .inSender:
            guard try !endsAddress(byte) else {
                sender = AddressRange(lowerBound: addressStart, upperBound: bytes.count - 1)
                state = .betweenRecords
                return
            }
        case .inRecipient:
            guard try !endsAddress(byte) else {
                recipients.append(AddressRange(lowerBound: addressStart, upperBound: bytes.count - 1))
                state = .betweenRecords
                return
            }
        case .complete:
            preconditionFailure("an envelope is read to its final NUL and no further")
        case .failed(let error):
            throw error
        }
    }

    private mutating func begin(_ byte: UInt8, _ next: State) throws(EnvelopeError) {
        guard bytes.count < Self.maximumBytes else { throw fail(.tooLarge) }
        bytes.append(byte)
        addressStart = bytes.count
        state = next
    }

    private mutating func endsAddress(_ byte: UInt8) throws(EnvelopeError) -> Bool {
        guard byte == 0 || bytes.count - addressStart < Self.maximumAddressBytes else { throw fail(.addressTooLong) }
        bytes.append(byte)
        return byte == 0
    }

    private mutating func fail(_ error: EnvelopeError) -> EnvelopeError {
        state = .failed(error)
        return error
    }
}

/// Where an address stands in an envelope.
package struct AddressRange: Equatable, Sendable {
    package let lowerBound: Int
    package let upperBound: Int

    /// Bytes in the address.
    package var count: Int { upperBound - lowerBound }
    package var isEmpty: Bool { count == 0 }
}

/// Where many addresses stand, in 8 bytes each, since an envelope may have a hundred thousand of them; and in numbers,
/// since the first array of any other type costs every process its metadata.
package struct AddressRanges: RandomAccessCollection, Equatable, Sendable {
    /// Where an address begins, and how long it is.
    private var packed: [Int] = []

    /// More than the longest address has, and than the longest envelope needs.
    private static let lengthBits = 16

    package var startIndex: Int { 0 }
    package var endIndex: Int { packed.count }
    /// What every collection has; its own makes a table at run time, in every process.
    package var first: AddressRange? { packed.isEmpty ? nil : self[0] }

    package subscript(position: Int) -> AddressRange {
        let start = packed[position] >> Self.lengthBits
        return AddressRange(
            lowerBound: start, upperBound: start + packed[position] & ((1 << Self.lengthBits) - 1))
    }

    fileprivate mutating func append(_ range: AddressRange) {
        packed.append(range.lowerBound << Self.lengthBits | range.count)
    }
}
