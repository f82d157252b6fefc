/// Where some bytes come from: the part, the containers that they were decoded from, and the check they belong to.
struct PartPlace {
    /// How many decoders may feed one another. Each costs a pass over its bytes, and honest mail has two or three.
    static let maximumDecodings = 12

    let state: CheckState
    /// `1.2.3`, and behind a colon the files inside one another.
    let path: String
    let decodings: Int
    /// Multiparts and messages around it.
    let depth: Int
    /// The file's name, where it has one: what is said of the file where its content is what counts.
    var fileName: [UInt8] = []

    /// Archives around it.
    var archives = 0

    /// The place of what is decoded here.
    var decoded: PartPlace { PartPlace(copying: self, path: path, decodings: decodings + 1) }

    init(state: CheckState, path: String, decodings: Int, depth: Int, fileName: [UInt8] = [], archives: Int = 0) {
        self.state = state
        self.path = path
        self.decodings = decodings
        self.depth = depth
        self.fileName = fileName
        self.archives = archives
    }

    private init(copying place: PartPlace, path: String, decodings: Int) {
        self.init(
            state: place.state, path: path, decodings: decodings, depth: place.depth, fileName: place.fileName,
            archives: place.archives)
    }

    /// Whether one more decoder may start; where it may not, the message is beyond the depth's limit.
    var mayDecode: Bool { state.canParse() && mayWalk }

    /// The same for a walk through parts of their own, which is what the whole message has, too.
    var mayWalk: Bool {
        if decodings < Self.maximumDecodings { return true }
        state.exceed(.depth)
        return false
    }

    /// The place of what is inside of this part, which is a container of this name.
    func inside(_ container: StaticString) -> PartPlace {
        PartPlace(copying: self, path: path(of: Array(container.description.utf8)), decodings: decodings)
    }

    /// The place of what is inside of this part, which is an archive.
    func insideArchive() -> PartPlace {
        var place = PartPlace(
            copying: self, path: path(of: fileName.isEmpty ? Array("archive".utf8) : fileName), decodings: decodings)
        place.archives += 1
        return place
    }

    /// The place of a file of this archive.
    func file(named name: [UInt8]) -> PartPlace {
        var place = decoded
        place.fileName = name
        return place
    }

    /// The name of the one file that a compressed file holds.
    var unpackedName: [UInt8] {
        guard let dot = fileName.lastIndex(of: UInt8(ascii: ".")) else { return fileName }
        return Array(fileName[..<dot])
    }

    func noteEncrypted() { state.noteEncrypted(fileName, part: path) }

    func noteBroken() { state.noteBroken(fileName, part: path) }

    private func path(of container: [UInt8]) -> String {
        let visible = container.map { isBlankOrControl($0) && $0 != 0x20 ? UInt8(ascii: "?") : $0 }
        let separator = path.utf8.contains(UInt8(ascii: ":")) ? "/" : ": "
        return path + separator + String(decoding: visible, as: UTF8.self)
    }

    /// The content counts as a name with one of these suffixes.
    func considerKind(_ kind: FileKind) {
        state.considerKind(kind, fileName: fileName, part: path)
    }

    /// A name in a header.
    func consider(_ name: [UInt8]) {
        state.consider(name) { path }
    }

    /// A name from inside of a part. Each counts as a header field, for each costs as much.
    func considerInner(_ name: [UInt8]) {
        state.countField()
        state.consider(name) { path }
    }
}
