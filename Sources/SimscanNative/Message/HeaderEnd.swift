internal import Glibc

/// Finds where a message's header ends, block by block.
///
/// The body begins after the first empty line (RFC 5322, section 2.1), ended by LF or CRLF. A message without
/// an empty line is all header; then what stands from its first line that is no header line on is its body, so
/// that it cannot be lost unnoticed.
struct HeaderEnd {
    /// The offset of the body's first byte, once an empty line was found.
    private(set) var body: Int64?
    private var strangeLine: Int64?

    private enum Line {
        case starting
        /// It is a CR so far, and empty if LF follows.
        case carriageReturn
        case inside
    }
    private var line = Line.starting
    private var lineStart: Int64 = 0
    private var isHeaderLine = false
    private var isFirstLine = true

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Takes the next bytes of the message, the first of which stands at this offset.
    mutating func received(_ block: UnsafeRawBufferPointer, at offset: Int64) {
        var position = 0
        while position < block.count && body == nil {
            switch line {
            case .starting:
                begin(block, at: position, offset: offset)
                position += line == .carriageReturn ? 1 : 0
            case .carriageReturn:
                if block[position] == Self.newline { body = offset + Int64(position) + 1 }
                line = .inside
            case .inside:
                position = scan(block, from: position)
            }
        }
    }

    /// The message has no empty line.
    ///
    /// - Parameter end: the offset after its last byte.
    /// - Returns: the offset of the body's first byte.
    mutating func reachedEnd(_ end: Int64) -> Int64 {
        if line != .starting { endLine() }
        return strangeLine ?? end
    }

    private mutating func begin(_ block: UnsafeRawBufferPointer, at position: Int, offset: Int64) {
        lineStart = offset + Int64(position)
        switch block[position] {
        case Self.newline:
            body = lineStart + 1
        case Self.carriageReturn:
            line = .carriageReturn
            isHeaderLine = false
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            line = .inside
            isHeaderLine = true
        default:
            line = .inside
            // The mbox line that some delivery programs leave ahead of the header.
            isHeaderLine = isFirstLine && block[position] == UInt8(ascii: "F") && startsWithFrom(block, at: position)
        }
    }

    private func startsWithFrom(_ block: UnsafeRawBufferPointer, at position: Int) -> Bool {
        block[position...].starts(with: "From ".utf8)
    }

    /// - Returns: where to go on.
    private mutating func scan(_ block: UnsafeRawBufferPointer, from position: Int) -> Int {
        guard let base = block.baseAddress else { return block.count }
        let rest = base + position
        let newline = memchr(rest, CInt(Self.newline), block.count - position)
        let length = newline.map { UnsafeRawPointer($0) - rest } ?? block.count - position
        if !isHeaderLine && strangeLine == nil { isHeaderLine = memchr(rest, CInt(UInt8(ascii: ":")), length) != nil }
        guard newline != nil else { return block.count }
        endLine()
        return position + length + 1
    }

    private mutating func endLine() {
        if !isHeaderLine && strangeLine == nil { strangeLine = lineStart }
        line = .starting
        isFirstLine = false
    }
}
