import Glibc
import SimscanNative

/// Bytes of a log that stand in somebody else's memory, valid as long as one line is looked at.
typealias Bytes = UnsafeRawBufferPointer

/// Reads files in large blocks, and shows one line after the other where it stands.
struct LogLines {
    /// What one read(2) brings.
    private static let blockBytes = 1 << 20
    /// A line beyond this is counted and not looked at.
    static let maximumLineBytes = 1 << 24

    /// Lines that were longer.
    private(set) var overlong = 0
    private var buffer: UnsafeMutableRawBufferPointer

    init() {
        buffer = .allocate(byteCount: 2 * Self.blockBytes, alignment: 16)
    }

    /// Call once, when all is read.
    func deallocate() { buffer.deallocate() }

    /// Shows every line of a file without its newline; a last line needs none.
    ///
    /// - Parameters:
    ///   - descriptor: read from where it stands to its end.
    ///   - progress: told after each block how many bytes it had.
    /// - Throws: `Failure` where it cannot be read.
    mutating func read(
        _ descriptor: Int32, name: String, progress: (Int) -> Void, _ line: (Bytes) -> Void
    ) throws(Failure) {
        var held = 0
        var isSkipping = false
        while true {
            if buffer.count - held < Self.blockBytes { grow(keeping: held) }
            let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: held), buffer.count - held)
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(name + ": " + String(cString: strerror(errno)), status: EX_IOERR)
            }
            if count == 0 { break }
            progress(count)
            held = show(held + count, searched: held, &isSkipping, line)
            if held > Self.maximumLineBytes {
                if !isSkipping { overlong += 1 }
                isSkipping = true
                held = 0
            }
        }
        if held > 0 && !isSkipping { line(Bytes(rebasing: Bytes(buffer)[..<held])) }
    }

    /// - Returns: how many bytes of an unfinished line stand at the buffer's beginning now.
    private func show(
        _ count: Int, searched: Int, _ isSkipping: inout Bool, _ line: (Bytes) -> Void
    ) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var start = 0
        var position = searched
        while let newline = memchr(base + position, CInt(UInt8(ascii: "\n")), count - position) {
            let end = UnsafeMutableRawPointer(newline) - base
            if !isSkipping { line(Bytes(start: base + start, count: end - start)) }
            isSkipping = false
            start = end + 1
            position = start
            if position == count { break }
        }
        memmove(base, base + start, count - start)
        return count - start
    }

    private mutating func grow(keeping held: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * buffer.count, alignment: 16)
        larger.copyMemory(from: Bytes(rebasing: Bytes(buffer)[..<held]))
        buffer.deallocate()
        buffer = larger
    }
}

extension UnsafeRawBufferPointer {
    /// A part of it, by offsets.
    func part(_ from: Int, _ to: Int) -> Bytes { Bytes(rebasing: self[from..<to]) }

    /// Where a byte stands first, from there on.
    func index(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let baseAddress, start < count,
            let found = memchr(baseAddress + start, CInt(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    func starts(_ word: StaticString, at offset: Int = 0) -> Bool {
        guard let baseAddress, count - offset >= word.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress + offset, word.utf8Start, word.utf8CodeUnitCount) == 0
    }

    func isSame(_ word: StaticString) -> Bool { count == word.utf8CodeUnitCount && starts(word) }

    /// A decimal number without a sign, from there on, and where it ends; nil where there is none.
    func number(from start: Int) -> (value: Int64, end: Int)? {
        var value: Int64 = 0
        var position = start
        while position < count, self[position] >= 0x30, self[position] <= 0x39, position - start < 18 {
            value = value * 10 + Int64(self[position] - 0x30)
            position += 1
        }
        return position > start ? (value, position) : nil
    }

    /// A decimal number with a fraction, whole.
    var decimal: Double? {
        guard let (whole, end) = number(from: 0) else { return nil }
        guard end < count else { return Double(whole) }
        guard self[end] == UInt8(ascii: "."), let (fraction, last) = number(from: end + 1), last == count else {
            return nil
        }
        var scale = 1.0
        for _ in (end + 1)..<last { scale *= 10 }
        return Double(whole) + Double(fraction) / scale
    }
}
