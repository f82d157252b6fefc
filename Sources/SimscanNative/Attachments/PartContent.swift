/// The decoded content of one part: what it is decides who reads it.
///
/// Where nobody has to, `isDone` says so, and its bytes need not even be decoded.
final class PartContent: ByteSink {
    /// So many bytes are enough to know a file's kind.
    static let headLength = 1024

    let place: PartPlace
    /// The Content-Type's value, or empty.
    private let type: [UInt8]
    private var head: [UInt8] = []
    private var macros: MacroFinder?
    private var archive: ArchiveReader?
    private var reader: (any ByteSink)?
    private var isDecided = false
    /// Whether the bytes are wanted by whoever wants the decoded parts.
    private let isWanted: Bool
    /// The part's number there, once it has begun.
    private var outputNumber: Int?

    /// True where the rest of the bytes makes no difference.
    private(set) var isDone = false

    /// Whether it is nothing but a text in which no embedded file is being read.
    var isTextBetweenFiles: Bool {
        guard macros == nil, archive == nil, outputNumber == nil, let text = reader as? EmbeddedFiles else {
            return false
        }
        return !text.isInFile
    }

    init(place: PartPlace, type: [UInt8], isWanted: Bool = true) {
        self.place = place
        self.type = type
        self.isWanted = isWanted && place.state.output != nil
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        if isDone || place.state.finding != nil { return }
        if isDecided {
            hand(bytes)
            return
        }
        let missing = Self.headLength - head.count
        head.append(contentsOf: bytes.prefix(missing))
        if head.count == Self.headLength {
            decide()
            if bytes.count > missing {
                hand(UnsafeRawBufferPointer(rebasing: bytes[missing...]))
            }
        }
    }

    func end() {
        if !isDecided { decide() }
        macros?.end()
        archive?.end()
        reader?.end()
        (macros, archive, reader) = (nil, nil, nil)
        if let outputNumber { place.state.output?.end(part: outputNumber) }
        outputNumber = nil
    }

    private func hand(_ bytes: UnsafeRawBufferPointer) {
        if let outputNumber, let output = place.state.output, !output.received(bytes, part: outputNumber) {
            place.state.stop()
        }
        macros?.take(bytes)
        archive?.take(bytes)
        reader?.take(bytes)
    }

    private func decide() {
        isDecided = true
        guard place.state.finding == nil else { return }
        considerMacintoshNames(head, type: type) { place.considerInner($0) }
        if place.state.options.types {
            if let kind = FileKind(head: head) { place.considerKind(kind) }
            if MacroFinder.begins(head) { macros = MacroFinder(place: place) }
        }
        if place.state.options.archives { archive = ArchiveReader(head: head, place: place) }
        reader = chooseReader()
        beginOutput()
        isDone = macros == nil && archive == nil && reader == nil && outputNumber == nil
        head.withUnsafeBytes { hand($0) }
        head = []
    }

    private func beginOutput() {
        // What is inside of a message or a multipart comes by itself.
        guard isWanted, !startsWithWord(type, "multipart/"), !PartHeader.isMessageType(type[...]), !head.isEmpty
        else { return }
        outputNumber = place.state.output?.begin(path: place.path)
        if outputNumber == nil { place.state.stop() }
    }

    private var isStructure: Bool { startsWithWord(type, "message/") || startsWithWord(type, "multipart/") }

    private func chooseReader() -> (any ByteSink)? {
        if TNEFReader.begins(head) || contains(type, "ms-tnef") {
            return place.mayDecode ? TNEFReader(place: place.decoded.inside("winmail.dat")) : nil
        }
        if contains(type, "pkcs7-mime") || SignedDataReader.begins(head) {
            return place.mayDecode ? SignedDataReader(place: place.decoded.inside("smime.p7m")) : nil
        }
        if isStructure {
            guard place.mayWalk else { return nil }
            let walk = PartWalk(place: place.decoded)
            if startsWithWord(type, "multipart/") {
                // The structure is inside of the encoding: its header is needed again.
                (Array("Content-Type: ".utf8) + type + Array("\n\n".utf8)).withUnsafeBytes { walk.take($0) }
            }
            return walk
        }
        if contains(type, "pgp"), let first = head.first, first & 0x80 != 0 {
            return place.mayDecode ? OpenPGPReader(place: place.decoded.inside("pgp")) : nil
        }
        return isText ? EmbeddedFiles(place: place) : nil
    }

    private var isText: Bool {
        if type.isEmpty || startsWithWord(type, "text/") { return true }
        return !head.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0C && $0 != 0x0D && $0 != 0x1B }
    }
}

/// Whether a word in lower case stands anywhere in the bytes, in any case.
func contains(_ bytes: [UInt8], _ word: StaticString) -> Bool {
    guard bytes.count >= word.utf8CodeUnitCount else { return false }
    return (0...(bytes.count - word.utf8CodeUnitCount)).contains { startsWithWord(bytes[$0...], word) }
}

/// The names in the headers that Macintosh mail programs put ahead of a file.
///
/// AppleSingle and AppleDouble (RFC 1740, appendix B): the entry "real name". MacBinary: a name of up to 63
/// bytes at a fixed place.
private func considerMacintoshNames(_ head: [UInt8], type: [UInt8], name: ([UInt8]) -> Void) {
    func number(_ offset: Int, _ length: Int) -> Int {
        head[offset..<(offset + length)].reduce(0) { $0 << 8 | Int($1) }
    }
    // Every part is asked for these, so no arrays are made of them.
    if head.count >= 26, head[0] == 0, head[1] == 0x05, head[2] == 0x16, head[3] == 0x00 || head[3] == 0x07 {
        for entry in 0..<min(number(24, 2), 64) {
            let start = 26 + entry * 12
            guard start + 12 <= head.count else { return }
            let (offset, length) = (number(start + 4, 4), number(start + 8, 4))
            if number(start, 4) == 3, length > 0, offset < head.count {
                name(Array(head[offset...].prefix(length)))
            }
        }
    } else if head.count >= 128, contains(type, "macbinary") || contains(type, "x-mac"), head[0] == 0, head[74] == 0,
        (1...63).contains(head[1])
    {
        name(Array(head[2..<(2 + Int(head[1]))]))
    }
}
