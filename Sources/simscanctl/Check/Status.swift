import Glibc
import SystemPackage

/// What a path leads to (stat(2), access(2), statvfs(3)).
struct Status: Equatable {
    let mode: mode_t
    let owner: uid_t
    let group: gid_t
    private let device: dev_t
    private let inode: ino_t

    init(_ path: String) throws(Errno) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Errno(rawValue: errno) }
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        device = status.st_dev
        inode = status.st_ino
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isFile: Bool { mode & S_IFMT == S_IFREG }

    /// `2750`.
    var permissions: String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    func isSameFile(as other: Status) -> Bool { device == other.device && inode == other.inode }
}

/// Whether a path may be used so with the rights that hold now.
func mayUse(_ path: String, _ mode: CInt) -> Bool { faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 }

/// What is left on a path's file system.
struct Room {
    let freeBytes: UInt64
    let totalBytes: UInt64
    /// Nil where files are not counted.
    let freeFiles: UInt64?
    /// Setuid bits have no effect there.
    let ignoresSetuid: Bool

    init(_ path: String) throws(Errno) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw Errno(rawValue: errno) }
        freeBytes = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        totalBytes = UInt64(status.f_blocks) * UInt64(status.f_frsize)
        freeFiles = status.f_files == 0 ? nil : UInt64(status.f_favail)
        ignoresSetuid = status.f_flag & UInt(ST_NOSUID) != 0
    }

    /// `1.2 GB free`.
    var text: String {
        let units: [(name: String, bytes: Double)] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        let bytes = Double(freeBytes)
        guard let unit = units.first(where: { bytes >= $0.bytes }) else { return String(freeBytes) + " bytes free" }
        return String((bytes / unit.bytes * 10).rounded() / 10) + " " + unit.name + " free"
    }
}

extension FileDescriptor {
    /// Writes the bytes at the file's start, without moving its offset.
    func writeAll(_ bytes: [UInt8]) throws(Errno) {
        var failure: Errno?
        bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try writeAll(bytes, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
