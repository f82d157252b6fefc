import Foundation
import Glibc
import Synchronization
package import SystemPackage

/// The directories that nobody has removed yet.
private let leftToRemove = Mutex<Set<String>>([])

/// Runs at the end of the process.
private func removeWhatIsLeft() {
    let paths = leftToRemove.withLock { $0 }
    for path in paths { try? FileManager.default.removeItem(atPath: path) }
}

/// A new directory under the system's directory for temporary files, removed with all that is in it.
///
/// `remove()` does that, or else the end of the process: an object that went with its last reference would take
/// its files away from under those who hold a path alone.
package final class TemporaryDirectory: Sendable {
    /// The absolute path, without a final slash.
    package let path: String

    /// Makes the directory.
    ///
    /// - Parameter mode: its permissions; 0o755 lets a scanner of another user in.
    /// - Throws: `Errno` of `mkdtemp(3)` or `chmod(2)`.
    package init(mode: UInt32 = 0o700) throws(Errno) {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent + "/simscan-test.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard chmod(path, mode) == 0 else { throw Errno(rawValue: errno) }
        leftToRemove.withLock { paths in
            if paths.isEmpty { atexit(removeWhatIsLeft) }
            paths.insert(path)
        }
    }

    /// Removes the directory and everything in it now.
    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
        leftToRemove.withLock { _ = $0.remove(path) }
    }

    /// The path of a name in this directory.
    package func path(of name: String) -> String {
        path + "/" + name
    }

    /// Writes a file of this name and returns its path.
    ///
    /// - Throws: what Foundation throws when a file cannot be written.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = path(of: name)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// The bytes of the file of this name.
    ///
    /// - Throws: what Foundation throws when a file cannot be read.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(of: name))))
    }

    /// Removes the file of this name, where there is one.
    package func removeFile(_ name: String) {
        unlink(path(of: name))
    }

    /// The names in this directory, sorted.
    ///
    /// - Throws: what Foundation throws when a directory cannot be read.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
