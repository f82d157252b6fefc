internal import Glibc

/// Cuts a stream into lines, for readers of text.
///
/// A line is given without its LF or CRLF; of a very long one only the beginning is given.
struct LineSplitter {
    /// The longest line that is given whole.
    static let maximumLine = 4096

    private var carry: [UInt8] = []
    private var isInLongLine = false

    /// Calls `body` for each line that ends in these bytes.
    mutating func take(_ bytes: UnsafeRawBufferPointer, body: (UnsafeRawBufferPointer) -> Void) {
        guard var start = bytes.baseAddress else { return }
        let end = start + bytes.count
        while start < end {
            guard let found = memchr(start, 0x0A, end - start) else {
                keep(UnsafeRawBufferPointer(start: start, count: end - start))
                return
            }
            let newline = UnsafeRawPointer(found)
            if carry.isEmpty, !isInLongLine {
                Self.give(UnsafeRawBufferPointer(start: start, count: newline - start), to: body)
            } else {
                keep(UnsafeRawBufferPointer(start: start, count: newline - start))
                flush(body)
            }
            start = newline + 1
        }
    }

    /// Gives what is left when the stream ends.
    mutating func end(body: (UnsafeRawBufferPointer) -> Void) {
        if !carry.isEmpty { flush(body) }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        carry.append(contentsOf: bytes.prefix(max(0, Self.maximumLine - carry.count)))
        isInLongLine = true
    }

    private mutating func flush(_ body: (UnsafeRawBufferPointer) -> Void) {
        carry.withUnsafeBytes { Self.give($0, to: body) }
        carry.removeAll(keepingCapacity: true)
        isInLongLine = false
    }

    private static func give(_ line: UnsafeRawBufferPointer, to body: (UnsafeRawBufferPointer) -> Void) {
        body(line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line)
    }
}
