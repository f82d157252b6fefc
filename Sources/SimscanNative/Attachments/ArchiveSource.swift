internal import CArchive
internal import Glibc

/// A file that libarchive reads, with nothing but `pread(2)`: its own way would ask for more than a cage allows.
final class ArchiveSource {
    private static let blockBytes = 65_536

    private let descriptor: CInt
    private let size: Int64
    private var offset: Int64 = 0
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 16)

    /// - Parameters:
    ///   - descriptor: open for reading, as long as this lives.
    ///   - size: bytes in the file.
    init(_ descriptor: CInt, size: Int64) {
        self.descriptor = descriptor
        self.size = size
    }

    deinit { block.deallocate() }

    /// Opens an archive whose formats are known; this must live until it is freed.
    ///
    /// - Returns: what `archive_read_open(3)` does.
    func open(_ archive: OpaquePointer) -> CInt {
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(archive) { _, data, block in
            guard let source = ArchiveSource.at(data), let block else { return -1 }
            block.pointee = UnsafeRawPointer(source.block.baseAddress)
            return source.read()
        }
        archive_read_set_skip_callback(archive) { _, data, count in
            ArchiveSource.at(data)?.skip(count) ?? 0
        }
        archive_read_set_seek_callback(archive) { _, data, offset, whence in
            ArchiveSource.at(data)?.seek(offset, whence) ?? Int64(ARCHIVE_FATAL)
        }
        return archive_read_open1(archive)
    }

    private static func at(_ data: UnsafeMutableRawPointer?) -> ArchiveSource? {
        data.map { Unmanaged<ArchiveSource>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read() -> Int {
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            offset += Int64(max(count, 0))
            return count
        }
    }

    private func skip(_ count: Int64) -> Int64 {
        let skipped = min(max(count, 0), max(size - offset, 0))
        offset += skipped
        return skipped
    }

    private func seek(_ distance: Int64, _ whence: CInt) -> Int64 {
        let base: Int64
        switch whence {
        case SEEK_SET: base = 0
        case SEEK_CUR: base = offset
        case SEEK_END: base = size
        default: return Int64(ARCHIVE_FATAL)
        }
        let (target, overflow) = base.addingReportingOverflow(distance)
        guard !overflow, target >= 0 else { return Int64(ARCHIVE_FATAL) }
        offset = target
        return target
    }
}
