internal import Glibc

/// Finds the lines of a body that need a look, in one block: those that begin with a dash, those with a CR inside,
/// and the last one where its end is in the next block.
///
/// What is found is remembered, so that a block costs one pass for dashes and one for CRs, however its lines are
/// made: base64 has no dash, and most mail no CR.
struct BodyLines {
    private let end: UnsafeRawPointer
    /// Where the line begins whose end is not in the block.
    private let incompleteLine: UnsafeRawPointer
    /// The first dash at or behind the last line that was asked about; `end` where there is none.
    private var dash: UnsafeRawPointer
    /// The same for a CR.
    private var carriageReturn: UnsafeRawPointer

    private static let newline = UInt8(ascii: "\n")

    /// - Parameter start: where a line begins.
    init(start: UnsafeRawPointer, end: UnsafeRawPointer) {
        self.end = end
        var place = end
        while place > start, (place - 1).load(as: UInt8.self) != Self.newline { place -= 1 }
        incompleteLine = place
        dash = Self.find(UInt8(ascii: "-"), start, end)
        carriageReturn = Self.find(UInt8(ascii: "\r"), start, end)
    }

    /// The first line from this one on that needs a look; `end` where the block has none.
    mutating func next(from line: UnsafeRawPointer) -> UnsafeRawPointer {
        let stop = lineWithDash(from: line)
        guard let lone = loneCarriageReturn(from: line, to: stop) else { return stop }
        var place = lone
        while place > line, (place - 1).load(as: UInt8.self) != Self.newline { place -= 1 }
        return place
    }

    /// Whether the line is whole and has no CR but one before its LF.
    ///
    /// - Returns: its LF; nil where it is not so.
    mutating func newline(of line: UnsafeRawPointer) -> UnsafeRawPointer? {
        guard line < incompleteLine else { return nil }
        let newline = Self.find(Self.newline, line, end)
        return loneCarriageReturn(from: line, to: newline) == nil ? newline : nil
    }

    private mutating func lineWithDash(from line: UnsafeRawPointer) -> UnsafeRawPointer {
        var line = line
        while line < incompleteLine {
            if dash < line { dash = Self.find(UInt8(ascii: "-"), line, end) }
            if dash >= incompleteLine { break }
            if dash == line || (dash - 1).load(as: UInt8.self) == Self.newline { return dash }
            // A dash inside of a line says nothing of that line.
            line = Self.find(Self.newline, dash, end) + 1
        }
        return incompleteLine
    }

    private mutating func loneCarriageReturn(
        from start: UnsafeRawPointer, to stop: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        if carriageReturn < start { carriageReturn = Self.find(UInt8(ascii: "\r"), start, end) }
        // What stands before `stop` is followed by something.
        while carriageReturn < stop {
            guard (carriageReturn + 1).load(as: UInt8.self) == Self.newline else { return carriageReturn }
            carriageReturn = Self.find(UInt8(ascii: "\r"), carriageReturn + 1, end)
        }
        return nil
    }

    /// - Returns: `end` where the byte is not there.
    private static func find(_ byte: UInt8, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
        memchr(start, CInt(byte), end - start).map { UnsafeRawPointer($0) } ?? end
    }
}
