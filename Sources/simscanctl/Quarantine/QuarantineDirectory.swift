import Glibc
import SimscanNative
import SystemPackage

/// The quarantine's directory, opened once: everything in it is reached from its descriptor, and no symbolic link in
/// it is followed.
struct QuarantineDirectory: ~Copyable {
    let path: String
    private let directory: Directory
    private var descriptor: Int32 { directory.descriptor.rawValue }

    /// Opens it by the filter's own rule: it may be a symbolic link where root or the filter's user made it.
    ///
    /// - Throws: `Failure` with 66 where it cannot be opened, or is another one's symbolic link.
    init(_ path: String) throws(Failure) {
        self.path = path
        do throws(Errno) {
            directory = try Directory(path, trusting: Self.filterUsers)
        } catch {
            throw Failure(path + ": " + error.description, status: EX_NOINPUT)
        }
    }

    /// Who the filter may run as: its owner, or the user that it is built for.
    private static var filterUsers: [uid_t] {
        let owner = (try? Status(Installation.qmaildir + "/bin/simscan"))?.owner
        return [owner, User(named: Installation.user)?.id].compactMap(\.self)
    }

    /// The entries in the order in which they came.
    ///
    /// - Throws: `Failure` where the directory cannot be read.
    func entries() throws(Failure) -> [QuarantineName] {
        try names().filter { $0.hasPrefix("msg.") }.compactMap { QuarantineName($0.dropFirst(4)) }.sorted()
    }

    /// The names of files of entries that have no message, and that nobody has written since: a filter that was
    /// killed while it kept a message leaves some (simscan(8)).
    ///
    /// - Parameter time: unix seconds.
    /// - Throws: `Failure` where the directory cannot be read.
    func leftovers(before time: Int64) throws(Failure) -> [String] {
        try names().filter { name in
            // What has no O_TMPFILE has a temporary name first.
            let plain = name.hasPrefix("new.") ? name.dropFirst(4) : Substring(name)
            guard let dot = plain.firstIndex(of: "."), QuarantineName.Kind(rawValue: String(plain[..<dot])) != nil,
                let entry = QuarantineName(plain[plain.index(after: dot)...]), !has(.message, of: entry)
            else { return false }
            var status = stat()
            return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mtim.tv_sec < time
        }.sorted()
    }

    private func names() throws(Failure) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw failure("") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// Opens a regular file of an entry to read it; nil where there is none.
    ///
    /// - Throws: `Failure` where it is no regular file, or cannot be opened.
    func open(_ kind: QuarantineName.Kind, of name: QuarantineName) throws(Failure) -> QuarantineFile? {
        // Without O_NONBLOCK a pipe of this name would wait for a writer.
        let file = openat(
            descriptor, name.file(kind), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("/" + name.file(kind))
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw Failure(path + "/" + name.file(kind) + ": is no regular file", status: EX_DATAERR)
        }
        return QuarantineFile(descriptor: file, size: Int64(status.st_size), modified: Int64(status.st_mtim.tv_sec))
    }

    /// Whether there is a file of this name, of whatever type.
    func has(_ kind: QuarantineName.Kind, of name: QuarantineName) -> Bool {
        var status = stat()
        return fstatat(descriptor, name.file(kind), &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Adds a line to a file of an entry; it is on disk when this returns.
    ///
    /// - Throws: `Failure` with 74.
    func append(_ line: String, to kind: QuarantineName.Kind, of name: QuarantineName) throws(Failure) {
        let file = openat(
            descriptor, name.file(kind), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw failure("/" + name.file(kind)) }
        defer { close(file) }
        let bytes = Array(line.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, fsync(descriptor) == 0 else {
            throw failure("/" + name.file(kind))
        }
    }

    /// Takes all files of an entry away, the message first: who sees it, sees the other files.
    ///
    /// - Throws: `Failure` with 74 where a file is still there.
    func remove(_ name: QuarantineName) throws(Failure) {
        for kind in QuarantineName.Kind.allCases where unlinkat(descriptor, name.file(kind), 0) != 0 {
            guard errno == ENOENT else { throw failure("/" + name.file(kind)) }
        }
        fsync(descriptor)
    }

    /// Takes one of `leftovers` away.
    ///
    /// - Throws: `Failure` with 74 where it is still there.
    func remove(leftover name: String) throws(Failure) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw failure("/" + name) }
    }

    private func failure(_ file: String) -> Failure {
        Failure(path + file + ": " + String(cString: strerror(errno)), status: EX_IOERR)
    }
}
