/// Decodes BinHex 4.0 (RFC 1741): six bits a character, then runs, then a header with the name, then two files:
/// the data fork and the resource fork.
final class BinHexDecoder: LineDecoder {
    private enum Step {
        /// The header is read; it has so many bytes, once that is known.
        case header
        case fork(left: Int)
        /// What is left of a fork's checksum, which is not looked at: a wrong one is no end.
        case checksum(left: Int)
        case over
    }

    /// What follows the name: a version, type, creator, flags, both lengths, a checksum.
    private static let afterName = 1 + 4 + 4 + 2 + 4 + 4 + 2

    private let place: PartPlace
    private var bits: UInt32 = 0
    private var count = 0
    private var isMark = false
    private var last: UInt8 = 0
    private var step = Step.header
    private var header: [UInt8] = []
    private var hasName = false
    /// The length of the resource fork, until it begins.
    private var resourceLength: Int?
    private var content: PartContent?
    /// Bytes of a fork that have not been handed on.
    private var output: [UInt8] = []

    init(place: PartPlace) { self.place = place }

    func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        if case .over = step { return false }
        if hasName, !isData(line) { return false }
        for (offset, byte) in line.enumerated() {
            if byte == UInt8(ascii: ":") {
                if offset == 0, header.isEmpty, count == 0 { continue }
                step = .over
                return true
            }
            let value = binHexValues[Int(byte)]
            if value > 63 { continue }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                unpack(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        flush()
        // Where nobody wants what is in the file, the rest is passed over as text.
        if case .over = step { return false }
        return !(content?.isDone ?? false)
    }

    func end() {
        flush()
        content?.end()
        content = nil
    }

    /// Whether a line can belong to the file: text behind one that has no end is not swallowed.
    private func isData(_ line: UnsafeRawBufferPointer) -> Bool {
        line.allSatisfy { binHexValues[Int($0)] <= 63 || $0 == UInt8(ascii: ":") || isBlankOrControl($0) }
            && !line.contains(0x20)
    }

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
        switch step {
        case .header: putHeader(byte)
        case .fork(let left):
            output.append(byte)
            if output.count == 65_536 { flush() }
            if left > 1 {
                step = .fork(left: left - 1)
            } else {
                end()
                step = .checksum(left: 2)
            }
        case .checksum(let left):
            if left > 1 {
                step = .checksum(left: left - 1)
            } else {
                beginFork(length: resourceLength ?? 0)
                resourceLength = nil
            }
        case .over: return
        }
    }

    private func putHeader(_ byte: UInt8) {
        header.append(byte)
        let nameEnd = 1 + Int(header[0])
        if !hasName, header.count == nameEnd {
            hasName = true
            place.considerInner(Array(header.dropFirst()))
        }
        guard header.count == nameEnd + Self.afterName else { return }
        resourceLength = number(nameEnd + 15)
        let length = number(nameEnd + 11)
        if length > 0 {
            beginFork(length: length)
        } else {
            step = .checksum(left: 2)
        }
    }

    private func number(_ offset: Int) -> Int { header[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } }

    private func beginFork(length: Int) {
        guard length > 0 else {
            step = .over
            return
        }
        step = .fork(left: length)
        let name = Array(header[1..<(1 + Int(header[0]))])
        content = PartContent(place: place.file(named: name), type: Array("application/octet-stream".utf8))
    }

    /// Runs let a line become much more than it is, so what is unpacked is bounded as in archives.
    private func flush() {
        guard !output.isEmpty else { return }
        place.state.unpacked += Int64(output.count)
        if place.state.unpacked > ArchiveReader.maximumUnpacked {
            place.noteBroken()
            place.state.output?.exceed()
            step = .over
        } else {
            output.withUnsafeBytes { content?.take($0) }
        }
        output.removeAll(keepingCapacity: true)
    }
}

/// The value of each digit, and 64 for the other bytes.
private let binHexValues: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for (value, digit) in "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr".utf8.enumerated() {
        values[Int(digit)] = UInt8(value)
    }
    return values
}()
