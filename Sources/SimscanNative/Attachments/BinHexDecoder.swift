/// Decodes BinHex 4.0 (RFC 1741): six bits a character, then runs, then a header with the name.
final class BinHexDecoder: LineDecoder {
    private let place: PartPlace
    private var bits: UInt32 = 0
    private var count = 0
    private var isMark = false
    private var last: UInt8 = 0
    private var header: [UInt8] = []
    private var hasName = false
    private var hasEnded = false

    init(place: PartPlace) { self.place = place }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        if hasEnded { return false }
        for (offset, byte) in line.enumerated() {
            if byte == UInt8(ascii: ":") {
                if offset == 0, header.isEmpty, count == 0 { continue }
                hasEnded = true
                return true
            }
            guard let value = binHexDigits.firstIndex(of: byte) else { continue }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                unpack(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // Only the name is wanted: the rest is passed over.
        return !hasName
    }

    func end() {}

    private func unpack(_ byte: UInt8) {
        if isMark {
            isMark = false
            if byte == 0 {
                put(0x90)
            } else if byte > 1 {
                for _ in 1..<byte { put(last) }
            }
        } else if byte == 0x90 {
            isMark = true
        } else {
            put(byte)
        }
    }

    private func put(_ byte: UInt8) {
        last = byte
        guard !hasName else { return }
        header.append(byte)
        if header.count > Int(header[0]) {
            hasName = true
            place.considerInner(Array(header.dropFirst()))
        }
    }
}

private let binHexDigits = Array("!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr".utf8)
