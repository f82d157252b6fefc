package import SystemPackage

/// A header in memory that takes the place of a message's own.
package struct HeldHeader: Sendable {
    /// With the empty line at its end.
    package let bytes: [UInt8]
    /// Where a file is made for it when it needs one.
    private let workdir: Workdir
    /// Bytes ahead of it in that file.
    private let room: Int64

    package init(_ bytes: [UInt8], workdir: Workdir, room: Int64) {
        self.bytes = bytes
        self.workdir = workdir
        self.room = room
    }

    /// Whether these are header lines with the empty line at their end and nothing after it, and the message has an
    /// empty line too.
    func isHeader(for message: SpooledMessage) throws(Errno) -> Bool {
        var header = HeaderEnd()
        bytes.withUnsafeBytes { header.received($0, at: 0) }
        guard header.body == Int64(bytes.count) else { return false }
        return try message.hasEmptyLine()
    }

    /// The header in a file without a name.
    package func spooled() throws(Errno) -> SpooledMessage {
        let file = try UnnamedFile(in: workdir)
        try file.descriptor.writeAll(bytes, at: room)
        return SpooledMessage(descriptor: file.descriptor, start: room, size: Int64(bytes.count))
    }
}
