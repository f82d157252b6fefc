internal import Glibc
package import SystemPackage

/// Takes a whole message from a descriptor into a file without a name.
package enum Spool {
    /// Room for a Received line, which is written ahead of the message without moving it.
    package static let receivedRoom: Int64 = 1024
    /// Room by which a header may grow when spamd adds its own fields to it.
    package static let headerRoom: Int64 = 3072

    /// What one read takes at most, behind the beginning. A pipe gives less; from a file, the larger a write is,
    /// the larger are the pages that the kernel takes for it.
    private static let blockBytes = 262_144
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
    ///   - look: is shown all bytes of the message, in their order.
    /// - Throws: 61 where the working directory cannot be used, 54 where the message cannot be read to its
    ///   end, 53 where it cannot be written.
    package static func receive(
        from input: FileDescriptor, workdir: Workdir, room: Int64, follower: (any SpoolFollower)? = nil,
        showing look: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(FilterFailure) -> SpooledMessage {
        let file: UnnamedFile
        do {
            file = try UnnamedFile(in: workdir)
        } catch {
            throw FilterFailure(.workdirUnusable, "workdir: " + workdir.path + ": " + error.description)
        }
        let beginning = MessageBeginning(room: Int(room))
        fill(beginning.room)
        var later = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        defer { later.deallocate() }
        var size: Int64 = 0
        while true {
            let free = beginning.free
            if free.isEmpty && later.isEmpty { later = .allocate(byteCount: blockBytes, alignment: 4096) }
            let block = free.isEmpty ? later : free
            follower?.work(untilReadable: input)
            let count: Int
            do {
                count = try input.read(into: block)
            } catch {
                throw FilterFailure(.readError, "message: cannot be read: " + Errno(error).description)
            }
            if count == 0 { break }
            if !free.isEmpty { beginning.added(count) }
            // The first write takes the room along.
            let bytes = size == 0 ? beginning.withRoom : UnsafeRawBufferPointer(rebasing: block[..<count])
            do throws(Errno) {
                try file.descriptor.writeAll(bytes, at: size == 0 ? 0 : room + size)
            } catch {
                throw FilterFailure(.writeError, "workdir: " + workdir.path + ": cannot write: " + error.description)
            }
            size += Int64(count)
            look(UnsafeRawBufferPointer(rebasing: block[..<count]))
            follower?.follow(file.descriptor, from: room, to: room + size, isWhole: false)
        }
        follower?.follow(file.descriptor, from: room, to: room + size, isWhole: true)
        return SpooledMessage(descriptor: file.descriptor, start: room, size: size, beginning: beginning)
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
        try descriptor.writeAll(bytes, at: longer.start)
        return longer
    }
}
