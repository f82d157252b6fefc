/// Whether the first bytes are those of an archive or of a compressed file.
func archiveMagic(_ head: [UInt8]) -> Bool {
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
///
/// - Parameter canFold: as in `nameForms`.
func hasArchiveName(_ name: [UInt8], canFold: () -> Bool = { true }) -> Bool {
    let suffixes: [StaticString] = [
        ".zip", ".rar", ".7z", ".tar", ".iso", ".img", ".cab", ".jar", ".tgz", ".lzh", ".lha",
    ]
    return nameForms(name, canFold: canFold).contains { form in
        suffixes.contains { form.count >= $0.utf8CodeUnitCount && isWord(form.suffix($0.utf8CodeUnitCount), $0) }
    }
}
