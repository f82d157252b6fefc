internal import CArchive
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Lists the names in an archive, and looks into its files for further ones.
///
/// The archive is kept in an unnamed file in memory until it is whole, because most formats have their list at
/// the end. Nothing is unpacked but the beginning of each file, and what is an archive itself.
final class ArchiveReader: ByteSink {
    /// How many bytes all archives of a message may unpack to. What is beyond is not looked at, and the archive
    /// counts as one that cannot be read.
    static let maximumUnpacked: Int64 = 32 << 20
    /// How many archives may be inside one another.
    static let maximumNesting = 6

    private let place: PartPlace
    private let descriptor: Int32
    private let isZip: Bool
    private var size: Int64 = 0
    private var isWhole = true

    /// Nil where neither the first bytes nor the name say that this is an archive.
    init?(head: [UInt8], place: PartPlace) {
        guard archiveMagic(head) || hasArchiveName(place.fileName), place.state.canParse() else { return nil }
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
                // Longer than the cage allows is the message's own affair, anything else is not.
                if errno == EFBIG { isWhole = false } else { place.state.fail(Errno(rawValue: errno)) }
                return
            }
            size += Int64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func end() {
        guard place.state.finding == nil else { return }
        guard isWhole else { return place.state.fail(CheckState.noMemory) }
        if isZip { scanZip() }
        guard place.state.finding == nil else { return }
        withUTF8Locale { list() }
    }

    // MARK: libarchive

    private func list() {
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
        // In a compressed stream, skipping costs as much as reading, and would not be counted.
        let isStream = archive_filter_count(archive) > 1
        let isFile = mode_t(archive_entry_filetype(entry)) == S_IFREG
        let state = place.state
        if !isStream {
            // In a solid archive, what comes before must be unpacked to reach a file.
            state.unpacked += isFile ? min(max(archive_entry_size(entry), 0), Self.maximumUnpacked) : 0
            if state.unpacked > Self.maximumUnpacked { return true }
        }
        guard isFile || isStream else { return true }
        let content = PartContent(place: place.file(named: name), type: Array("application/octet-stream".utf8))
        while state.finding == nil, isStream || !content.isDone {
            var block: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = archive_read_data_block(archive, &block, &count, &offset)
            if result == ARCHIVE_EOF { break }
            guard result >= ARCHIVE_WARN else {
                fails(archive)
                break
            }
            if isStream { state.unpacked += Int64(count) }
            if state.unpacked > Self.maximumUnpacked {
                place.noteBroken()
                return false
            }
            if let block { content.take(UnsafeRawBufferPointer(start: block, count: count)) }
        }
        content.end()
        return true
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

/// Whether the first bytes are those of an archive or of a compressed file.
private func archiveMagic(_ head: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
        [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 0x30, 0x30], [0x52, 0x61, 0x72, 0x21, 0x1A, 7],
        [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
        [0x28, 0xB5, 0x2F, 0xFD], [0x5D, 0, 0], Array("MSCF".utf8), Array("070701".utf8), Array("070702".utf8),
        Array("070707".utf8), Array("!<arch>\n".utf8),
    ]
    if magics.contains(where: { head.starts(with: $0) }) { return true }
    if head.count >= 262, head[257..<262].elementsEqual("ustar".utf8) { return true }
    if head.count >= 7, head[2...].starts(with: Array("-lh".utf8)) { return true }
    // The first 32 KiB of an ISO 9660 image are empty; so is the name field of no tar file.
    return head.count == PartContent.headLength && head.allSatisfy { $0 == 0 }
}

/// Whether a file's name is that of an archive whose first bytes may be anything.
private func hasArchiveName(_ name: [UInt8]) -> Bool {
    let suffixes: [StaticString] = [
        ".zip", ".rar", ".7z", ".tar", ".iso", ".img", ".cab", ".jar", ".tgz", ".lzh", ".lha",
    ]
    return nameForms(name).contains { form in
        suffixes.contains { form.count >= $0.utf8CodeUnitCount && isWord(form.suffix($0.utf8CodeUnitCount), $0) }
    }
}

/// libarchive turns names into the locale's charset: with UTF-8 none is lost.
///
/// The system keeps it in files, which are read once.
private nonisolated(unsafe) let utf8Locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

/// Reads what archives need from files.
func prepareForArchives() { _ = utf8Locale }

private func withUTF8Locale(_ body: () -> Void) {
    guard let locale = utf8Locale else { return body() }
    let before = uselocale(locale)
    body()
    uselocale(before)
}
