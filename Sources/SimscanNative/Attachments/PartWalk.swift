internal import Glibc

/// Walks through the parts of a message as its bytes go by, in memory that does not grow with the message.
///
/// It follows every structure that some mail program would: a line that may be a delimiter begins a part, also
/// where others read on. So it never sees fewer parts than GMime would build.
final class PartWalk: ByteSink {
    /// A multipart or a message that is open. A class, since the first array of a structure costs every process its
    /// metadata.
    private final class Container {
        let isMessage: Bool
        /// Its number in the container around it; 0 where the path does not name it.
        let number: Int
        /// The parts that have begun in it.
        var parts = 0
        let isDigest: Bool
        /// A multipart that names no boundary: the first line that looks like one is taken for it.
        var guessesBoundary: Bool

        init(isMessage: Bool, number: Int, isDigest: Bool, guessesBoundary: Bool) {
            self.isMessage = isMessage
            self.number = number
            self.isDigest = isDigest
            self.guessesBoundary = guessesBoundary
        }
    }

    private let place: PartPlace
    private let state: CheckState
    private var containers: [Container]
    private var boundaries = OpenBoundaries()
    /// The number of the part that is read, in its container.
    private var number = 0

    private var isInHeader = true
    private var header = PartHeader()
    private var field = PartHeader.Field.other
    /// The value of the field that is being read, where it matters.
    private var value: [UInt8] = []
    private var hasReadToBreak = false
    /// The header that is read may be none.
    private var isDoubtful = false

    /// Who reads the body that is passing by.
    private var body: [BodyReader] = []

    /// The beginning of a line whose end is not here yet.
    private var carry: [UInt8] = []
    /// The line's beginning has been handed on already, because the line is too long to be kept.
    private var isInLongLine = false

    /// The longest line that is kept whole.
    static let maximumLine = 65_536
    /// The longest field that is looked at; so much is kept in memory.
    static let maximumField = 1_310_720
    /// How many steps through colliding boundaries a message may cost.
    static let maximumSteps = 20_000_000

    init(place: PartPlace) {
        self.place = place
        state = place.state
        containers = [Container(isMessage: true, number: 0, isDigest: false, guessesBoundary: false)]
        state.countPart()
        number = 1
    }

    func take(_ block: UnsafeRawBufferPointer) {
        guard var start = block.baseAddress else { return }
        let end = start + block.count
        var lines: BodyLines?
        while start < end, state.finding == nil {
            if !isInHeader, carry.isEmpty, !isInLongLine {
                var found = lines ?? BodyLines(start: start, end: end)
                start = takeBody(start, &found)
                lines = found
                if start == end { return }
            }
            guard let newline = memchr(start, 0x0A, end - start) else {
                keep(UnsafeRawBufferPointer(start: start, count: end - start))
                return
            }
            let line = UnsafeRawBufferPointer(start: start, count: UnsafeRawPointer(newline) - start)
            if isInLongLine {
                longLine(line)
                isInLongLine = false
            } else if carry.isEmpty {
                self.line(line)
            } else {
                carry.append(contentsOf: line)
                takeCarry()
            }
            start = UnsafeRawPointer(newline) + 1
        }
    }

    func end() {
        if !carry.isEmpty, !isInLongLine { takeCarry() }
        if isInHeader { endHeader() }
        endBody()
    }

