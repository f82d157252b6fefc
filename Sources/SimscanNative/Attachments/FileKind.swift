/// What a file is by its first bytes, where that is something that is blocked by its suffix usually.
struct FileKind {
    /// The suffixes that it counts as.
    let suffixes: [StaticString]

    /// - Parameter head: the first bytes, up to `PartContent.headLength`.
    init?(head: [UInt8]) {
        if head.starts(with: Array("MZ".utf8)), head.prefix(64).contains(where: { $0 < 0x09 }) {
            suffixes = [".exe", ".scr", ".com", ".dll"]
        } else if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
            suffixes = [".elf", ".so", ".bin"]
        } else if FileKind.isMachO(head) {
            suffixes = [".macho", ".dylib"]
        } else if head.starts(with: Array("#!".utf8)), head.dropFirst(2).prefix(64).contains(UInt8(ascii: "/")) {
            suffixes = FileKind.scriptSuffixes(head)
        } else if head.starts(with: [0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0]) {
            suffixes = [".lnk"]
        } else if head.starts(with: Array("ITSF".utf8)) {
            suffixes = [".chm"]
        } else {
            return nil
        }
    }

    private init(suffixes: [StaticString]) { self.suffixes = suffixes }

    /// A document of Office that has macros, which its first bytes do not tell.
    static let macros = FileKind(suffixes: [".docm", ".xlsm", ".pptm", ".dotm", ".xltm"])

    private static func isMachO(_ head: [UInt8]) -> Bool {
        guard head.count >= 8 else { return false }
        switch (head[0], head[1], head[2], head[3]) {
        case (0xFE, 0xED, 0xFA, 0xCE), (0xFE, 0xED, 0xFA, 0xCF), (0xCE, 0xFA, 0xED, 0xFE), (0xCF, 0xFA, 0xED, 0xFE):
            return true
        case (0xCA, 0xFE, 0xBA, 0xBE):
            // A class of Java begins so too; it has its version, above 40, where a universal file has a count.
            return head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] < 40
        default:
            return false
        }
    }

    private static func scriptSuffixes(_ head: [UInt8]) -> [StaticString] {
        let line = Array(head.prefix { $0 != 0x0A })
        if contains(line, "python") { return [".py", ".sh"] }
        if contains(line, "perl") { return [".pl", ".sh"] }
        if contains(line, "ruby") { return [".rb", ".sh"] }
        if contains(line, "node") { return [".js", ".sh"] }
        if contains(line, "php") { return [".php", ".sh"] }
        return [".sh"]
    }
}

/// Finds the macros of an Office document: the name of their storage stands in the clear, in the directory of an
/// OLE file as in the headers of a zip file.
final class MacroFinder: ByteSink {
    /// OLE ([MS-CFB]) or zip.
    static func begins(_ head: [UInt8]) -> Bool {
        head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) || head.starts(with: [0x50, 0x4B, 3, 4])
    }

    private static let marks: [[UInt8]] = [
        Array("vbaProject.bin".utf8), "_VBA_PROJECT".utf8.flatMap { [$0, 0] }, "Macros".utf8.flatMap { [$0, 0] },
    ]

    private let place: PartPlace
    private var overlap: [UInt8] = []
    private var isFound = false

    init(place: PartPlace) { self.place = place }

    func take(_ bytes: UnsafeRawBufferPointer) {
        if isFound { return }
        (overlap + bytes.prefix(64)).withUnsafeBytes { search($0) }
        search(bytes)
        overlap = Array(bytes.suffix(32))
    }

    func end() {}

    private func search(_ bytes: UnsafeRawBufferPointer) {
        guard !isFound, let start = bytes.baseAddress else { return }
        for mark in Self.marks where find(mark, in: start, count: bytes.count) {
            isFound = true
            place.considerKind(.macros)
            return
        }
    }
}
