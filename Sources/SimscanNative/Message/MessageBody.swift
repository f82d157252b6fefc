internal import CLinux
internal import Glibc
package import SystemPackage

// A message's body: where it begins, and whether two messages have the same one.
extension SpooledMessage {
    private static let blockBytes = 65_536

    /// The offset of the body's first byte in the file: see `HeaderEnd`.
    package func bodyOffset() throws(Errno) -> Int64 {
        var header = HeaderEnd()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { buffer.deallocate() }
        var offset = start
        while offset < end {
            let count = try readBlock(into: buffer, at: offset)
            header.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            if let body = header.body { return body }
            offset += Int64(count)
        }
        return header.reachedEnd(end)
    }

    /// Whether this message's body is that of another one, byte for byte, whatever the headers are.
    package func hasBody(of other: SpooledMessage) throws(Errno) -> Bool {
        let mine = try bodyOffset()
        let theirs = try other.bodyOffset()
        guard end - mine == other.end - theirs else { return false }
        let buffers = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * Self.blockBytes, alignment: 16)
        defer { buffers.deallocate() }
        let left = UnsafeMutableRawBufferPointer(rebasing: buffers[..<Self.blockBytes])
        let right = UnsafeMutableRawBufferPointer(rebasing: buffers[Self.blockBytes...])
        var done: Int64 = 0
        while mine + done < end {
            let count = try readBlock(into: left, at: mine + done)
            let otherCount = try other.readBlock(into: right, at: theirs + done)
            guard let a = left.baseAddress, let b = right.baseAddress, count == otherCount, memcmp(a, b, count) == 0
            else { return false }
            done += Int64(count)
        }
        return true
    }

    /// This header with the body of another message after it, in this message's file.
    ///
    /// - Returns: nil where this is not a header and its empty line alone.
    package func appendingBody(of other: SpooledMessage) throws(Errno) -> SpooledMessage? {
        // Without the empty line the body's first lines would become header lines.
        guard size > 0, try bodyOffset() == end, try endsWithEmptyLine() else { return nil }
        var position = off_t(try other.bodyOffset())
        var target = off_t(end)
        while position < other.end {
            let count = linux_copy_file_range(
                other.descriptor.rawValue, &position, descriptor.rawValue, &target, Int(other.end) - position)
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            // The spool cannot have become shorter; if it has, this is no message.
            guard count > 0 else { throw .ioError }
        }
        return SpooledMessage(descriptor: descriptor, start: start, size: Int64(target) - start)
    }

    private func endsWithEmptyLine() throws(Errno) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
        defer { buffer.deallocate() }
        let count = Int(min(size, 3))
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        guard try descriptor.readAll(into: room, at: end - Int64(count)) == count else { throw .ioError }
        return room.suffix(2).elementsEqual("\n\n".utf8) || room.elementsEqual("\n\r\n".utf8)
    }

    /// Reads what is there at an offset, up to a buffer full.
    ///
    /// - Throws: `EIO` where the file is shorter than the message.
    func readBlock(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        let wanted = Int(min(Int64(buffer.count), end - offset))
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        guard try descriptor.readAll(into: room, at: offset) == wanted else { throw .ioError }
        return wanted
    }
}
