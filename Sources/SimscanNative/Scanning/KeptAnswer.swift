internal import SystemPackage

/// The message, or the header, that spamd sends back: a short one in memory, a long one in a file without a name.
struct KeptAnswer {
    /// What a file on disk costs is more than copying this much. A header is hardly ever longer.
    static let maximumHeldBytes = 65_536

    /// Where the file is made.
    let workdir: Workdir
    /// Bytes that stay free ahead of the answer in the file.
    let room: Int64
    /// So much stays in memory; 0: nothing does.
    let maximumHeld: Int
    private(set) var size: Int64 = 0
    private var held: [UInt8] = []
    private var file: UnnamedFile?

    init(workdir: Workdir, room: Int64, maximumHeld: Int) {
        self.workdir = workdir
        self.room = room
        self.maximumHeld = maximumHeld
    }

    /// Keeps more of it.
    mutating func append(_ bytes: Span<UInt8>) throws(Errno) {
        if file == nil, held.count + bytes.count <= maximumHeld {
            bytes.withUnsafeBufferPointer { held.append(contentsOf: $0) }
        } else {
            let file = try openFile()
            var error: Errno?
            bytes.withUnsafeBufferPointer { bytes in
                do throws(Errno) {
                    try file.descriptor.writeAll(UnsafeRawBufferPointer(bytes), at: room + size)
                } catch let failed {
                    error = failed
                }
            }
            if let error { throw error }
        }
        size += Int64(bytes.count)
    }

    /// All of it, where it is in memory.
    var header: HeldHeader? { file == nil ? HeldHeader(held, workdir: workdir, room: room) : nil }

    /// All of it, in a file.
    mutating func spooled() throws(Errno) -> SpooledMessage {
        SpooledMessage(descriptor: try openFile().descriptor, start: room, size: size)
    }

    /// Nobody wants it.
    mutating func discard() {
        try? file?.descriptor.close()
        file = nil
    }

    /// The file, with what was held in memory until now.
    private mutating func openFile() throws(Errno) -> UnnamedFile {
        if let file { return file }
        let new = try UnnamedFile(in: workdir)
        file = new
        if !held.isEmpty { try new.descriptor.writeAll(held, at: room) }
        held = []
        return new
    }
}
