internal import Glibc
internal import SystemPackage

/// Reads a message in blocks: its beginning from memory where it is there, the rest from its file.
struct MessageBlocks: ~Copyable {
    private let message: SpooledMessage
    private let blockBytes: Int
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// - Parameter blockBytes: what is read from the file at a time, and the memory that this takes.
    init(_ message: SpooledMessage, blockBytes: Int) {
        self.message = message
        self.blockBytes = blockBytes
    }

    deinit { buffer.deallocate() }

    /// The bytes at an offset of the file, at least one; valid until the next call.
    ///
    /// - Precondition: the offset is within the message.
    /// - Throws: what `pread(2)` says; `EIO` where the file is shorter than the message.
    mutating func block(at offset: Int64) throws(Errno) -> UnsafeRawBufferPointer {
        if let beginning = message.beginning?.bytes, offset - message.start < Int64(beginning.count) {
            return UnsafeRawBufferPointer(rebasing: beginning[Int(offset - message.start)...])
        }
        let wanted = Int(min(message.end - offset, Int64(blockBytes)))
        if buffer.isEmpty { buffer = .allocate(byteCount: wanted, alignment: 64) }
        while true {
            let count = pread(message.descriptor.rawValue, buffer.baseAddress, min(wanted, buffer.count), off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            // A spool that is shorter than it was is no message to pass.
            guard count > 0 else { throw .ioError }
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }
}
