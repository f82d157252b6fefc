/// How `INSTREAM` frames what is scanned: chunks, each behind its length, and an empty one (`clamd(8)`, INSTREAM).
package enum ClamdChunk {
    /// What goes before a chunk.
    ///
    /// - Parameter length: the chunk's bytes; not 0, which would end the stream.
    /// - Returns: 4 bytes, big endian.
    package static func header(length: UInt32) -> [UInt8] {
        precondition(length > 0, "an empty chunk ends the stream")
        return [
            UInt8(truncatingIfNeeded: length >> 24), UInt8(truncatingIfNeeded: length >> 16),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length),
        ]
    }

    /// What ends the stream: a chunk of no bytes. Without it clamd closes the connection and has scanned nothing.
    package static let end: [UInt8] = [0, 0, 0, 0]
}
