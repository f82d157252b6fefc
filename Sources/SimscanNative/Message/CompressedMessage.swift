internal import CZlib
internal import SystemPackage

/// A message in zlib's format (RFC 1950), in a file without a name.
///
/// The file is closed with the last reference. However long the message is, compressing it takes half a megabyte.
final class CompressedMessage {
    /// Open for reading.
    let descriptor: FileDescriptor
    /// Bytes in the file.
    let size: Int64

    private static let bufferBytes = 65_536

    /// Compresses a message.
    ///
    /// - Parameter directory: where there is room for it.
    /// - Throws: what reading and writing say.
    init(of message: SpooledMessage, in directory: Workdir) throws(Errno) {
        let file = try UnnamedFile(in: directory)
        do throws(Errno) {
            size = try Self.deflate(message, into: file.descriptor)
        } catch {
            try? file.descriptor.close()
            throw error
        }
        descriptor = file.descriptor
    }

    deinit {
        try? descriptor.close()
    }

    /// - Returns: how many bytes were written.
    private static func deflate(_ message: SpooledMessage, into file: FileDescriptor) throws(Errno) -> Int64 {
        // The library keeps the address of what it is given, so that it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * bufferBytes, alignment: 16)
        defer {
            room.deallocate()
            stream.deallocate()
        }
        let input = UnsafeMutableRawBufferPointer(rebasing: room[..<bufferBytes])
        let output = UnsafeMutableRawBufferPointer(rebasing: room[bufferBytes...])
        // The network in between is faster than a better compression is.
        let size = CInt(MemoryLayout<z_stream>.size)
        guard deflateInit_(stream, Z_BEST_SPEED, ZLIB_VERSION, size) == Z_OK else { throw .noMemory }
        defer { deflateEnd(stream) }

        var read: Int64 = 0
        var written: Int64 = 0
        while true {
            let wanted = min(Int64(input.count), message.size - read)
            let part = UnsafeMutableRawBufferPointer(rebasing: input[..<Int(wanted)])
            // The spool is shorter than what was counted into it: this is not the message.
            guard try message.readAll(into: part, at: message.start + read) == part.count else {
                throw .ioError
            }
            read += wanted
            let isLast = read == message.size
            stream.pointee.next_in = part.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_in = uInt(wanted)
            var status = Z_OK
            repeat {
                stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.pointee.avail_out = uInt(output.count)
                status = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .noMemory }
                let count = output.count - Int(stream.pointee.avail_out)
                try file.writeAll(UnsafeRawBufferPointer(rebasing: output[..<count]), at: written)
                written += Int64(count)
            } while stream.pointee.avail_out == 0 && status != Z_STREAM_END
            guard isLast else { continue }
            guard status == Z_STREAM_END else { throw .ioError }
            return written
        }
    }
}
