import CArchive
import CLibrariesOnDemand

private let program = Array("MZ this program is a test and does nothing at all.".utf8)
private let zipType = "application/zip; name=files.zip"

/// A message with an archive in it.
private func archived(
    _ title: String, _ reason: String, type: String = "application/octet-stream; name=files.bin",
    content: @escaping @Sendable (String) -> [UInt8]
) -> Case {
    Case(title, reason, needs: .archives) { Mail.encoded(content($0), type: type) }
}

/// Names inside of archives.
let archiveCases: [Case] = [
    archived("zip", "in a zip file", type: zipType) { Zip.file([($0, program)]) },
    archived("zip-second", "not the first file", type: zipType) { Zip.file([("readme.md", program), ($0, program)]) },
    archived("zip-directory", "in a directory", type: zipType) { Zip.file([("a/b/\($0)", program)]) },
    archived("zip-no-type", "by its first bytes", type: "image/png; name=a.png") { Zip.file([($0, program)]) },
    archived("zip-local-name", "the directory has another name", type: zipType) {
        Zip.file([($0, program)], listed: "a.txt")
    },
    archived("zip-listed-name", "the file's header has another name", type: zipType) {
        Zip.file([("a.txt", program)], listed: $0)
    },
    archived("zip-no-directory", "cut off before its directory", type: zipType) {
        Zip.file([($0, program)], hasDirectory: false)
    },
    archived("zip-behind-junk", "behind other bytes", type: zipType) {
        Array("some junk".utf8) + Zip.file([($0, program)])
    },
    archived("zip-encrypted-names", "encrypted, but its names are not", type: zipType) {
        Zip.file([($0, program)], flags: 1)
    },
    archived("zip-trailing-dot", "Windows drops the dot", type: zipType) { Zip.file([("\($0).", program)]) },
    archived("zip-full-width", "compatibility forms", type: zipType) {
        Zip.file([(Encode.fullWidth($0), program)], flags: 0x800)
    },
    archived("zip-in-zip", "a zip file in a zip file", type: zipType) {
        Zip.file([("inner.zip", Zip.file([($0, program)]))])
    },
    archived("zip-four-deep", "four of them", type: zipType) { name in
        (0..<3).reduce(Zip.file([(name, program)])) { inner, _ in Zip.file([("inner", inner)]) }
    },
    archived("tar", "tar") { Archive.written([($0, program)], format: archive_write_set_format_ustar) },
    archived("tar-pax", "a long name in tar") {
        Archive.written([(String(repeating: "d/", count: 200) + $0, program)], format: archive_write_set_format_pax)
    },
    archived("tar-gz", "tar.gz") {
        Archive.written([($0, program)], format: archive_write_set_format_ustar, filter: archive_write_add_filter_gzip)
    },
    archived("tar-bz2", "tar.bz2") {
        Archive.written([($0, program)], format: archive_write_set_format_ustar, filter: archive_write_add_filter_bzip2)
    },
    archived("tar-xz", "tar.xz") {
        Archive.written([($0, program)], format: archive_write_set_format_ustar, filter: archive_write_add_filter_xz)
    },
    archived("tar-zst", "tar.zst") {
        Archive.written([($0, program)], format: archive_write_set_format_ustar, filter: archive_write_add_filter_zstd)
    },
    archived("zip-in-tar-gz", "a zip file in tar.gz") {
        Archive.written(
            [("a.zip", Zip.file([($0, program)]))], format: archive_write_set_format_ustar,
            filter: archive_write_add_filter_gzip)
    },
    archived("7z", "7z") { Archive.written([($0, program)], format: archive_write_set_format_7zip) },
    archived("7z-unicode", "7z, a name with letters of all kinds") {
        Archive.written([("Grüße-\($0)", program)], format: archive_write_set_format_7zip)
    },
    archived("zip-in-7z", "a zip file in 7z") {
        Archive.written([("a.zip", Zip.file([($0, program)]))], format: archive_write_set_format_7zip)
    },
    archived("iso", "an ISO 9660 image") { Archive.written([($0, program)], format: archive_write_set_format_iso9660) },
    archived("cpio", "cpio") { Archive.written([($0, program)], format: archive_write_set_format_cpio_newc) },
    archived("cab", "cab") { Cabinet.file($0, program) },
    archived("rar", "rar") { RAR.file($0, program) },
    archived("gz-name", "the name in gzip's header") { Archive.gzip(named: $0) },
    Case("gz-suffix", "a compressed file's own name", needs: .archives) {
        Mail.encoded(Archive.gzip(named: ""), type: "application/gzip; name=\"\($0).gz\"")
    },
    Case("zip-uuencoded", "in uuencoded text", needs: .archives) {
        Array("From: a@b\n\n".utf8) + Array(Encode.uuencode("a.zip", Zip.file([($0, program)])).utf8)
    },
]

/// Files whose content is what counts.
let kindCases: [Case] = [
    Case("double-extension", "the blocked suffix is not the last one", needs: .doubleExtension) {
        Array(Mail.attachment("Content-Disposition: attachment; filename=\"\($0).pdf\"").utf8)
    },
    kind(
        "windows", "a Windows program", hostile: [0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0, 0],
        harmless: Array("MZ is the country code of Mozambique, and this is a text about it.\n".utf8)),
    Case("windows-in-zip", "a Windows program under another name in a zip file", needs: .types) { name in
        let isHostile = Names.hostile.contains(name)
        return Mail.encoded(
            Zip.file([("photo.jpg", isHostile ? [0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0] : [0xFF, 0xD8, 0xFF, 0xE0])]),
            type: zipType)
    },
    kind(
        "node-script", "a script", hostile: Array("#!/usr/bin/env node\nconsole.log(1)\n".utf8),
        harmless: Array("#! a heading, not a script\n".utf8)),
]

