internal import SystemPackage

/// The header of a signature database, `.cvd` or `.cld`: 512 bytes of fields between colons, the third of which is
/// the version (`sigtool(1)`, --info).
package enum SignatureFile {
    private static let headerBytes = 512

    /// The version of `main`, `daily` and the like in a database directory; nil where there is no such file or it has
    /// no version.
    package static func version(of name: String, in directory: String) -> Int? {
        // Both may be there; clamd loads the newer one.
        [".cld", ".cvd"].compactMap { suffix in
            guard let file = try? FileDescriptor.open(FilePath(directory + "/" + name + suffix), .readOnly) else {
                return nil
            }
            defer { try? file.close() }
            var header = [UInt8](repeating: 0, count: headerBytes)
            let count = (try? header.withUnsafeMutableBytes { try file.readAll(into: $0, at: 0) }) ?? 0
            return version(inHeader: header.prefix(count))
        }.max()
    }

    /// The version in a header; nil where it is none.
    package static func version(inHeader header: ArraySlice<UInt8>) -> Int? {
        let fields = header.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[0].elementsEqual("ClamAV-VDB".utf8) else { return nil }
        // The build time has a colon-free form, `22 Nov 2026 09-36 +0000`.
        return Int(String(decoding: fields[2], as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
    }
}
