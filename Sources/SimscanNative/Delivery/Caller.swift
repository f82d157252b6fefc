internal import CLinux
internal import Glibc

/// The environment that qmail-smtpd gave us, which qmail-queue inherits (`environ(7)`).
///
/// Our own libraries never see it; what we want to know of it we ask here.
package struct CallerEnvironment: @unchecked Sendable {
    /// A list of `NAME=VALUE`, ended by a null pointer; not changed as long as the process lives.
    package let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    package init(_ pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        self.pointer = pointer
    }

    /// The value of a variable; nil where it is not set.
    package subscript(name: StaticString) -> String? {
        let length = name.utf8CodeUnitCount
        var entry = pointer
        while let text = entry.pointee {
            let isSame = strlen(text) > length && memcmp(text, name.utf8Start, length) == 0
            if isSame && text[length] == CChar(UInt8(ascii: "=")) {
                return String(cString: text + length + 1)
            }
            entry += 1
        }
        return nil
    }
}

/// Whether the program runs with more rights than its caller has: then nothing of the caller's moves a file.
package var isPrivileged: Bool { linux_is_privileged() != 0 }

/// Descriptors 0, 1 and 2 are taken after this, so that no file of ours can become one of them by chance.
package func plugStandardDescriptors() {
    for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
        // The lowest free number is this one; nothing can be read from it or written to it.
        _ = linux_take_descriptor()
    }
}
