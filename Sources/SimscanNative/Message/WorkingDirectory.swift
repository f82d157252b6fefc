internal import Glibc
package import SystemPackage

/// The directory `workdir/X.Y.Z`, where something needs names: trophie, which is told a path, and
/// `SIMSCAN_DEBUG`, which keeps the files. Group-readable, so that a scanner in simscan's group can read it.
package struct WorkingDirectory: ~Copyable {
    /// In a directory that is to be kept; a directory of a dead process without it is removed.
    private static let keepMark = "keep"

    /// Absolute.
    package let path: String
    private let workdir: Workdir
    private let directory: Directory
    private let name: MessageName

    /// Makes the directory, with the message in it as `msg.X.Y.Z`, and removes those of dead processes.
    package init(in workdir: Workdir, _ name: MessageName, _ message: SpooledMessage) throws(Errno) {
        Self.removeDead(in: workdir)
        guard mkdirat(workdir.descriptor.rawValue, name.description, 0o750) == 0 else {
            throw Errno(rawValue: errno)
        }
        do throws(Errno) {
            let directory = try Directory(name.description, in: workdir.descriptor)
            let file = try directory.create("msg." + name.description)
            defer { close(file.rawValue) }
            try message.copy(to: file)
            self.name = name
            self.path = workdir.path + "/" + name.description
            self.workdir = workdir
            self.directory = directory
        } catch {
            Self.remove(name.description, in: workdir)
            throw error
        }
    }

    /// Puts the decoded parts beside the message, as `part.X.Y.Z.N`.
    ///
    /// - Returns: why some are missing; nil where those are all.
    package func addParts(
        of message: SpooledMessage, limits: MIMELimits, until deadline: Instant
    ) throws(Errno) -> String? {
        let file = try UnnamedFile(in: workdir)
        defer { close(file.descriptor.rawValue) }
        let decoded = try DecodedParts.inCage(of: message, limits: limits, in: file.descriptor, until: deadline)
        _ = try decoded.write(into: directory, name: name)
        return decoded.missing
    }

    /// Keeps the envelope and what spamd returned beside the message, and the directory for good.
    package func keep(_ envelope: Envelope, fromSpamd: SpooledMessage?) throws(Errno) {
        let addresses = try directory.create("addr." + name.description)
        defer { close(addresses.rawValue) }
        try addresses.writeWhole(envelope.bytes)
        if let fromSpamd {
            let file = try directory.create("spamc.msg." + name.description)
            defer { close(file.rawValue) }
            try fromSpamd.copy(to: file)
        }
        close(try directory.create(Self.keepMark).rawValue)
    }

    /// The message is done with.
    package func remove() {
        Self.remove(name.description, in: workdir)
    }

    /// Removes what filters left behind that were killed.
    private static func removeDead(in workdir: Workdir) {
        let place = workdir.descriptor.rawValue
        let fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard fd >= 0 else { return }
        guard let entries = fdopendir(fd) else {
            close(fd)
            return
        }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let process = MessageName.processID(in: name[...]), process != getpid() else { continue }
            // EPERM: somebody lives.
            guard kill(process, 0) != 0, errno == ESRCH else { continue }
            if faccessat(place, name + "/" + keepMark, F_OK, 0) != 0 { remove(name, in: workdir) }
        }
    }

    /// Removes a directory of files; one that is not ours stays, since the system says no.
    private static func remove(_ name: String, in workdir: Workdir) {
        // Not what a symbolic link in its place points to.
        let fd = openat(workdir.descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard fd >= 0 else { return }
        guard let entries = fdopendir(fd) else {
            close(fd)
            return
        }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            unlinkat(fd, pointer(to: &entry.pointee.d_name), 0)
        }
        unlinkat(workdir.descriptor.rawValue, name, AT_REMOVEDIR)
    }

    private static func pointer<Name>(to name: UnsafeMutablePointer<Name>) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
    }
}
