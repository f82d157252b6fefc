internal import CArchive
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Lists the names in an archive, and looks into its files for further ones.
///
/// The archive is kept in an unnamed file in memory until it is whole, because most formats have their list at
/// the end. Nothing is unpacked but the beginning of each file, what is an archive itself, and what has to be on the
/// way there.
final class ArchiveReader: ByteSink {
    /// How many bytes may be unpacked of all archives of a message. What is beyond is not looked at but for its
    /// name, and the archive counts as one that cannot be read.
    static let maximumUnpacked: Int64 = 32 << 20
    /// So much of a text in an archive is searched for files that stand in it: no mail program unpacks those, and a
    /// long text makes no archive unreadable.
    private static let searchedText: Int64 = 262_144
    /// How many archives may be inside one another.
    static let maximumNesting = 6

    private let place: PartPlace
    private let descriptor: Int32
    private let isZip: Bool
    private var size: Int64 = 0
    private var isWhole = true
    /// What has to be unpacked of a file before the next one can be reached.
    private var owed: Int64 = 0

    /// Nil where neither the first bytes nor the name say that this is an archive.
    init?(head: [UInt8], place: PartPlace) {
        // The name is of a stranger, too: no library is asked about it that may not see the archive.
        guard archiveMagic(head) || hasArchiveName(place.fileName, canFold: { place.state.canParse() }),
            place.state.canParse()
        else { return nil }
        guard place.archives < Self.maximumNesting else {
            place.noteBroken()
            return nil
        }
        descriptor = linux_memory_file("archive")
        guard descriptor >= 0 else {
            place.state.fail(Errno(rawValue: errno))
            return nil
        }
        isZip = head.starts(with: Array("PK".utf8)) || !archiveMagic(head)
        self.place = place.insideArchive()
        if head.starts(with: [0x1F, 0x8B]) { considerGzipName(head) }
    }

    deinit { close(descriptor) }

