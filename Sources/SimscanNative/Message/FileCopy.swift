internal import CLinux
internal import Glibc
package import SystemPackage

extension SpooledMessage {
    /// Writes the message to another file from its beginning on.
    ///
    /// - Throws: what reading or writing says; `EIO` where the spool is shorter than the message.
    package func copy(to file: FileDescriptor) throws(Errno) {
        var position = off_t(start)
        while position < end {
            // sendfile(2) moves bytes between any two files, of whatever file systems.
            let count = linux_sendfile(file.rawValue, descriptor.rawValue, &position, Int(end) - position)
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            guard count > 0 else { throw .ioError }
        }
    }
}

/// A directory that was opened once, and in which files are made by name.
package struct Directory: ~Copyable {
    package let descriptor: FileDescriptor

    /// Opens a directory in another one; a symbolic link in its place is an error.
    init(_ name: String, in place: FileDescriptor) throws(Errno) {
        try self.init(openat(place.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }

    /// Opens a directory.
    ///
    /// Its last component may be a symbolic link where root, the user of this process or one of `users`, which are
    /// numbers of users, made it: postmasters put a quarantine on a disk of its own. Anybody else's is an error,
    /// `ENOTDIR`.
    package init(_ path: String, trusting users: [UInt32] = []) throws(Errno) {
        let fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard fd < 0, Self.isTrustedLink(path, users) else {
            try self.init(fd)
            return
        }
        try self.init(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private init(_ fd: CInt) throws(Errno) {
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        descriptor = FileDescriptor(rawValue: fd)
    }

    private static func isTrustedLink(_ path: String, _ users: [UInt32]) -> Bool {
        let error = errno
        defer { errno = error }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return false }
        return status.st_uid == 0 || status.st_uid == geteuid() || users.contains(status.st_uid)
    }

    deinit { close(descriptor.rawValue) }

    /// Makes a new file, group-readable; one that exists is an error.
    func create(_ name: String) throws(Errno) -> FileDescriptor {
        let fd = openat(descriptor.rawValue, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o640))
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: fd)
    }

    func remove(_ name: String) {
        unlinkat(descriptor.rawValue, name, 0)
    }

    /// Gives a file another name; one that is taken is an error, `EEXIST`.
    func rename(_ name: String, toNew newName: String) throws(Errno) {
        if linux_rename_new(descriptor.rawValue, name, newName) == 0 { return }
        // Not every file system knows how to; then by way of both names at once.
        guard errno == EINVAL || errno == ENOSYS else { throw Errno(rawValue: errno) }
        guard linkat(descriptor.rawValue, name, descriptor.rawValue, newName, 0) == 0 else {
            throw Errno(rawValue: errno)
        }
        remove(name)
    }

    /// The names in it are on disk after this.
    func sync() throws(Errno) {
        try descriptor.sync()
    }
}

extension FileDescriptor {
    /// What is written is on disk after this (`fsync(2)`).
    func sync() throws(Errno) {
        while fsync(rawValue) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    /// Writes an array at the file's offset 0.
    func writeWhole(_ bytes: [UInt8]) throws(Errno) { try writeAll(bytes, at: 0) }

    /// Writes an array at an offset.
    func writeAll(_ bytes: [UInt8], at offset: Int64) throws(Errno) {
        var failure: Errno?
        bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try writeAll(bytes, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
