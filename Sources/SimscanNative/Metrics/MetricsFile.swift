internal import CLinux
internal import Glibc
package import SystemPackage

/// The counters that all filters share: one small file, mapped, to which each adds atomically. There is no lock and
/// no daemon.
package struct MetricsFile {
    private let counters: UnsafeMutableRawPointer

    /// Maps the file; makes it where there is none.
    ///
    /// Three system calls where the file is there. The mapping goes with the process.
    ///
    /// - Parameter directory: `statedir`.
    /// - Throws: why there are no counters; a message is no worse for it. `EINVAL` where the file is damaged, or
    ///   another version's.
    package init(in directory: String) throws(Errno) {
        let path = directory + "/" + MetricsLayout.fileName
        var fd = Self.open(path)
        if fd < 0 && errno == ENOENT {
            try Self.create(path, in: directory)
            fd = Self.open(path)
        }
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        // Of a descriptor that is closed on exec nobody inherits anything, and the filter ends soon.
        counters = try Self.map(fd, protection: PROT_READ | PROT_WRITE)
    }

    /// Counts one message.
    ///
    /// - Parameters:
    ///   - state: as the log line has it, `SHADOW` ahead of it included.
    ///   - elapsed: the whole filter's time.
    package func count(state: String, elapsed: Duration, scanners: [ScannerReport]) {
        let shadow = "SHADOW "
        let isShadow = state.utf8.starts(with: shadow.utf8)
        let name = isShadow ? state.utf8.dropFirst(shadow.utf8.count) : state.utf8[...]
        let index = MetricsLayout.states.firstIndex { $0.utf8.elementsEqual(name) } ?? MetricsLayout.states.count - 1
        add(1, at: MetricsLayout.offset(state: index, isShadow: isShadow))
        time(elapsed, in: 0)
        for scanner in scanners {
            guard let elapsed = scanner.elapsed,
                let histogram = MetricsLayout.histograms.firstIndex(of: scanner.name)
            else { continue }
            time(elapsed, in: histogram)
        }
    }

    private func time(_ elapsed: Duration, in histogram: Int) {
        let microseconds = UInt64(max(0, elapsed.nanoseconds) / 1000)
        let limits = MetricsLayout.limits
        let bucket = limits.firstIndex { microseconds <= $0 } ?? limits.count
        add(1, at: MetricsLayout.offset(histogram: histogram, bucket: bucket))
        add(microseconds, at: MetricsLayout.sumOffset(histogram: histogram))
    }

    private func add(_ count: UInt64, at offset: Int) { linux_atomic_add(counters + offset, count) }

    // MARK: The file

    private static func open(_ path: String) -> CInt {
        // Without O_NONBLOCK a pipe of this name would wait.
        Glibc.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }

    /// Maps an open file that is whole and of this version.
    static func map(_ fd: CInt, protection: CInt) throws(Errno) -> UnsafeMutableRawPointer {
        var status = stat()
        guard fstat(fd, &status) == 0 else { throw Errno(rawValue: errno) }
        // What is mapped beyond a file's end is no memory: a short file is not touched.
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size == off_t(MetricsLayout.bytes) else {
            throw .invalidArgument
        }
        guard let memory = mmap(nil, MetricsLayout.bytes, protection, MAP_SHARED, fd, 0), memory != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        let magic = MetricsLayout.magic
        guard memcmp(memory, magic.utf8Start, magic.utf8CodeUnitCount) == 0,
            memory.load(fromByteOffset: MetricsLayout.versionOffset, as: UInt64.self) == MetricsLayout.version
        else {
            munmap(memory, MetricsLayout.bytes)
            throw .invalidArgument
        }
        return memory
    }

    /// Makes the file whole and then gives it its name, so that nobody counts into a part of it; somebody else's
    /// that was faster stays.
    private static func create(_ path: String, in directory: String) throws(Errno) {
        var content = [UInt8](repeating: 0, count: MetricsLayout.bytes)
        content.withUnsafeMutableBytes { bytes in
            let magic = MetricsLayout.magic
            bytes.baseAddress?.copyMemory(from: magic.utf8Start, byteCount: magic.utf8CodeUnitCount)
            bytes.storeBytes(of: MetricsLayout.version, toByteOffset: MetricsLayout.versionOffset, as: UInt64.self)
            bytes.storeBytes(
                of: UInt64(Glibc.time(nil)), toByteOffset: MetricsLayout.createdOffset, as: UInt64.self)
        }
        let place = linux_open_place(directory)
        guard place >= 0 else { throw Errno(rawValue: errno) }
        defer { close(place) }
        let unnamed = linux_open_unnamed(place, 0o640)
        if unnamed >= 0 {
            defer { close(unnamed) }
            try FileDescriptor(rawValue: unnamed).writeWhole(content)
            if linux_link_unnamed(unnamed, place, MetricsLayout.fileName) == 0 || errno == EEXIST { return }
        }
        // No O_TMPFILE there, or no /proc.
        let temporary = path + ".new." + String(getpid())
        let fd = Glibc.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard fd >= 0 else { throw Errno(rawValue: errno) }
        defer {
            close(fd)
            unlink(temporary)
        }
        try FileDescriptor(rawValue: fd).writeWhole(content)
        guard link(temporary, path) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }
}
