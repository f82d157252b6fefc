import SimscanNative
import SystemPackage
import Testing

/// Where a caged child says that parts stand is believed only where parts can stand.
@Suite struct PartsAnswerTests {
    /// What is said of a file of 1000 bytes, of which all parts together may have 500.
    private static func read(_ parts: [(start: UInt64, size: UInt64)]) -> [Range<Int64>]? {
        var writer = AnswerWriter()
        writer.add(byte: 3)
        writer.add(byte: 1)
        writer.add(number: UInt64(parts.count))
        for part in parts {
            writer.add(number: part.start)
            writer.add(number: part.size)
            writer.add(text: "1".utf8, upTo: 10)
        }
        var reader = AnswerReader(writer.bytes)
        let answer = reader.parts(in: FileDescriptor(rawValue: 0), size: 1000, longest: 500)
        return try? answer?.get().parts.map { $0.content.start..<$0.content.end }
    }

    @Test func `Parts stand one behind the other, with holes or without`() {
        #expect(Self.read([]) == [])
        #expect(Self.read([(0, 500)]) == [0..<500])
        #expect(Self.read([(0, 100), (100, 1), (900, 100)]) == [0..<100, 100..<101, 900..<1000])
    }

    @Test(
        arguments: [
            [(0, 0)], [(0, 501)], [(900, 101)], [(1001, 1)], [(0, 100), (99, 100)], [(100, 100), (0, 100)],
            [(0, 300), (300, 201)], [(0, 1), (0, 1)], [(.max, 1)], [(0, .max)], [(500, 1), (500, 1)],
        ] as [[(UInt64, UInt64)]])
    func `Parts that overlap, or are more than the message can have, are no answer`(parts: [(UInt64, UInt64)]) {
        #expect(Self.read(parts.map { (start: $0.0, size: $0.1) }) == nil)
    }
}
