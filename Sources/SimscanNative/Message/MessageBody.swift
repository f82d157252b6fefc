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
        var blocks = MessageBlocks(self, blockBytes: Self.blockBytes)
        var offset = start
        while offset < end {
            let block = try blocks.block(at: offset)
            header.received(block, at: offset)
            if let body = header.body { return (body, true) }
            offset += Int64(block.count)
        }
        return (header.reachedEnd(end), false)
    }

    /// Whether an empty line ends its header.
    func hasEmptyLine() throws(Errno) -> Bool { try headerEnd().isAfterEmptyLine }

    /// Whether this message's body is that of another one, byte for byte, whatever the headers are.
    package func hasBody(of other: SpooledMessage) throws(Errno) -> Bool {
        let mine = try bodyOffset()
        let theirs = try other.bodyOffset()
        guard end - mine == other.end - theirs else { return false }
        var left = MessageBlocks(self, blockBytes: Self.blockBytes)
        var right = MessageBlocks(other, blockBytes: Self.blockBytes)
        var done: Int64 = 0
        while mine + done < end {
            let block = try left.block(at: mine + done)
            let otherBlock = try right.block(at: theirs + done)
            let count = min(block.count, otherBlock.count)
            guard let a = block.baseAddress, let b = otherBlock.baseAddress, memcmp(a, b, count) == 0
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
        guard let message = try message(withHeaderOf: header.size, room: room) else { return nil }
        var blocks = MessageBlocks(header, blockBytes: Self.blockBytes)
        var done: Int64 = 0
        while done < header.size {
            let block = try blocks.block(at: header.start + done)
            try descriptor.writeAll(block, at: message.start + done)
            done += Int64(block.count)
        }
        return message
    }

    /// The same with a header that is in memory.
    func replacingHeader(with header: HeldHeader, room: Int64) throws(Errno) -> SpooledMessage? {
        guard let message = try message(withHeaderOf: Int64(header.bytes.count), room: room) else { return nil }
        try descriptor.writeAll(header.bytes, at: message.start)
        return message
    }

    /// This message's body, and so many bytes of another header ahead of it, which are not written yet.
    private func message(withHeaderOf size: Int64, room: Int64) throws(Errno) -> SpooledMessage? {
        let old = try headerEnd()
        let start = (old.isAfterEmptyLine ? old.body : end) - size
        return start >= room ? SpooledMessage(descriptor: descriptor, start: start, size: end - start) : nil
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
}
