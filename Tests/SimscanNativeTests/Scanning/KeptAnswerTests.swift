import SystemPackage
import Testing

@testable import SimscanNative

@Suite("What spamd sends back")
struct KeptAnswerTests {
    private func kept(_ pieces: [[UInt8]], maximumHeld: Int) throws -> KeptAnswer {
        var answer = KeptAnswer(workdir: try Workdir("/tmp"), room: 7, maximumHeld: maximumHeld)
        for piece in pieces { try answer.append(piece.span) }
        return answer
    }

    @Test(arguments: [0, 10, 11, 12, 65_536])
    func `It is the same in memory and in a file`(maximumHeld: Int) throws {
        let pieces = [Array("X: y\n".utf8), [], Array("A: b\n\n".utf8)]
        var answer = try kept(pieces, maximumHeld: maximumHeld)
        defer { answer.discard() }
        #expect(answer.size == 11)
        #expect(answer.header.map(\.bytes) == (maximumHeld < 11 ? nil : pieces.flatMap { $0 }))
        let file = try answer.spooled()
        #expect(file.start == 7)
        #expect(try read(file) == pieces.flatMap { $0 })
        #expect(answer.header == nil)
    }

    @Test func `A piece that does not fit goes into a file with those before it`() throws {
        let pieces = (0..<40).map { [UInt8](repeating: UInt8($0), count: 2000) }
        var answer = try kept(pieces, maximumHeld: KeptAnswer.maximumHeldBytes)
        defer { answer.discard() }
        #expect(answer.header == nil)
        #expect(try read(try answer.spooled()) == pieces.flatMap { $0 })
    }

    private func read(_ message: SpooledMessage) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(message.size) + 1)
        let count = try bytes.withUnsafeMutableBytes { try message.descriptor.readAll(into: $0, at: message.start) }
        return Array(bytes.prefix(count))
    }
}
