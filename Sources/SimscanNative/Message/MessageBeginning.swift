/// The first bytes of a message, which stay in memory when they have gone into the spool: whoever looks at the
/// header, or at a message that is small, does not read them back.
///
/// Filled by the one who receives the message, and not changed after that.
package final class MessageBeginning: @unchecked Sendable {
    /// Bytes of a message that are kept: most mail, and nearly every header, is smaller.
    static let maximumBytes = 65_536

    private let memory: UnsafeMutableRawBufferPointer
    private let roomBytes: Int
    private var count = 0

    /// - Parameter room: bytes ahead of the message that go into the spool with it.
    init(room: Int) {
        roomBytes = room
        memory = .allocate(byteCount: room + Self.maximumBytes, alignment: 4096)
    }

    deinit { memory.deallocate() }

    /// What stands ahead of the message.
    var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[..<roomBytes]) }

    /// Where the next bytes go; empty when it is full.
    var free: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[(roomBytes + count)...]) }

    /// So many bytes were put where `free` says.
    func added(_ more: Int) { count += more }

    /// The room and all bytes that are there.
    var withRoom: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<(roomBytes + count)]) }

    /// What is there of the message.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[roomBytes..<(roomBytes + count)]) }
}
