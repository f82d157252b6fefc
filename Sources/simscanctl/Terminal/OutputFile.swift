import Glibc

/// A file that has its name only when it is whole: who reads it meanwhile sees the one before.
enum OutputFile {
    /// Writes it with mode 0644, less the umask.
    ///
    /// - Throws: `Failure` with 73 or 74; then the file is as it was.
    static func write(_ text: String, to path: String) throws(Failure) {
        let temporary = path + ".new." + String(getpid())
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(path + ": " + String(cString: strerror(errno)), status: EX_CANTCREAT)
        }
        let isWritten = writeAll(Array(text.utf8), to: descriptor)
        let error = errno
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(isWritten ? errno : error))
            unlink(temporary)
            throw Failure(path + ": " + reason, status: EX_IOERR)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }
}
