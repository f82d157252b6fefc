import ClamdProtocol
import Testing

@Test(
    arguments: [
        (ClamdCommand.version, "zVERSION\0"), (.instream, "zINSTREAM\0"), (.fildes, "zFILDES\0"),
        (.idsession, "zIDSESSION\0"), (.end, "zEND\0"),
    ] as [(ClamdCommand, Wire)])
func `a command is sent with a z before it and a NUL behind it`(command: ClamdCommand, expected: Wire) {
    #expect(command.bytes == expected.bytes)
}

@Test(
    arguments: [
        (1, [0, 0, 0, 1]), (0x0102_0304, [1, 2, 3, 4]), (65_536, [0, 1, 0, 0]), (UInt32.max, [255, 255, 255, 255]),
    ] as [(UInt32, [UInt8])])
func `a chunk's length is four bytes, the highest first`(length: UInt32, expected: [UInt8]) {
    #expect(ClamdChunk.header(length: length) == expected)
}

@Test func `the stream ends with four zero bytes`() {
    #expect(ClamdChunk.end == [0, 0, 0, 0])
}

@Test func `a chunk of no bytes is our own mistake, since it would end the stream`() async {
    await #expect(processExitsWith: .failure) { _ = ClamdChunk.header(length: 0) }
}
