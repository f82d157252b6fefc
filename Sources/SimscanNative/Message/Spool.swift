internal import Glibc
package import SystemPackage

/// Takes a whole message from a descriptor into a file without a name.
package enum Spool {
    /// Room for a Received line, which is written ahead of the message without moving it.
    package static let receivedRoom: Int64 = 1024
    /// Room by which a header may grow when spamd adds its own fields to it.
    package static let headerRoom: Int64 = 3072

    /// What one read takes at most: the capacity of a Linux pipe.
    private static let blockBytes = 65_536
    /// A line of the room ahead of a message.
    private static let fillerLineBytes = 512

    /// Reads until the end of the file.
    ///
    /// The room ahead of the message holds header lines, so that a scanner that is given the whole file sees a
    /// message from its first byte on.
    ///
    /// - Parameters:
    ///   - room: bytes ahead of the message.
    ///   - follower: sees the message grow.
    /// - Throws: 61 where the working directory cannot be used, 54 where the message cannot be read to its
    ///   end, 53 where it cannot be written.
    package static func receive(
        from input: FileDescriptor, workdir: String, room: Int64, follower: (any SpoolFollower)? = nil
    ) throws(FilterFailure) -> SpooledMessage {
        let file: UnnamedFile
        do {
            file = try UnnamedFile(in: workdir)
        } catch {
            throw FilterFailure(.workdirUnusable, "workdir: " + workdir + ": " + error.description)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(room) + blockBytes, alignment: 4096)
        defer { buffer.deallocate() }
        let block = UnsafeMutableRawBufferPointer(rebasing: buffer[Int(room)...])
        fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(room)]))
        var size: Int64 = 0
        while true {
            follower?.work(untilReadable: input)
            let count: Int
            do {
                count = try input.read(into: block)
            } catch {
                throw FilterFailure(.readError, "message: cannot be read: " + Errno(error).description)
            }
            if count == 0 { break }
            // The first write takes the room along.
            let (bytes, offset) = size == 0 ? (buffer[..<(Int(room) + count)], 0) : (block[..<count], room + size)
            do throws(Errno) {
                try file.descriptor.writeAll(UnsafeRawBufferPointer(rebasing: bytes), at: offset)
            } catch {
                throw FilterFailure(.writeError, "workdir: " + workdir + ": cannot write: " + error.description)
            }
            size += Int64(count)
            follower?.follow(file.descriptor, from: room, to: room + size, isWhole: false)
        }
        follower?.follow(file.descriptor, from: room, to: room + size, isWhole: true)
        return SpooledMessage(descriptor: file.descriptor, start: room, size: size)
    }

    /// Header lines of a field that says what they are.
    private static func fill(_ room: UnsafeMutableRawBufferPointer) {
        room.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "-"))
        for line in stride(from: 0, to: room.count, by: fillerLineBytes) {
            room[line...].copyBytes(from: "X-Simscan-Room: ".utf8)
            room[line + fillerLineBytes - 1] = UInt8(ascii: "\n")
        }
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
