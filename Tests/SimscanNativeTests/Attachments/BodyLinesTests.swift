import Testing

@testable import SimscanNative

@Suite("Lines that need a look")
struct BodyLinesTests {
    /// What a look at every single byte finds.
    private func expected(_ bytes: [UInt8], from start: Int) -> Int {
        var line = start
        while let newline = bytes[line...].firstIndex(of: 0x0A) {
            let inner = bytes[line..<newline].dropLast(bytes[line..<newline].last == 0x0D ? 1 : 0)
            if bytes[line] == UInt8(ascii: "-") || inner.contains(0x0D) { return line }
            line = newline + 1
        }
        return line
    }

    /// Every line that is found, in order, up to where the block ends.
    private func found(_ bytes: [UInt8]) -> (found: [Int], expected: [Int]) {
        var result: (found: [Int], expected: [Int]) = ([], [])
        bytes.withUnsafeBytes { block in
            guard let start = block.baseAddress else { return }
            var lines = BodyLines(start: start, end: start + block.count)
            var line = 0
            while line < bytes.count {
                result.found.append(lines.next(from: start + line) - start)
                result.expected.append(expected(bytes, from: line))
                guard let place = result.expected.last, let newline = bytes[place...].firstIndex(of: 0x0A) else {
                    break
                }
                line = newline + 1
            }
        }
        return result
    }

    @Test func `Every block of up to seven bytes of the four kinds`() {
        let alphabet = Array("a-\r\n".utf8)
        var blocks: [[UInt8]] = [[]]
        for _ in 1...7 {
            blocks = blocks.flatMap { block in alphabet.map { block + [$0] } }
            for block in blocks {
                let result = found(block)
                #expect(result.found == result.expected, "\(block)")
            }
        }
    }

    @Test func `A line is whole where its LF is there and no CR stands alone`() {
        for (text, newline) in [
            ("-a\n", 2), ("-a\r\n", 3), ("\n", 0), ("-a", nil), ("-\ra\n", nil), ("-\r\r\n", nil), ("-a\r", nil),
        ] as [(String, Int?)] {
            Array(text.utf8).withUnsafeBytes { block in
                guard let start = block.baseAddress else { return }
                var lines = BodyLines(start: start, end: start + block.count)
                #expect(lines.newline(of: start).map { $0 - start } == newline, "\(text.debugDescription)")
            }
        }
    }
}