private func kind(_ title: String, _ reason: String, hostile: [UInt8], harmless: [UInt8]) -> Case {
    Case(title, reason, needs: .types) { name in
        Mail.encoded(Names.hostile.contains(name) ? hostile : harmless, type: "image/jpeg; name=photo.jpg")
    }
}

/// A zip file of stored files (APPNOTE.TXT, 4.3).
enum Zip {
    static func file(
        _ files: [(name: String, content: [UInt8])], listed: String? = nil, flags: UInt16 = 0, hasDirectory: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let name = Array(file.name.utf8)
            let listedName = listed.map { Array($0.utf8) } ?? name
            let crc = crc32(file.content)
            let common =
                short(flags) + short(0) + [0, 0, 0x21, 0x59] + long(crc) + long(UInt32(file.content.count))
                + long(UInt32(file.content.count))
            directory +=
                [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + common + short(UInt16(listedName.count))
                + [UInt8](repeating: 0, count: 12) + long(UInt32(bytes.count)) + listedName
            bytes += [0x50, 0x4B, 3, 4, 20, 0] + common + short(UInt16(name.count)) + [0, 0] + name + file.content
        }
        guard hasDirectory else { return bytes }
        let count = short(UInt16(files.count))
        return bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + long(UInt32(directory.count))
            + long(UInt32(bytes.count)) + [0, 0]
    }

    static func short(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
    static func long(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

/// A cabinet with one stored file ([MS-CAB]).
enum Cabinet {
    static func file(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let file =
            Zip.long(UInt32(content.count)) + Zip.long(0) + [0, 0] + [0x21, 0x59, 0, 0, 0x20, 0] + Array(name.utf8) + [
                0
            ]
        let fileOffset: UInt32 = 36 + 8
        let dataOffset = fileOffset + UInt32(file.count)
        let data = Zip.long(0) + Zip.short(UInt16(content.count)) + Zip.short(UInt16(content.count)) + content
        return Array("MSCF".utf8) + Zip.long(0) + Zip.long(dataOffset + UInt32(data.count)) + Zip.long(0)
            + Zip.long(fileOffset) + Zip.long(0)
            + [3, 1] + [1, 0, 1, 0] + [0, 0] + [0, 0] + [0, 0] + Zip.long(dataOffset) + [1, 0, 0, 0] + file + data
    }
}

/// A RAR 4 archive with one stored file.
enum RAR {
    static func file(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let size = Zip.long(UInt32(content.count))
        let nameBytes = Array(name.utf8)
        let header =
            size + size + [3] + Zip.long(Zip.crc32(content)) + [0, 0, 0x21, 0x59] + [20, 0x30]
            + Zip.short(UInt16(nameBytes.count)) + Zip.long(0x81A4) + nameBytes
        return [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 0] + block(0x73, 0, [0, 0, 0, 0, 0, 0]) + block(0x74, 0x8000, header)
            + content + block(0x7B, 0x4000, [])
    }

    private static func block(_ type: UInt8, _ flags: UInt16, _ rest: [UInt8]) -> [UInt8] {
        let body = [type] + Zip.short(flags) + Zip.short(UInt16(7 + rest.count)) + rest
        return Zip.short(UInt16(truncatingIfNeeded: Zip.crc32(body))) + body
    }
}

/// Archives that libarchive writes.
enum Archive {
    /// One of libarchive's functions that choose a format or a filter; the ones that choose by number would
    /// bring every format's library along.
    typealias Setter = (OpaquePointer?) -> Int32

    static func written(
        _ files: [(name: String, content: [UInt8])], format: Setter, filter: Setter = archive_write_add_filter_none
    ) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4 << 20)
        var used = 0
        libarchive_start()
        guard let archive = archive_write_new() else { return [] }
        _ = format(archive)
        _ = filter(archive)
        // No padding, and no time of day, so that the corpus stays as it is.
        for option in ["hdrcharset=UTF-8", "gzip:!timestamp", "iso9660:!pad"] {
            archive_write_set_options(archive, option)
        }
        buffer.withUnsafeMutableBytes { bytes in
            archive_write_open_memory(archive, bytes.baseAddress, bytes.count, &used)
            for file in files {
                let entry = archive_entry_new()
                archive_entry_set_pathname_utf8(entry, file.name)
                archive_entry_set_size(entry, Int64(file.content.count))
                archive_entry_set_filetype(entry, 0o100000)
                archive_entry_set_perm(entry, 0o644)
                archive_entry_set_mtime(entry, 1_795_000_000, 0)
                archive_write_header(archive, entry)
                file.content.withUnsafeBytes { _ = archive_write_data(archive, $0.baseAddress, $0.count) }
                archive_entry_free(entry)
            }
            archive_write_close(archive)
        }
        archive_write_free(archive)
        return Array(buffer[..<used])
    }

    /// One stored block in gzip (RFC 1952).
    static func gzip(named name: String) -> [UInt8] {
        let flags: [UInt8] = name.isEmpty ? [0] : [8]
        let content = program
        return [0x1F, 0x8B, 8] + flags + [0, 0, 0, 0, 0, 3] + (name.isEmpty ? [] : Array(name.utf8) + [0])
            + [1] + Zip.short(UInt16(content.count)) + Zip.short(~UInt16(content.count)) + content
            + Zip.long(Zip.crc32(content)) + Zip.long(UInt32(content.count))
    }
}