    // MARK: Lines

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        if isInLongLine {
            longLine(bytes)
            return
        }
        carry.append(contentsOf: bytes)
        if carry.count > Self.maximumLine {
            takeCarry()
            isInLongLine = true
        }
    }

    private func takeCarry() {
        let kept = carry
        carry.removeAll(keepingCapacity: true)
        kept.withUnsafeBytes { line($0) }
    }

    /// A line without its LF.
    private func line(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            if isInHeader { endHeader() }
            return
        }
        // A CR in the middle of a line ends it for some programs.
        if let cr = memchr(start, 0x0D, bytes.count), UnsafeRawPointer(cr) - start < bytes.count - 1 {
            pieces(of: bytes)
            return
        }
        let line = bytes.last == 0x0D ? UnsafeRawBufferPointer(rebasing: bytes.dropLast()) : bytes
        if isInHeader {
            headerLine(line)
        } else {
            if line.count >= 2, line[0] == UInt8(ascii: "-"), line[1] == UInt8(ascii: "-"), takeDelimiter(line) {
                return
            }
            bodyLine(bytes)
        }
    }

    /// Lines that end in a lone CR. An empty one does not end a header: other programs read on there.
    private func pieces(of bytes: UnsafeRawBufferPointer) {
        guard var start = bytes.baseAddress else { return }
        let end = start + bytes.count
        var isFirst = true
        while start < end {
            let stop = memchr(start, 0x0D, end - start).map { UnsafeRawPointer($0) } ?? end
            let line = UnsafeRawBufferPointer(start: start, count: stop - start)
            start = stop + 1
            if line.isEmpty { continue }
            defer { isFirst = false }
            if isInHeader {
                if !isFirst { continueField(line) }
                headerLine(line)
            } else {
                if line.count >= 2, line[0] == UInt8(ascii: "-"), line[1] == UInt8(ascii: "-"), takeDelimiter(line) {
                    continue
                }
                bodyLine(line)
            }
            if state.finding != nil { return }
        }
    }

    /// A further piece of a line that was too long to be kept.
    private func longLine(_ bytes: UnsafeRawBufferPointer) {
        guard isInHeader else {
            handOn(bytes)
            return
        }
        state.countHeader(bytes: bytes.count)
        if field != .other { append(bytes) }
    }

    // MARK: Bodies

    /// Passes over the lines of a body that are nothing else, and hands them on in one piece.
    ///
    /// - Returns: where it stopped: at a line that is a delimiter or has a CR inside, or that has no end yet.
    private func takeBody(_ start: UnsafeRawPointer, _ lines: inout BodyLines) -> UnsafeRawPointer {
        var line = lines.next(from: start)
        while let newline = lines.newline(of: line) {
            let bytes = UnsafeRawBufferPointer(start: line, count: newline - line)
            if bytes.count >= 2, bytes[1] == UInt8(ascii: "-"), mayDelimit(bytes) { break }
            line = lines.next(from: newline + 1)
        }
        if line > start { handOn(UnsafeRawBufferPointer(start: start, count: line - start)) }
        return line
    }

    private func bodyLine(_ line: UnsafeRawBufferPointer) {
        guard !body.isEmpty else { return }
        handOn(line)
        handOn("\n")
    }

    private func handOn(_ bytes: UnsafeRawBufferPointer) {
        for reader in body { reader.take(bytes) }
    }

    private func handOn(_ byte: StaticString) {
        handOn(UnsafeRawBufferPointer(start: byte.utf8Start, count: byte.utf8CodeUnitCount))
    }

    private func here(fileName: [UInt8]) -> PartPlace {
        PartPlace(
            state: state, path: path, decodings: place.decodings, depth: depth, fileName: fileName,
            archives: place.archives)
    }

    private func endBody() {
        for reader in body { reader.end() }
        body.removeAll(keepingCapacity: true)
    }

    /// Sets up who reads the body of a part, once for each reading that some mail program has of it.
    private func beginBody(_ header: PartHeader) {
        endBody()
        let here = here(fileName: header.fileName)
        var types = header.types
        if types.isEmpty { types.append(containers[containers.count - 1].isDigest ? Array("message/rfc822".utf8) : []) }
        (header.encodings.isEmpty ? TransferEncoding.Set(.identity) : header.encodings).forEach { encoding in
            for (index, type) in types.enumerated() {
                // Whoever wants the decoded parts wants each once.
                let isWanted = index == 0
                let isContainer = startsWithWord(type, "multipart") || PartHeader.isMessageType(type[...])
                // What is not encoded is walked through in place; only a preamble is text of its own.
                if isContainer, encoding == .identity {
                    if header.isMultipart {
                        body.append(
                            BodyReader(encoding, content: PartContent(place: here, type: [], isWanted: isWanted)))
                    }
                    continue
                }
                body.append(
                    BodyReader(encoding, content: PartContent(place: here, type: type, isWanted: isWanted)))
            }
        }
    }

    // MARK: Headers

    private func headerLine(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first else {
            endHeader()
            return
        }
        if first == UInt8(ascii: "-"), line.count >= 2, line[1] == UInt8(ascii: "-"), delimiterInHeader(line) { return }
        if beginsFile(line), body.isEmpty {
            // A message without a header: what it should stand in front of begins here.
            body.append(BodyReader(.identity, content: PartContent(place: here(fileName: []), type: [])))
        }
        // Where a message is read in two encodings, this may be no header.
        bodyLine(line)
        state.countHeader(bytes: line.count + 1)
        if !isBlank(first), let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            state.countField()
            var name = line[..<colon]
            while let last = name.last, isBlank(last) { name.removeLast() }
            if field != .other, name.contains(where: { $0 == UInt8(ascii: "=") || isBlank($0) }) {
                // A parameter whose line should have been folded, and that has a colon in its value.
                continueField(line, isSeparate: true)
                return
            }
            endField()
            field = PartHeader.field(named: name)
            if field != .other { value.append(contentsOf: line[(colon + 1)...]) }
        } else if field != .other {
            // A line that is no field and not folded either: some programs take it for folded.
            continueField(line, isSeparate: true)
        }
    }

    private func beginsFile(_ line: UnsafeRawBufferPointer) -> Bool {
        switch line[0] {
        case UInt8(ascii: "b"): uuencodeName(line) != nil
        case UInt8(ascii: "="): startsWithWord(line, "=ybegin ")
        case UInt8(ascii: "("): startsWithWord(line, "(this file must be converted with binhex")
        default: false
        }
    }

    /// A lone CR, or a line that is not folded, ends a field for some programs, and others read on: the field is
    /// read both ways.
    private func continueField(_ piece: UnsafeRawBufferPointer, isSeparate: Bool = false) {
        guard field != .other else { return }
        if let first = piece.first, !isBlank(first) {
            if !hasReadToBreak { readField() }
            hasReadToBreak = true
            if isSeparate { value.append(0x20) }
        }
        append(piece)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        value.append(contentsOf: bytes)
        if value.count > Self.maximumField { state.exceed(.headerBytes) }
    }

    private func endField() {
        guard field != .other else { return }
        readField()
        field = .other
        hasReadToBreak = false
        value.removeAll(keepingCapacity: true)
    }

    private func readField() {
        state.inspector?.field(field, value)
        let isTaken = header.add(
            field, value: value, canParse: { state.canParse() },
            wordedName: { name in state.considerWorded(name) { path } },
            name: { name in state.consider(name) { path } })
        if !isTaken { state.exceed(.fields) }
    }

    /// A delimiter that stands in a header ends it, also one of this header's own multipart.
    private func delimiterInHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        endField()
        let rest = afterDashes(line)
        let isOwn = header.boundaries.contains { $0.isEmpty ? rest.isEmpty : rest.starts(with: $0) }
        if header.isMultipart, isOwn { endHeader() }
        return takeDelimiter(line)
    }

    private func endHeader() {
        endField()
        guard state.finding == nil else { return }
        isInHeader = false
        let ended = header
        for name in ended.namesWithoutName { state.consider(name) { path } }
        if ended.types.contains(where: { startsWithWord($0, "message/partial") }) { state.notePartial(part: path) }
        if isDoubtful {
            isDoubtful = false
            if !ended.saysAnything {
                state.inspector?.forgetHeader()
                header = PartHeader()
                handOn("\n")
                return
            }
            state.countPart()
        }
        header = PartHeader()
        state.inspector?.part(path, depth: depth, isContainer: ended.isMultipart || ended.isMessage)
        guard !ended.encodings.contains(TransferEncoding.Set(.uuencode)) || state.canParse() else { return }
        beginBody(ended)
        let isDigestMember = containers[containers.count - 1].isDigest
        if ended.isMultipart {
            // The multipart that a message consists of has no number of its own, as in IMAP (RFC 9051, 6.4.5.1).
            open(
                Container(
                    isMessage: false, number: containers[containers.count - 1].isMessage ? 0 : number,
                    isDigest: ended.isDigest, guessesBoundary: ended.boundaries.isEmpty))
            for boundary in ended.boundaries { boundaries.open(boundary, level: containers.count - 1) }
        }
        // A message that is encoded is read by the one who decodes it.
        let isEncoded = !ended.encodings.isEmpty && !ended.encodings.contains(TransferEncoding.Set(.identity))
        if (ended.isMessage || (isDigestMember && !ended.hasContentType)) && !isEncoded {
            open(Container(isMessage: true, number: number, isDigest: false, guessesBoundary: false))
            number = 1
            isInHeader = true
            state.countPart()
        }
    }

    // MARK: Structure

    private func open(_ container: Container) {
        containers.append(container)
        if depth > state.limits.depth { state.exceed(.depth) }
    }

    /// Begins or ends a part where the line is a delimiter.
    private func takeDelimiter(_ line: UnsafeRawBufferPointer) -> Bool {
        let rest = afterDashes(line)
        switch match(rest) {
        case .delimiter(let level):
            beginPart(level: level)
            return true
        case .closeDelimiter(let level):
            // The boundary stays known: some programs take parts that follow the end.
            leave(above: level)
            isInHeader = false
            beginBody(PartHeader())
            return true
        case .beginning:
            return doubtPart(line)
        case .none:
            return guessBoundary(rest)
        }
    }

    /// Whether a line of a body that begins with two dashes begins or ends a part.
    private func mayDelimit(_ line: UnsafeRawBufferPointer) -> Bool {
        let rest = afterDashes(line)
        return match(rest) != .none || isGuess(rest)
    }

    private func afterDashes(_ line: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        var rest = line.dropFirst(2)
        while let last = rest.last, isBlank(last) || last == 0x0D { rest.removeLast() }
        return rest
    }

    private func match(_ rest: Slice<UnsafeRawBufferPointer>) -> OpenBoundaries.Match {
        let match = boundaries.match(rest)
        if boundaries.steps > Self.maximumSteps { state.exceed(.depth) }
        return match
    }

    private func isGuess(_ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
        !isInHeader && containers[containers.count - 1].guessesBoundary && !rest.isEmpty && rest.count <= 200
            && !rest.contains(where: isBlankOrControl)
    }

    private func guessBoundary(_ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard isGuess(rest) else { return false }
        let level = containers.count - 1
        containers[level].guessesBoundary = false
        boundaries.open(Array(rest), level: level)
        beginPart(level: level)
        return true
    }

    /// For some programs a part begins here, for others nothing does: no container is left, and the body goes on
    /// until a header shows that this is a part.
    private func doubtPart(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !isInHeader else { return false }
        bodyLine(line)
        isInHeader = true
        isDoubtful = true
        header = PartHeader()
        return true
    }

    private func beginPart(level: Int) {
        leave(above: level)
        endBody()
        containers[level].parts += 1
        number = containers[level].parts
        isInHeader = true
        isDoubtful = false
        field = .other
        value.removeAll(keepingCapacity: true)
        header = PartHeader()
        state.countPart()
    }

    private func leave(above level: Int) {
        if containers.count > level + 1 {
            containers.removeLast(containers.count - level - 1)
            boundaries.close(from: level + 1)
        }
    }

    private var depth: Int { place.depth + containers.count - 1 }

    /// Where the part stands that is read: `1.2.3`.
    private var path: String {
        var path = place.path
        if !path.isEmpty { path += path.utf8.contains(UInt8(ascii: ":")) ? "/" : "." }
        for container in containers.dropFirst() where container.number > 0 { path += String(container.number) + "." }
        return path + String(number)
    }
}
