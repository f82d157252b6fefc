internal import CLinux
internal import Glibc
package import SystemPackage

// A message's body: where it begins, and whether two messages have the same one.
extension SpooledMessage {
    private static let blockBytes = 65_536

    /// The offset of the body's first byte in the file: see `HeaderEnd`.
    package func bodyOffset() throws(Errno) -> Int64 { try headerEnd().body }

    private func headerEnd() throws(Errno) -> (body: Int64, isAfterEmptyLine: Bool) {
        var header = HeaderEnd()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { buffer.deallocate() }
        var offset = start
        while offset < end {
            let count = try readBlock(into: buffer, at: offset)
            header.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            if let body = header.body { return (body, true) }
            offset += Int64(count)
        }
        return (header.reachedEnd(end), false)
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

    /// Whether this is the header of another message, changed or not, and nothing else: what spamd's HEADERS
    /// returns. The other message's body can follow it.
    package func isHeader(for other: SpooledMessage) throws(Errno) -> Bool {
        let (mine, theirs) = (try headerEnd(), try other.headerEnd())
        guard size > 0, mine.isAfterEmptyLine == theirs.isAfterEmptyLine else { return false }
        // A message without an empty line is all header, and comes back whole.
        return theirs.isAfterEmptyLine ? mine.body == end : try hasBody(of: other)
    }

    /// This message with another header, which is written over the old one and into the room ahead of it.
    ///
    /// - Precondition: `header.isHeader(for: self)`, and nobody reads this file any more.
    /// - Parameter room: bytes ahead of the new header that stay free.
    /// - Returns: nil where the new header does not fit.
    /// - Throws: what reading and writing say; the message is spoilt then.
    package func replacingHeader(with header: SpooledMessage, room: Int64) throws(Errno) -> SpooledMessage? {
        let old = try headerEnd()
        let body = old.isAfterEmptyLine ? old.body : end
        let newStart = body - header.size
        guard newStart >= room else { return nil }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { buffer.deallocate() }
        var done: Int64 = 0
        while done < header.size {
            let count = try header.readBlock(into: buffer, at: header.start + done)
            try descriptor.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: newStart + done)
            done += Int64(count)
        }
        return SpooledMessage(descriptor: descriptor, start: newStart, size: end - newStart)
    }

    /// This header with the body of another message after it, in this header's file.
    ///
    /// - Precondition: `isHeader(for: other)`.
    /// - Throws: what reading and writing say.
    package func appendingBody(of other: SpooledMessage) throws(Errno) -> SpooledMessage {
        let old = try other.headerEnd()
        guard old.isAfterEmptyLine else { return self }
        var position = off_t(old.body)
        guard lseek(descriptor.rawValue, off_t(end), SEEK_SET) == end else { throw Errno(rawValue: errno) }
        while position < other.end {
            // sendfile(2) moves bytes between any two files, of whatever file systems.
            let count = linux_sendfile(
                descriptor.rawValue, other.descriptor.rawValue, &position, Int(other.end) - position)
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            // The spool cannot have become shorter; if it has, this is no message.
            guard count > 0 else { throw .ioError }
        }
        return SpooledMessage(descriptor: descriptor, start: start, size: size + other.end - old.body)
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
