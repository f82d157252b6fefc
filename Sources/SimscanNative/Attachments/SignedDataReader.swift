/// Looks through an S/MIME message that is signed, not encrypted (RFC 8551, 3.5.2): its content is a MIME part.
///
/// The content is found by its identifier, so that definite and indefinite lengths, and wrong ones around it,
/// make no difference.
final class SignedDataReader: ByteSink {
    /// id-signedData (1.2.840.113549.1.7.2) near the beginning.
    static func begins(_ head: [UInt8]) -> Bool {
        guard head.first == 0x30 else { return false }
        let identifier: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
        return (1..<min(20, max(1, head.count - identifier.count))).contains { head[$0...].starts(with: identifier) }
    }

    /// id-data (1.2.840.113549.1.7.1), whose octets are the content.
    private static let contentIdentifier: [UInt8] = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01,
    ]

    private enum Step {
        /// So many bytes of the identifier have been seen.
        case seeking(matched: Int)
        /// A tag comes.
        case tag
        case length(tag: UInt8)
        case longLength(tag: UInt8, bytesLeft: Int, value: Int)
        /// So many octets of the content come.
        case octets(left: Int)
    }

    private var step = Step.seeking(matched: 0)
    private let walk: PartWalk

    init(place: PartPlace) { walk = PartWalk(place: place) }

    func take(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            if case .octets(let left) = step {
                let piece = bytes[index...].prefix(left)
                walk.take(UnsafeRawBufferPointer(rebasing: piece))
                index += piece.count
                step = left > piece.count ? .octets(left: left - piece.count) : .tag
                continue
            }
            step = next(bytes[index])
            index += 1
        }
    }

    func end() { walk.end() }

    private func next(_ byte: UInt8) -> Step {
        switch step {
        case .seeking(let matched):
            let identifier = Self.contentIdentifier
            if byte == identifier[matched] {
                return matched + 1 == identifier.count ? .tag : .seeking(matched: matched + 1)
            }
            return .seeking(matched: byte == identifier[0] ? 1 : 0)
        case .tag:
            return byte == 0 ? .length(tag: 0) : .length(tag: byte)
        case .length(let tag):
            if byte < 0x80 { return value(tag: tag, length: Int(byte)) }
            if byte == 0x80 { return value(tag: tag, length: nil) }
            let count = Int(byte & 0x7F)
            return count <= 7 ? .longLength(tag: tag, bytesLeft: count, value: 0) : .seeking(matched: 0)
        case .longLength(let tag, let bytesLeft, let value):
            let value = value << 8 | Int(byte)
            return bytesLeft > 1
                ? .longLength(tag: tag, bytesLeft: bytesLeft - 1, value: value) : self.value(tag: tag, length: value)
        case .octets:
            return step
        }
    }

    /// What follows a tag and its length; nil is the indefinite length.
    private func value(tag: UInt8, length: Int?) -> Step {
        switch tag {
        case 0xA0, 0x24: .tag
        case 0x04: length.map { $0 > 0 ? .octets(left: $0) : .tag } ?? .tag
        case 0x00: .tag
        default: .seeking(matched: 0)
        }
    }
}
