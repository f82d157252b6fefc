internal import CLinux
internal import Glibc
internal import SystemPackage

/// qmail-queue, or any program with its contract (`qmail-queue(8)`): the message on descriptor 0, the envelope
/// on descriptor 1.
package struct Queue {
    private let program: String
    private let workdir: Workdir

    /// An envelope up to this size fits into a pipe whatever the pipe's capacity is (`pipe(7)`, PIPE_BUF).
    private static let pipeBytes = 4096

    /// Most scripts are no longer, and all programs are: those cost no look inside.
    private static let shortBytes: off_t = 8192

    package init(program: String, workdir: Workdir) {
        self.program = program
        self.workdir = workdir
    }

    /// Whether the program is there to be executed, as far as can be seen.
    private func check() throws(FilterFailure) {
        // execve(2) asks for the effective user; access(2) alone for the real one, who is another where this is setuid.
        let isAllowed = isPrivileged ? faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) : access(program, X_OK)
        guard isAllowed == 0 else { throw notExecuted(Errno(rawValue: errno)) }
        var status = stat()
        guard stat(program, &status) == 0 else { throw notExecuted(Errno(rawValue: errno)) }
        // A directory can have an x bit, too.
        guard status.st_mode & S_IFMT == S_IFREG else { throw notExecuted(.permissionDenied) }
        if status.st_size <= Self.shortBytes, isPlainText { throw notExecuted(.execFormatError) }
    }

    /// Whether it is empty, or a script without the `#!` that only a shell can do without. What else there may be the
    /// kernel knows alone; so it does of what can be executed and not read.
    private var isPlainText: Bool {
        let file = open(program, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var head: UInt32 = 0
        let count = read(file, &head, MemoryLayout.size(ofValue: head))
        return withUnsafeBytes(of: head) { bytes in
            let bytes = bytes.prefix(max(count, 0))
            if bytes.isEmpty { return count == 0 }
            return !bytes.starts(with: "#!".utf8)
                && bytes.allSatisfy { (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) }
        }
    }

    /// Puts the message on descriptor 0 and the envelope on descriptor 1.
    ///
    /// The message is a regular file and the envelope is whole before the program starts, so that it can never
    /// take a part for the whole, whenever this process dies.
    package func prepare(_ message: SpooledMessage, _ envelope: Envelope) throws(FilterFailure) {
        try check()
        do throws(Errno) {
            let addresses = try descriptor(for: envelope)
            guard lseek(message.descriptor.rawValue, off_t(message.start), SEEK_SET) == message.start else {
                throw Errno(rawValue: errno)
            }
            try duplicate(message.descriptor, as: .standardInput)
            try duplicate(addresses, as: .standardOutput)
        } catch {
            throw FilterFailure(.writeError, "cannot hand the message over, " + error.description)
        }
    }

    /// Becomes qmail-queue: from here on its exit status is ours. Returns only where that cannot be, and says why.
    ///
    /// - Parameters:
    ///   - environment: what the program inherits (`environ(7)`).
    ///   - restore: puts back what the caller had beside that, at the last moment.
    package func execute(environment: CallerEnvironment, restore: () -> Void) -> FilterFailure {
        restore()
        program.withCString { path in
            var arguments: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: path), nil]
            _ = execve(path, &arguments, environment.pointer)
        }
        return notExecuted(Errno(rawValue: errno))
    }

    private func notExecuted(_ error: Errno) -> FilterFailure {
        FilterFailure(.queueNotExecuted, "qmail-queue: " + program + ": " + error.description)
    }

    /// A descriptor from which the whole envelope, and then the end of the file, can be read.
    private func descriptor(for envelope: Envelope) throws(Errno) -> FileDescriptor {
        guard envelope.bytes.count <= Self.pipeBytes else {
            let file = try UnnamedFile(in: workdir)
            try file.descriptor.writeWhole(envelope.bytes)
            return file.descriptor
        }
        var ends: [CInt] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        let count = envelope.bytes.withUnsafeBytes { bytes in write(ends[1], bytes.baseAddress, bytes.count) }
        guard count == envelope.bytes.count else { throw count < 0 ? Errno(rawValue: errno) : .ioError }
        close(ends[1])
        return FileDescriptor(rawValue: ends[0])
    }

    /// dup2(2) takes the close-on-exec flag off the copy.
    private func duplicate(_ descriptor: FileDescriptor, as number: FileDescriptor) throws(Errno) {
        while dup2(descriptor.rawValue, number.rawValue) < 0 {
            guard errno == EINTR || errno == EBUSY else { throw Errno(rawValue: errno) }
        }
    }
}
