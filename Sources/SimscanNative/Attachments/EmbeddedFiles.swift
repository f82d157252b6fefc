/// Finds files that stand in text without any MIME structure: uuencode, yEnc, BinHex, PGP.
final class EmbeddedFiles: ByteSink {
    private let place: PartPlace
    private var lines = LineSplitter()
    /// A line `begin 644 name`, and how many lines may still follow before its data must have begun.
    private var candidate: (name: [UInt8], isBase64: Bool, patience: Int)?
    private var isBinHexAnnounced = false
    /// The decoder of the file that is being read, and what ends it.
    private var decoder: (any LineDecoder)?

    /// Whether a file has begun and not ended.
    var isInFile: Bool { decoder != nil }

    init(place: PartPlace) { self.place = place }

    func take(_ bytes: UnsafeRawBufferPointer) {
        lines.take(bytes) { line($0) }
    }

    func end() {
        lines.end { line($0) }
        decoder?.end()
        decoder = nil
    }

    private func line(_ line: UnsafeRawBufferPointer) {
        if let decoder {
            if decoder.takeLine(line) { return }
            decoder.end()
            self.decoder = nil
        }
        if candidate != nil { followCandidate(line) }
        if isBinHexAnnounced, line.first == UInt8(ascii: ":") {
            isBinHexAnnounced = false
            start(BinHexDecoder(place: place))
            _ = decoder?.takeLine(line)
            return
        }
        switch line.first {
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            if let name = uuencodeName(line) { candidate = (name, startsWithWord(line, "begin-base64"), 4) }
        case UInt8(ascii: "="):
            if let name = yEncName(line) {
                place.state.countPart()
                place.consider(name)
                start(YEncDecoder(place: place.file(named: name)))
            }
        case UInt8(ascii: "("):
            if startsWithWord(line, "(this file must be converted with binhex") { isBinHexAnnounced = true }
        case UInt8(ascii: "-"):
            if startsWithWord(line, "-----begin pgp message-----") { start(PGPArmor(place: place)) }
        default:
            return
        }
    }

    private func start(_ decoder: any LineDecoder) {
        guard place.mayDecode else { return }
        self.decoder = decoder
    }

    /// The announced file is one only where data follows: people write lines that begin with "begin", too.
    private func followCandidate(_ line: UnsafeRawBufferPointer) {
        guard let (name, isBase64, patience) = candidate, !line.isEmpty else { return }
        // The only line of a small file in base64 can be of any length.
        if isUuencodeLine(line) || (isBase64 && isBase64Line(line, minimum: 4)) {
            candidate = nil
            place.state.countPart()
            place.consider(name)
            let file = place.file(named: name)
            start(isBase64 ? Base64Lines(place: file) : UuencodeDecoder(place: file))
            _ = decoder?.takeLine(line)
        } else {
            candidate = patience > 1 ? (name, isBase64, patience - 1) : nil
        }
    }
}

/// Decodes a file that stands in lines of text.
protocol LineDecoder: AnyObject {
    /// Takes the next line; false where it does not belong to the file any more.
    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool
    func end()
}

/// The name in `begin 644 name` or `begin-base64 644 name`.
func uuencodeName(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
    guard startsWithWord(line, "begin") else { return nil }
    var rest = line.dropFirst(5)
    if startsWithWord(rest, "-base64") { rest = rest.dropFirst(7) }
    guard let blank = rest.first, isBlank(blank) else { return nil }
    rest = rest.drop(while: isBlank)
    let mode = rest.prefix { $0 >= 0x30 && $0 <= 0x37 }
    guard mode.count >= 1, mode.count <= 6 else { return nil }
    rest = rest.dropFirst(mode.count)
    guard let blank = rest.first, isBlank(blank) else { return nil }
    let name = Array(rest.drop(while: isBlank))
    return name.isEmpty ? nil : name
}

/// Whether a line can be one of uuencoded data: a length, and as many characters as it needs.
func isUuencodeLine(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let first = line.first, first >= 0x20, first <= 0x60 else { return false }
    let length = Int(first - 0x20) & 63
    let needed = (length + 2) / 3 * 4
    if length == 0 { return line.count <= 2 && first == UInt8(ascii: "`") }
    // Blanks at the end may have been lost on the way, and some encoders add a checksum.
    guard line.count - 1 >= needed - 4, line.count - 1 <= needed + 4 else { return isBase64Line(line) }
    return line.allSatisfy { $0 >= 0x20 && $0 <= 0x60 } || isBase64Line(line)
}

private func isBase64Line(_ line: UnsafeRawBufferPointer, minimum: Int = 16) -> Bool {
    line.count >= minimum && line.count % 4 == 0
        && line.allSatisfy { base64Value($0) != nil || $0 == UInt8(ascii: "=") }
}

/// The name in `=ybegin line=128 size=1 name=…`, which is the last and goes to the line's end.
private func yEncName(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
    guard startsWithWord(line, "=ybegin ") else { return nil }
    let bytes = Array(line)
    guard bytes.count > 6 else { return nil }
    let mark = Array(" name=".utf8)
    for index in 7..<max(7, bytes.count - mark.count) where bytes[index...].starts(with: mark) {
        return Array(trimmed(bytes[(index + mark.count)...], of: isBlankOrControl))
    }
    return nil
}

final class UuencodeDecoder: LineDecoder {
    private let content: PartContent

    init(place: PartPlace) { content = PartContent(place: place, type: []) }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let first = line.first else { return true }
        if isWord(line, "end") || startsWithWord(line, "begin ") || isWord(line, "====") { return false }
        let length = Int(first &- 0x20) & 63
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in line.dropFirst() {
            bits = bits << 6 | UInt32((byte &- 0x20) & 63)
            count += 1
            if count == 4 {
                output.append(UInt8(truncatingIfNeeded: bits >> 16))
                output.append(UInt8(truncatingIfNeeded: bits >> 8))
                output.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
                count = 0
            }
            if output.count >= length { break }
        }
        // Blanks at the line's end, which are zeros, may have been lost.
        while output.count < length {
            bits <<= 6
            count += 1
            if count == 4 {
                for shift in [UInt32(16), 8, 0] { output.append(UInt8(truncatingIfNeeded: bits >> shift)) }
                bits = 0
                count = 0
            }
        }
        output.prefix(length).withUnsafeBytes { content.take($0) }
        return true
    }

    func end() { content.end() }
}

/// What stands between `begin-base64` and `====`.
final class Base64Lines: LineDecoder {
    private let decoder: Base64Decoder

    init(place: PartPlace) { decoder = Base64Decoder(into: PartContent(place: place, type: [])) }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        if isWord(line, "====") || isWord(line, "end") || startsWithWord(line, "begin") { return false }
        decoder.take(line)
        return true
    }

    func end() { decoder.end() }
}

final class YEncDecoder: LineDecoder {
    private let content: PartContent

    init(place: PartPlace) { content = PartContent(place: place, type: []) }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        if startsWithWord(line, "=yend") { return false }
        if startsWithWord(line, "=ypart") || startsWithWord(line, "=ybegin") { return true }
        var output: [UInt8] = []
        output.reserveCapacity(line.count)
        var isEscaped = false
        for byte in line {
            if isEscaped {
                output.append(byte &- 64 &- 42)
                isEscaped = false
            } else if byte == UInt8(ascii: "=") {
                isEscaped = true
            } else {
                output.append(byte &- 42)
            }
        }
        output.withUnsafeBytes { content.take($0) }
        return true
    }

    func end() { content.end() }
}
