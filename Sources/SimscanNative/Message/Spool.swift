package import SystemPackage

/// Takes a whole message from a descriptor into a file without a name.
package enum Spool {
    /// Room ahead of the message for a Received line, which is written there without moving the message.
    package static let headroom: Int64 = 1024

    /// What one read takes at most: the capacity of a Linux pipe.
    private static let blockBytes = 65_536

    /// Reads until the end of the file.
    ///
    /// - Throws: 61 where the working directory cannot be used, 54 where the message cannot be read to its
    ///   end, 53 where it cannot be written.
    package static func receive(
        from input: FileDescriptor, workdir: String, headroom: Int64
    ) throws(FilterFailure) -> SpooledMessage {
        let file: UnnamedFile
        do {
            file = try UnnamedFile(in: workdir)
        } catch {
            throw FilterFailure(.workdirUnusable, "workdir: " + workdir + ": " + error.description)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 4096)
        defer { buffer.deallocate() }
        var size: Int64 = 0
        while true {
            let count: Int
            do {
                count = try input.read(into: buffer)
            } catch {
                throw FilterFailure(.readError, "message: cannot be read: " + Errno(error).description)
            }
            if count == 0 { break }
            do {
                try file.descriptor.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: headroom + size)
            } catch {
                throw FilterFailure(.writeError, "workdir: " + workdir + ": cannot write: " + error.description)
            }
            size += Int64(count)
        }
        return SpooledMessage(descriptor: file.descriptor, start: headroom, size: size)
    }
}

extension SpooledMessage {
    /// The same message with these bytes ahead of it, written into the room that the spool left.
    ///
    /// - Precondition: the bytes fit into the room.
    /// - Throws: what the write says.
    package func prepending(_ bytes: [UInt8]) throws(Errno) -> SpooledMessage {
        precondition(Int64(bytes.count) <= start, "the spool has no room ahead of the message")
        let longer = SpooledMessage(
            descriptor: descriptor, start: start - Int64(bytes.count), size: size + Int64(bytes.count))
        var failure: Errno?
        bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try descriptor.writeAll(bytes, at: longer.start) } catch { failure = error }
        }
        if let failure { throw failure }
        return longer
    }
}
