import CCdb
import Glibc
import SystemPackage

/// Builds a constant database and puts it in place of the one before, all or nothing.
///
/// The records go to a new file beside `path`, mode 0644 less the umask, which is synced and then renamed over it:
/// a reader has the old database or the new one whole, also after a crash. A key may come more than once; look-ups
/// find the first. Throws `ControlFileFailure`; then the database is the one before, and the new file is gone.
package func writeCdb(
    _ records: some Sequence<(key: [UInt8], value: [UInt8])>, to path: String
) throws(ControlFileFailure) {
    // Ctrl-C and the like wait until no temporary file is left to remove.
    var blocked = sigset_t()
    var before = sigset_t()
    sigemptyset(&blocked)
    for signal in [SIGHUP, SIGINT, SIGTERM] { sigaddset(&blocked, signal) }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let temporary = try createTemporary(beside: path)
    do throws(ControlFileFailure) {
        try fill(temporary, with: records)
        do {
            // rename(2) has no wrapper in swift-system.
            guard rename(temporary.path, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw ControlFileFailure(path: path, reason: "cannot be replaced: " + text(error))
        }
    } catch {
        unlink(temporary.path)
        throw error
    }
    try syncDirectory(of: path)
}

/// Removes a file where there is one, and syncs its directory; false where there was none.
package func removeFile(_ path: String) throws(ControlFileFailure) -> Bool {
    if unlink(path) != 0 {
        let error = Errno(rawValue: errno)
        if error == .noSuchFileOrDirectory { return false }
        throw ControlFileFailure(path: path, reason: "cannot be removed: " + text(error))
    }
    try syncDirectory(of: path)
    return true
}

/// A new empty file in the directory of `path`, open for reading and writing.
private func createTemporary(
    beside path: String
) throws(ControlFileFailure) -> (path: String, descriptor: FileDescriptor) {
    let base = path + ".tmp." + String(getpid())
    for attempt in 0..<100 {
        let name = base + "." + String(attempt)
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(name), .readWrite,
                options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return (name, descriptor)
        } catch {
            // A file of this name is left from a process that was killed and had our number: take the next.
            guard let error = error as? Errno, error == .fileExists else {
                throw ControlFileFailure(path: name, reason: "cannot be created: " + text(error))
            }
        }
    }
    throw ControlFileFailure(path: base, reason: "cannot be created: every name is taken")
}

/// Writes the records and makes them last; the descriptor is closed whatever happens.
private func fill(
    _ temporary: (path: String, descriptor: FileDescriptor),
    with records: some Sequence<(key: [UInt8], value: [UInt8])>
) throws(ControlFileFailure) {
    func written(_ status: Int32) throws(ControlFileFailure) {
        guard status >= 0 else {
            throw ControlFileFailure(path: temporary.path, reason: "cannot be written: " + text(Errno(rawValue: errno)))
        }
    }
    var isClosed = false
    defer { if !isClosed { _ = close(temporary.descriptor.rawValue) } }
    var make = cdb_make()
    try written(cdb_make_start(&make, temporary.descriptor.rawValue))
    do throws(ControlFileFailure) {
        for (key, value) in records {
            try written(cdb_make_add(&make, key, UInt32(key.count), value, UInt32(value.count)))
        }
    } catch {
        // Only this frees what libcdb remembers of the records; what it writes is thrown away.
        _ = cdb_make_finish(&make)
        throw error
    }
    try written(cdb_make_finish(&make))
    try written(fsync(temporary.descriptor.rawValue))
    isClosed = true
    try written(close(temporary.descriptor.rawValue))
}

private func syncDirectory(of path: String) throws(ControlFileFailure) {
    let directory = FilePath(path).removingLastComponent()
    do {
        let descriptor = try FileDescriptor.open(
            directory.isEmpty ? "." : directory, .readOnly, options: [.directory, .closeOnExec])
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    } catch {
        throw ControlFileFailure(path: directory.string, reason: "cannot be synced: " + text(error))
    }
}

private func text(_ error: any Error) -> String {
    (error as? Errno)?.description ?? "unknown error"
}
