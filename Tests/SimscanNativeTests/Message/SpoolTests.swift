import SystemPackage
import Testing

@testable import SimscanNative

@Suite("A spooled message")
struct SpoolTests {
    private func received(_ bytes: [UInt8], room: Int64) throws -> SpooledMessage {
        let input = try UnnamedFile(in: try Workdir("/tmp")).descriptor
        defer { try? input.close() }
        try input.writeWhole(bytes)
        return try Spool.receive(from: input, workdir: try Workdir("/tmp"), room: room)
    }

    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    @Test(arguments: [0, 1, 4096, 65_535, 65_536, 65_537, 327_680, 327_681, 700_000], [0, 3072] as [Int64])
    func `It is whole in its file and in its blocks, whatever its size`(size: Int, room: Int64) throws {
        let bytes = bytes(size)
        let message = try received(bytes, room: room)
        defer { try? message.descriptor.close() }
        #expect(message.start == room)
        #expect(message.size == Int64(size))
        var file = [UInt8](repeating: 0, count: size + 1)
        let count = try file.withUnsafeMutableBytes { try message.descriptor.readAll(into: $0, at: room) }
        #expect(Array(file.prefix(count)) == bytes)
        for blockBytes in [1000, 65_536, 1_000_000] {
            var blocks = MessageBlocks(message, blockBytes: blockBytes)
            var read: [UInt8] = []
            while read.count < size { read += Array(try blocks.block(at: room + Int64(read.count))) }
            #expect(read == bytes)
        }
    }

    @Test func `A message that lost bytes of its file cannot be read to its end`() throws {
        let message = try received(bytes(100_000), room: 0)
        defer { try? message.descriptor.close() }
        try message.descriptor.resize(to: 90_000)
        var blocks = MessageBlocks(message, blockBytes: 131_072)
        #expect(try blocks.block(at: 65_536).count == 90_000 - 65_536)
        #expect(throws: Errno.ioError) { try readBlocks(of: message) { _ in true } }
    }

    @Test func `With a new header, nobody sees the old one`() throws {
        let message = try received(Array("Subject: old\nA: b\n\nbody".utf8), room: 3072)
        defer { try? message.descriptor.close() }
        let header = HeldHeader(Array("Subject: new\nX: y\nA: b\n\n".utf8), workdir: try Workdir("/tmp"), room: 0)
        let result = try SpamReport.Rewrite.heldHeader(header).applied(to: message, room: 1024)
        #expect(result.descriptor == message.descriptor)
        #expect(result.headerField("subject:") == Array("new".utf8))
        let longer = try result.prepending(Array("Received: here\n".utf8))
        #expect(longer.headerField("received:") == Array("here".utf8))
        #expect(longer.size == 15 + 24 + 4)
    }
}
