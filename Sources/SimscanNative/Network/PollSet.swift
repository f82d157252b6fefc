internal import Glibc
internal import SystemPackage

/// The descriptors that one `poll(2)` waits for.
///
/// Not an array: the first one of a C structure costs every process its metadata.
final class PollSet {
    private var entries = UnsafeMutableBufferPointer<pollfd>(start: nil, count: 0)
    private(set) var count = 0

    private static let usualRoom = 8

    deinit { entries.deallocate() }

    func removeAll() { count = 0 }

    func append(_ descriptor: pollfd) {
        if count == entries.count {
            let longer = UnsafeMutableBufferPointer<pollfd>.allocate(capacity: max(Self.usualRoom, 2 * count))
            if count > 0 { _ = longer.moveInitialize(fromContentsOf: entries) }
            entries.deallocate()
            entries = longer
        }
        entries.initializeElement(at: count, to: descriptor)
        count += 1
    }

    subscript(index: Int) -> pollfd {
        precondition(index < count, "a descriptor that was never asked about")
        return entries[index]
    }

    /// Waits until one of them is ready, or the time is up.
    ///
    /// - Parameter milliseconds: -1 waits for ever.
    /// - Returns: whether it waited; `errno` says why it did not.
    func wait(milliseconds: CInt) -> Bool { poll(entries.baseAddress, nfds_t(count), milliseconds) >= 0 }
}
