internal import CLinux
internal import Glibc
package import SystemPackage

/// The directory where refused and dropped messages are kept: `msg.X.Y.Z` as received, `addr.X.Y.Z` the
/// envelope's exact bytes, `log.X.Y.Z` the log line. `qmail-queue <msg 1<addr` releases a message.
package struct Quarantine {
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Keeps a message; when this returns, all three files are complete and on disk.
    ///
    /// - Throws: what could not be done; then no file of this message is there. `EEXIST` where there is one of its
    ///   name, which is never replaced.
    package func keep(
        _ message: SpooledMessage, _ envelope: Envelope, line: [UInt8], as name: MessageName
    ) throws(Errno) {
        let directory = try Directory(path)
        var linked: [String] = []
        do throws(Errno) {
            // The message comes last: who sees it, sees the other two.
            for kind in ["addr.", "log.", "msg."] {
                let fileName = kind + name.description
                try write(fileName, in: directory) { file throws(Errno) in
                    switch kind {
                    case "addr.": try file.writeWhole(envelope.bytes)
                    case "log.": try file.writeWhole(line)
                    default: try message.copy(to: file)
                    }
                }
                linked.append(fileName)
            }
            try directory.sync()
        } catch {
            for fileName in linked.reversed() { directory.remove(fileName) }
            throw error
        }
    }

    /// A file that has its name only when it is whole and on disk.
    private func write(
        _ name: String, in directory: borrowing Directory, _ fill: (FileDescriptor) throws(Errno) -> Void
    ) throws(Errno) {
        let fd = linux_open_unnamed(directory.descriptor.rawValue, 0o640)
        if fd >= 0 {
            defer { close(fd) }
            let file = FileDescriptor(rawValue: fd)
            try fill(file)
            try file.sync()
            if linux_link_unnamed(fd, directory.descriptor.rawValue, name) == 0 { return }
            if errno == EEXIST { throw .fileExists }
            // Without /proc.
        }
        let temporary = "new." + name
        let file = try directory.create(temporary)
        defer { close(file.rawValue) }
        do throws(Errno) {
            try fill(file)
            try file.sync()
            try directory.rename(temporary, toNew: name)
        } catch {
            directory.remove(temporary)
            throw error
        }
    }
}
