import Glibc
import SimscanNative
import SystemPackage
import Testing

/// A message that is kept is never replaced by another one.
@Suite struct QuarantineNameTests {
    private static let kinds = ["addr.", "log.", "msg."]

    private func keep(in directory: ControlDirectory, as name: MessageName) throws {
        guard let file = tmpfile() else { throw Errno(rawValue: errno) }
        defer { fclose(file) }
        let descriptor = FileDescriptor(rawValue: fileno(file))
        _ = try descriptor.writeAll("new\n".utf8)
        var parser = EnvelopeParser()
        let envelope = try #require(try parser.received(Array("Fa@example.org\0Tb@example.com\0\0".utf8).span))
        try Quarantine(directory.path).keep(
            SpooledMessage(descriptor: descriptor, start: 0, size: 4), envelope, line: Array("line\n".utf8), as: name)
    }

    @Test(arguments: kinds) func `A name that is taken is an error, and leaves what was there`(kind: String) throws {
        let directory = try ControlDirectory()
        let name = MessageName()
        try directory.write(Array("old\n".utf8), to: kind + name.description)
        #expect(throws: Errno.fileExists) { try keep(in: directory, as: name) }
        #expect(try directory.bytes(of: kind + name.description) == Array("old\n".utf8))
        for other in Self.kinds where other != kind {
            #expect(access(directory.file(other + name.description), F_OK) != 0)
        }
    }

    @Test func `Twice the same message is an error`() throws {
        let directory = try ControlDirectory()
        let name = MessageName()
        try keep(in: directory, as: name)
        #expect(throws: Errno.fileExists) { try keep(in: directory, as: name) }
        #expect(try directory.bytes(of: "msg." + name.description) == Array("new\n".utf8))
    }
}
