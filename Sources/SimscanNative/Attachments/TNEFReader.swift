/// Finds the names in TNEF ("winmail.dat", [MS-OXTNEF]), however damaged the file is.
///
/// It does not follow the chain of lengths, which one wrong byte breaks, and checks no checksum: every place that
/// carries the identifier of a name is read, at any depth, and a file is read at every place that carries the
/// identifier of an attachment's data. Memory is a window of some kilobytes.
final class TNEFReader: ByteSink {
    /// The signature 0x223E9F78. Every part is asked for it, so no array is made of it.
    static func begins(_ head: [UInt8]) -> Bool {
        head.count >= 4 && head[0] == 0x78 && head[1] == 0x9F && head[2] == 0x3E && head[3] == 0x22
    }

    /// The longest name that is read.
    static let maximumName = 2048
    /// What is kept of the bytes before, so that a name at the edge is whole.
    private static let overlap = maximumName + 64

    private let place: PartPlace
    private var window: [UInt8] = []
    /// How much of the window has been looked at already.
    private var position = 0
    /// The files that are being read: where one that says a wrong length ends is not known.
    private var files: [File] = []

    private struct File {
        let content: PartContent
        /// Where its next byte is in the window.
        var start: Int
        var left: Int
    }

    /// How many files may lie over one another; the oldest one ends.
    private static let maximumFiles = 8

    init(place: PartPlace) { self.place = place }

    func take(_ bytes: UnsafeRawBufferPointer) {
        window.append(contentsOf: bytes)
        if window.count >= 4 * Self.overlap { search(isEnd: false) }
    }

    func end() { search(isEnd: true) }

    private func search(isEnd: Bool) {
        let limit = isEnd ? window.count : window.count - Self.overlap
        while position < limit {
            // attAttachTitle 0x00018010, PR_ATTACH_FILENAME 0x3704, PR_ATTACH_LONG_FILENAME 0x3707,
            // PR_DISPLAY_NAME 0x3001, PR_ATTACH_PATHNAME 0x3708, PR_ATTACH_LONG_PATHNAME 0x370D,
            // PR_ATTACH_TRANSPORT_NAME 0x370C; as strings of bytes (0x1E) or of UTF-16 (0x1F).
            switch window[position] {
            case 0x0F: readData(at: position)
            case 0x10: readTitle(at: position)
            case 0x1E, 0x1F: readProperty(at: position)
            default: break
            }
            position += 1
        }
        feedFiles(isEnd: isEnd)
        if !isEnd {
            window.removeFirst(position)
            for index in files.indices { files[index].start -= position }
            position = 0
        }
    }

    /// attAttachData 0x0006800F, its length, the file.
    private func readData(at start: Int) {
        guard start + 8 <= window.count, window[start + 1] == 0x80, window[start + 2] == 0x06, window[start + 3] == 0,
            number(start + 4) > 0, place.mayDecode
        else { return }
        place.state.countPart()
        if files.count == Self.maximumFiles { files.removeFirst().content.end() }
        let content = PartContent(place: place.file(named: []), type: Array("application/octet-stream".utf8))
        files.append(File(content: content, start: start + 8, left: number(start + 4)))
    }

    private func feedFiles(isEnd: Bool) {
        for index in files.indices {
            let file = files[index]
            guard file.start < window.count else { continue }
            let end = min(file.start + file.left, window.count)
            window[file.start..<end].withUnsafeBytes { file.content.take($0) }
            files[index].start = end
            files[index].left -= end - file.start
        }
        for file in files where file.left == 0 || isEnd { file.content.end() }
        files.removeAll { $0.left == 0 || isEnd }
    }

    private func readTitle(at start: Int) {
        guard start + 8 <= window.count, window[start + 1] == 0x80, window[start + 2] == 0x01, window[start + 3] == 0
        else { return }
        consider(at: start + 8, length: number(start + 4), isUTF16: false)
    }

    private func readProperty(at start: Int) {
        guard start + 12 <= window.count, window[start + 1] == 0 else { return }
        switch (window[start + 3], window[start + 2]) {
        case (0x37, 0x04), (0x37, 0x07), (0x37, 0x08), (0x37, 0x0C), (0x37, 0x0D), (0x30, 0x01): break
        default: return
        }
        // A count of values, then a length and the bytes of each.
        let count = number(start + 4)
        guard count >= 1, count <= 64 else { return }
        consider(at: start + 12, length: number(start + 8), isUTF16: window[start] == 0x1F)
    }

    private func number(_ offset: Int) -> Int {
        Int(window[offset]) | Int(window[offset + 1]) << 8 | Int(window[offset + 2]) << 16 | Int(window[offset + 3])
            << 24
    }

    private func consider(at start: Int, length: Int, isUTF16: Bool) {
        guard start < window.count, length > 0 else { return }
        var name = Array(window[start...].prefix(min(length, Self.maximumName)))
        if isUTF16 {
            name = decodeCharset(name, named: Array("utf-16le".utf8))
        }
        // Where the length is wrong, the NUL still ends the name.
        if let nul = name.firstIndex(of: 0) { name.removeSubrange(nul...) }
        place.considerInner(name)
    }
}
