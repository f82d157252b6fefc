internal import CLinux
internal import Glibc
package import SystemPackage

/// A file without a name, which is gone when its last descriptor is closed, however the process ends.
///
/// The owner closes it: there is no `deinit`, since the descriptor is handed on to qmail-queue.
package struct UnnamedFile: Sendable {
    package let descriptor: FileDescriptor

    /// Group-readable, so that a scanner in simscan's group can read what it is shown.
    private static let mode: mode_t = 0o640

    /// Makes the file on the file system of a directory, close-on-exec.
    ///
    /// - Throws: what `openat(2)` says of the directory.
    package init(in directory: Workdir) throws(Errno) {
        var fd = linux_open_unnamed(directory.descriptor.rawValue, Self.mode)
        if fd < 0 {
            let error = Errno(rawValue: errno)
            // EISDIR is what a kernel or a file system without O_TMPFILE says.
            guard error == .notSupported || error == .isDirectory else { throw error }
            fd = try Self.openAndUnlink(in: directory)
        }
        descriptor = FileDescriptor(rawValue: fd)
    }

    /// Whether a directory's file system makes such files by itself; where it does not, a file has a name for a moment.
    package static func isSupported(in directory: Workdir) -> Bool {
        let fd = linux_open_unnamed(directory.descriptor.rawValue, mode)
        guard fd >= 0 else { return false }
        close(fd)
        return true
    }

    private static func openAndUnlink(in directory: Workdir) throws(Errno) -> CInt {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        // The name lives for two system calls; O_EXCL sees to it that it is ours alone.
        let name = ".new." + String(now.tv_sec) + "." + String(now.tv_nsec) + "." + String(getpid())
        let place = directory.descriptor.rawValue
        let fd = openat(place, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        guard unlinkat(place, name, 0) == 0 else {
            let error = Errno(rawValue: errno)
            close(fd)
            throw error
        }
        return fd
    }
}

extension FileDescriptor {
    /// Writes all of the bytes at an offset.
    package func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        var rest = bytes
        var position = off_t(offset)
        // swift-system's own loop is generic over sequences, and makes its types anew in every process.
        while !rest.isEmpty {
            let count = Glibc.pwrite(rawValue, rest.baseAddress, rest.count, position)
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            position += count
        }
    }

    /// Reads at an offset until the buffer is full or the file ends.
    ///
    /// - Returns: the number of bytes read; fewer than the buffer holds at the end of the file alone.
    package func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        var filled = 0
        do {
            while filled < buffer.count {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                let count = try read(fromAbsoluteOffset: offset + Int64(filled), into: room)
                if count == 0 { break }
                filled += count
            }
        } catch {
            throw Errno(error)
        }
        return filled
    }
}

extension Errno {
    /// swift-system throws nothing else, but does not say so in its types.
    init(_ error: any Error) { self = error as? Errno ?? .ioError }
}
