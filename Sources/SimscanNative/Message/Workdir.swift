internal import CLinux
internal import Glibc
package import SystemPackage

/// The working directory, opened once: what is made in it is made by its descriptor, whatever becomes of its name.
package struct Workdir: Sendable {
    /// As the setting says it.
    package let path: String
    let descriptor: FileDescriptor

    /// Opens a directory, close-on-exec; it stays open as long as the process lives.
    ///
    /// - Throws: what `open(2)` says.
    package init(_ path: String) throws(Errno) {
        let fd = linux_open_place(path)
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        self.path = path
        descriptor = FileDescriptor(rawValue: fd)
    }
}
