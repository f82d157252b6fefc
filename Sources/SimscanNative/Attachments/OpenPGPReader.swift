/// Reads an OpenPGP message (RFC 9580) that is not encrypted: the literal data's file name, and what is in it.
final class OpenPGPReader: ByteSink {
    private enum Step {
        case tag
        case length(tag: UInt8)
        case body(tag: UInt8)
    }

    private let place: PartPlace
    private var step = Step.tag
    /// Octets of a packet's header, or of the literal's own header, until they are complete.
    private var pending: [UInt8] = []
    private var isOldFormat = false
    private var oldLengthType: UInt8 = 0
    /// Octets left of this piece of the packet; nil is until the end.
    private var left: Int?
    private var isPartial = false
    private var hasLiteralHeader = false
    private var content: PartContent?
    private var isOver = false

    init(place: PartPlace) { self.place = place }

    func take(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count, !isOver {
            switch step {
            case .tag:
                let byte = bytes[index]
                index += 1
                guard byte & 0x80 != 0 else {
                    isOver = true
                    break
                }
                isOldFormat = byte & 0x40 == 0
                oldLengthType = byte & 3
                begin(tag: isOldFormat ? byte >> 2 & 15 : byte & 63)
            case .length(let tag):
                pending.append(bytes[index])
                index += 1
                readLength(tag: tag)
            case .body(let tag):
                let piece = bytes[index...].prefix(left ?? Int.max)
                body(tag: tag, UnsafeRawBufferPointer(rebasing: piece))
                index += piece.count
                if let left {
                    self.left = left - piece.count
                    if left == piece.count { step = isPartial ? .length(tag: tag) : .tag }
                }
            }
        }
    }

    func end() { content?.end() }

    private func begin(tag: UInt8) {
        pending.removeAll()
        hasLiteralHeader = false
        content?.end()
        content = nil
        step = .length(tag: tag)
        if isOldFormat, oldLengthType == 3 {
            left = nil
            isPartial = false
            step = .body(tag: tag)
        }
    }

    private func readLength(tag: UInt8) {
        let first = Int(pending[0])
        if isOldFormat {
            guard pending.count == 1 << Int(oldLengthType) else { return }
            left = pending.reduce(0) { $0 << 8 | Int($1) }
            isPartial = false
        } else if first < 192 {
            left = first
            isPartial = false
        } else if first < 224 {
            guard pending.count == 2 else { return }
            left = (first - 192) << 8 + Int(pending[1]) + 192
            isPartial = false
        } else if first == 255 {
            guard pending.count == 5 else { return }
            left = pending.dropFirst().reduce(0) { $0 << 8 | Int($1) }
            isPartial = false
        } else {
            left = 1 << (first & 31)
            isPartial = true
        }
        pending.removeAll()
        step = left == 0 ? (isPartial ? .length(tag: tag) : .tag) : .body(tag: tag)
    }

    private func body(tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        // 11 is literal data; the others are signatures, or encrypted.
        guard tag == 11 else { return }
        if hasLiteralHeader {
            content?.take(bytes)
            return
        }
        pending.append(contentsOf: bytes)
        // A format, the name with its length, four octets of time.
        guard pending.count >= 2, pending.count >= 6 + Int(pending[1]) else { return }
        hasLiteralHeader = true
        let nameEnd = 2 + Int(pending[1])
        place.considerInner(Array(pending[2..<nameEnd]))
        let content = PartContent(place: place, type: [])
        pending[(nameEnd + 4)...].withUnsafeBytes { content.take($0) }
        pending.removeAll()
        self.content = content
    }
}

/// The armor around an OpenPGP message in text (RFC 9580, 6.2).
final class PGPArmor: LineDecoder {
    private let decoder: Base64Decoder
    private var isInHeader = true

    init(place: PartPlace) { decoder = Base64Decoder(into: OpenPGPReader(place: place.decoded.inside("pgp"))) }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        if startsWithWord(line, "-----") { return false }
        if isInHeader {
            if line.contains(UInt8(ascii: ":")) { return true }
            isInHeader = false
        }
        // A line that begins with an equals sign is the checksum.
        if line.first != UInt8(ascii: "=") { decoder.take(line) }
        return true
    }

    func end() { decoder.end() }
}
