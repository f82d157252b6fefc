import Glibc

/// The quarantine's directory, opened once: everything in it is reached from its descriptor, and no symbolic link
/// is followed.
struct QuarantineDirectory: ~Copyable {
    let path: String
    private let descriptor: Int32

    /// - Throws: `Failure` with 66 where it cannot be opened, or is a symbolic link.
    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(path + ": " + String(cString: strerror(errno)), status: EX_NOINPUT) }
    }

    deinit { close(descriptor) }

    /// The entries in the order in which they came.
    ///
    /// - Throws: `Failure` where the directory cannot be read.
    func entries() throws(Failure) -> [QuarantineName] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw failure("") }
        defer { closedir(stream) }
        var names: [QuarantineName] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("msg."), let entry = QuarantineName(name.dropFirst(4)) { names.append(entry) }
        }
        return names.sorted()
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

    private func failure(_ file: String) -> Failure {
        Failure(path + file + ": " + String(cString: strerror(errno)), status: EX_IOERR)
    }
}

/// `X.Y.Z`: unix seconds, microseconds, process id.
struct QuarantineName: Comparable, CustomStringConvertible {
    /// The files of an entry, in the order in which they are taken away.
    enum Kind: String, CaseIterable {
        case message = "msg"
        case log
        case released = "rel"
        case envelope = "addr"
    }

    let description: String
    /// Unix seconds of the message's arrival.
    let seconds: Int64
    private let microseconds: Int64
    private let process: Int64

    /// Nil where the text is anything else: no other name is ever opened.
    init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { (1...18).contains($0.count) && $0.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count == 3, isPlain else { return nil }
        let numbers = parts.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3 else { return nil }
        description = String(text)
        (seconds, microseconds, process) = (numbers[0], numbers[1], numbers[2])
    }

    func file(_ kind: Kind) -> String { kind.rawValue + "." + description }

    static func < (left: QuarantineName, right: QuarantineName) -> Bool {
        (left.seconds, left.microseconds, left.process) < (right.seconds, right.microseconds, right.process)
    }
}

/// An open file of the quarantine, closed when nobody has it any more.
final class QuarantineFile {
    let descriptor: Int32
    /// Bytes.
    let size: Int64
    /// Unix seconds.
    let modified: Int64

    init(descriptor: Int32, size: Int64, modified: Int64) {
        self.descriptor = descriptor
        self.size = size
        self.modified = modified
    }

    deinit { close(descriptor) }

    /// The first bytes of the file, at most so many.
    func bytes(atMost maximum: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(1, min(maximum, Int(size)))) { buffer, count in
            count = 0
            while count < min(maximum, Int(size)) {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), min(maximum, Int(size)) - count, off_t(count))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                count += got
            }
        }
    }
}
