import Glibc

/// Reads simscan's JSON lines in place; a string is copied only where it has escapes.
struct LogJSONReader {
    /// What a line says of one scanner.
    struct Scanner {
        var name = Bytes(start: nil, count: 0)
        var host = Bytes(start: nil, count: 0)
        var hasFailed = false
        var detail = Bytes(start: nil, count: 0)
        var milliseconds: Double?
    }

    var scanners: [Scanner] = []
    /// Unescaped strings of one line, one behind the other.
    private var scratch: UnsafeMutableRawBufferPointer = .allocate(byteCount: 1 << 16, alignment: 16)
    private var used = 0
    private var position = 0

    /// More scanners than there are is somebody else's line.
    private static let maximumScanners = 16

    /// The event of one object; nil where it is none of simscan's.
    mutating func read(_ line: Bytes) -> LogEvent? {
        if scratch.count < line.count {
            scratch.deallocate()
            scratch = .allocate(byteCount: 2 * line.count, alignment: 16)
        }
        used = 0
        position = 0
        var event = LogEvent()
        event.isClassic = false
        var hasState = false
        let isWhole = members(line) { reader, key in
            if key.isSame("state") {
                guard let state = reader.string(line) else { return false }
                hasState = event.set(state: state)
                return hasState
            } else if key.isSame("id") {
                guard let id = reader.string(line) else { return false }
                event.time = id.number(from: 0)?.value
            } else if key.isSame("seconds") {
                event.seconds = reader.number(line)
            } else if key.isSame("what") {
                guard let what = reader.string(line) else { return false }
                event.what = what
            } else if key.isSame("from") {
                guard let from = reader.string(line) else { return false }
                event.sender = from
            } else if key.isSame("scanners") {
                return reader.readScanners(line)
            } else {
                return reader.skip(line)
            }
            return true
        }
        return isWhole && hasState ? event : nil
    }

    private mutating func readScanners(_ line: Bytes) -> Bool {
        guard take(UInt8(ascii: "["), line) else { return skip(line) }
        if take(UInt8(ascii: "]"), line) { return true }
        repeat {
            var scanner = Scanner()
            let isWhole = members(line) { reader, key in
                if key.isSame("name") {
                    scanner.name = reader.string(line) ?? scanner.name
                } else if key.isSame("host") {
                    scanner.host = reader.string(line) ?? scanner.host
                } else if key.isSame("verdict") {
                    scanner.hasFailed = reader.string(line)?.isSame("failed") ?? false
                } else if key.isSame("detail") {
                    scanner.detail = reader.string(line) ?? scanner.detail
                } else if key.isSame("milliseconds") {
                    scanner.milliseconds = reader.number(line)
                } else {
                    return reader.skip(line)
                }
                return true
            }
            guard isWhole else { return false }
            if scanners.count < Self.maximumScanners { scanners.append(scanner) }
        } while take(UInt8(ascii: ","), line)
        return take(UInt8(ascii: "]"), line)
    }

    // MARK: JSON

    /// - Returns: whether an object was read to its end.
    private mutating func members(_ line: Bytes, _ value: (inout LogJSONReader, Bytes) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{"), line) else { return false }
        if take(UInt8(ascii: "}"), line) { return true }
        repeat {
            guard let key = string(line), take(UInt8(ascii: ":"), line), value(&self, key) else { return false }
        } while take(UInt8(ascii: ","), line)
        return take(UInt8(ascii: "}"), line)
    }

    private mutating func take(_ byte: UInt8, _ line: Bytes) -> Bool {
        while position < line.count, line[position] == 0x20 || line[position] == 0x09 { position += 1 }
        guard position < line.count, line[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func string(_ line: Bytes) -> Bytes? {
        guard take(UInt8(ascii: "\""), line) else { return nil }
        let start = position
        var hasEscapes = false
        while position < line.count {
            let byte = line[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                let raw = line.part(start, position - 1)
                return hasEscapes ? unescaped(raw) : raw
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        return nil
    }

    private mutating func number(_ line: Bytes) -> Double? {
        while position < line.count, line[position] == 0x20 { position += 1 }
        let start = position
        while position < line.count, line[position] == 0x2E || (0x30...0x39).contains(line[position]) { position += 1 }
        return line.part(start, position).decimal
    }

    /// Any value, however deep.
    private mutating func skip(_ line: Bytes) -> Bool {
        var depth = 0
        repeat {
            while position < line.count, line[position] == 0x20 || line[position] == 0x09 { position += 1 }
            guard position < line.count else { return false }
            switch line[position] {
            case UInt8(ascii: "\""):
                guard string(line) != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return false }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position += 1
            default:
                let start = position
                while position < line.count, isPlain(line[position]) { position += 1 }
                guard position > start else { return false }
            }
        } while depth > 0
        return true
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    private mutating func unescaped(_ raw: Bytes) -> Bytes {
        let start = used
        // Unescaped text is never longer, and the strings of a line are never longer than the line.
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.count else {
                append(raw[index])
                index += 1
                continue
            }
            let kind = raw[index + 1]
            index += 2
            switch kind {
            case UInt8(ascii: "n"): append(0x0A)
            case UInt8(ascii: "r"): append(0x0D)
            case UInt8(ascii: "t"): append(0x09)
            case UInt8(ascii: "u"):
                guard index + 4 <= raw.count, let value = Self.hexadecimal(raw.part(index, index + 4)) else {
                    append(0x3F)
                    continue
                }
                index += 4
                // Beyond ASCII simscan writes UTF-8 itself.
                if value < 0x80 { append(UInt8(value)) } else { for byte in "\u{FFFD}".utf8 { append(byte) } }
            default: append(kind)
            }
        }
        return Bytes(scratch).part(start, used)
    }

    private mutating func append(_ byte: UInt8) {
        guard used < scratch.count else { return }
        scratch[used] = byte
        used += 1
    }

    private static func hexadecimal(_ digits: Bytes) -> UInt32? {
        digits.reduce(UInt32?(0)) { value, byte in
            guard let value else { return nil }
            switch byte {
            case 0x30...0x39: return value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: return value << 4 | UInt32(byte - 0x41 + 10)
            case 0x61...0x66: return value << 4 | UInt32(byte - 0x61 + 10)
            default: return nil
            }
        }
    }
}