    func take(_ bytes: UnsafeRawBufferPointer) {
        guard isWhole, place.state.finding == nil else { return }
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = write(descriptor, start, rest.count)
            guard count > 0 else {
                if errno == EINTR { continue }
                // Longer than the process may make a file: what is beyond is not looked at, as in any long archive.
                if errno == EFBIG { isWhole = false } else { place.state.fail(Errno(rawValue: errno)) }
                return
            }
            size += Int64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func end() {
        guard place.state.finding == nil else { return }
        // What is there shows its names all the same.
        if !isWhole { place.noteBroken() }
        if isZip { scanZip() }
        guard place.state.finding == nil else { return }
        withUTF8Locale { list() }
    }

    // MARK: libarchive

    private func list() {
        _ = libarchive
        guard let archive = archive_read_new() else { return place.noteBroken() }
        // One by one: all of them together would bring libxml2 and ICU along.
        archive_read_support_format_zip_seekable(archive)
        archive_read_support_format_rar(archive)
        archive_read_support_format_rar5(archive)
        archive_read_support_format_7zip(archive)
        archive_read_support_format_tar(archive)
        archive_read_support_format_iso9660(archive)
        archive_read_support_format_cab(archive)
        archive_read_support_format_lha(archive)
        archive_read_support_format_cpio(archive)
        archive_read_support_format_ar(archive)
        archive_read_support_format_raw(archive)
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_lzma(archive)
        archive_read_support_filter_zstd(archive)
        let source = ArchiveSource(descriptor, size: size)
        defer {
            archive_read_free(archive)
            withExtendedLifetime(source) {}
        }
        guard source.open(archive) == ARCHIVE_OK else { return fails(archive, isOpen: false) }
        while place.state.finding == nil {
            var entry: OpaquePointer?
            let result = archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { break }
            guard result >= ARCHIVE_WARN, let entry else {
                fails(archive)
                return
            }
            let isRaw = archive_format(archive) == ARCHIVE_FORMAT_RAW
            if isRaw, archive_filter_count(archive) < 2 {
                // No archive at all, whatever its name says.
                if !isZip || hasArchiveName(place.fileName) { place.noteBroken() }
                return
            }
            let name = isRaw ? place.unpackedName : entryName(entry)
            if !isRaw || !name.isEmpty { place.considerInner(name) }
            if archive_entry_is_encrypted(entry) != 0 {
                place.noteEncrypted()
                continue
            }
            guard place.state.finding == nil, read(archive, entry, name: name) else { return }
        }
        if archive_read_has_encrypted_entries(archive) == 1 { place.noteEncrypted() }
    }

    private func fails(_ archive: OpaquePointer, isOpen: Bool = true) {
        if archive_errno(archive) == ENOMEM { place.state.fail(CheckState.noMemory) }
        let text = archive_error_string(archive).map { String(cString: $0) } ?? ""
        // Where no format was found, libarchive looks for the answer behind the last of its formats, and crashes.
        let isEncrypted =
            isOpen && archive_read_has_encrypted_entries(archive) == 1 || contains(Array(text.utf8), "encrypt")
            || contains(Array(text.utf8), "passphrase")
        if isEncrypted {
            place.noteEncrypted()
        } else {
            place.noteBroken()
        }
    }

    /// Looks into one file; false where the archive cannot be read on.
    private func read(_ archive: OpaquePointer, _ entry: OpaquePointer, name: [UInt8]) -> Bool {
        // In a compressed stream, skipping costs as much as reading.
        let isStream = archive_filter_count(archive) > 1
        let isFile = mode_t(archive_entry_filetype(entry)) == S_IFREG
        let state = place.state
        state.unpacked += owed
        owed = 0
        guard isFile || isStream else { return true }
        guard state.unpacked <= Self.maximumUnpacked else {
            place.noteBroken()
            return !isStream
        }
        let content = PartContent(place: place.file(named: name), type: Array("application/octet-stream".utf8))
        var taken: Int64 = 0
        while state.finding == nil, isStream || !content.isDone {
            if !isStream, taken >= Self.searchedText, content.isTextBetweenFiles { break }
            var block: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = archive_read_data_block(archive, &block, &count, &offset)
            if result == ARCHIVE_EOF { break }
            guard result >= ARCHIVE_WARN else {
                fails(archive)
                break
            }
            taken += Int64(count)
            state.unpacked += Int64(count)
            if state.unpacked > Self.maximumUnpacked {
                place.noteBroken()
                break
            }
            if let block { content.take(UnsafeRawBufferPointer(start: block, count: count)) }
        }
        // What was unpacked of an archive in this one shows its names at least.
        content.end()
        if isSolid(archive) {
            owed = max(min(archive_entry_size(entry), Self.maximumUnpacked + 1) - taken, 0)
        }
        return !isStream || state.unpacked <= Self.maximumUnpacked
    }

    /// Whether libarchive unpacks what it skips.
    private func isSolid(_ archive: OpaquePointer) -> Bool {
        switch archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK {
        case ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_CAB, ARCHIVE_FORMAT_RAR_V5: true
        default: false
        }
    }

    private func entryName(_ entry: OpaquePointer) -> [UInt8] {
        guard let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { return [] }
        let bytes = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
        // ISO 9660 writes the version behind a semicolon.
        guard bytes.count > 2, bytes[bytes.count - 2] == UInt8(ascii: ";") else { return bytes }
        place.considerInner(Array(bytes.dropLast(2)))
        return bytes
    }

    // MARK: Names that stand in the clear

    /// The name of the file that gzip compressed (RFC 1952, 2.3.1).
    private func considerGzipName(_ head: [UInt8]) {
        guard head.count > 12, head[3] & 0x08 != 0 else { return }
        var start = 10
        if head[3] & 0x04 != 0 { start += 2 + Int(head[10]) + Int(head[11]) << 8 }
        guard start < head.count else { return }
        place.considerInner(Array(head[start...].prefix { $0 != 0 }))
    }

    /// Reads the names in all headers of a zip file, those that no directory lists too: which of them count
    /// differs from program to program.
    private func scanZip() {
        let overlap = 2048
        var buffer = [UInt8](repeating: 0, count: 65_536 + overlap)
        var offset = 0
        while place.state.finding == nil {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            guard count > 0 else { return }
            let isLast = count < buffer.count
            let limit = isLast ? count : 65_536
            buffer.withUnsafeBytes { bytes in
                scanZip(UnsafeRawBufferPointer(rebasing: bytes[..<count]), limit: limit)
            }
            if isLast { return }
            offset += limit
        }
    }

    private func scanZip(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        guard let start = bytes.baseAddress else { return }
        func number(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
        var position = 0
        while position < limit, let found = memchr(start + position, 0x50, limit - position) {
            let header = UnsafeRawPointer(found) - start
            position = header + 1
            guard header + 46 < bytes.count, bytes[header + 1] == 0x4B else { continue }
            let isLocal = bytes[header + 2] == 3 && bytes[header + 3] == 4
            guard isLocal || (bytes[header + 2] == 1 && bytes[header + 3] == 2) else { continue }
            let name = header + (isLocal ? 30 : 46)
            let length = number(header + (isLocal ? 26 : 28))
            guard length > 0, name < bytes.count else { continue }
            place.considerInner(Array(bytes[name..<min(name + min(length, 1024), bytes.count)]))
            if number(header + (isLocal ? 6 : 8)) & 1 != 0 { place.noteEncrypted() }
            if place.state.finding != nil { return }
        }
    }
}
