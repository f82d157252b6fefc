package import SystemPackage

/// A whole message in a file that is never written again: which file, and where in it.
///
/// The file may hold other bytes ahead of the message (room for the Received line), so every reader starts at
/// `start` and stops at `end`. Readers use offsets of their own (`pread`, `sendfile`); the file's offset
/// belongs to whoever hands the descriptor on.
package struct SpooledMessage: Sendable {
    /// Open for reading.
    package let descriptor: FileDescriptor
    /// The offset of the message's first byte.
    package let start: Int64
    /// Bytes in the message.
    package let size: Int64

    /// The offset after the message's last byte.
    package var end: Int64 { start + size }

    /// Its first bytes, where they are still in memory.
    let beginning: MessageBeginning?

    package init(descriptor: FileDescriptor, start: Int64, size: Int64) {
        self.init(descriptor: descriptor, start: start, size: size, beginning: nil)
    }

    init(descriptor: FileDescriptor, start: Int64, size: Int64, beginning: MessageBeginning?) {
        self.descriptor = descriptor
        self.start = start
        self.size = size
        self.beginning = beginning
    }

    /// Fills a buffer with the bytes at an offset of the file: from memory, where they are all there.
    ///
    /// - Returns: how many there are; fewer than the buffer has only where the file ends.
    /// - Throws: what `pread(2)` says.
    func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        let first = Int(offset - start)
        guard let bytes = beginning?.bytes, first >= 0, first + buffer.count <= bytes.count else {
            return try descriptor.readAll(into: buffer, at: offset)
        }
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first..<(first + buffer.count)]))
        return buffer.count
    }
}
