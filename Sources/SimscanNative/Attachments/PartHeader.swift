/// What the header of one part says of it; fields are added one by one as they end.
///
/// Where a field is there twice, or can be read in two ways, both count: some mail program follows either.
struct PartHeader {
    /// The fields that matter here; the rest are counted only.
    enum Field {
        case contentType
        case contentDisposition
        case contentTransferEncoding
        case contentLocation
        case contentDescription
        case other
    }

    private(set) var hasContentType = false
    private(set) var isMultipart = false
    private(set) var isDigest = false
    private(set) var isMessage = false
    private(set) var boundaries: [[UInt8]] = []
    /// The values of all Content-Type fields, unfolded.
    private(set) var types: [[UInt8]] = []
    /// How some mail program would decode the body; empty where no field says it.
    private(set) var encodings: TransferEncoding.Set = []

    /// Whether there was any field that says what the part is.
    var saysAnything: Bool { hasContentType || hasName || !encodings.isEmpty }

    private var hasName = false
    /// The first of the names.
    private(set) var fileName: [UInt8] = []
    private var fallbackNames: [[UInt8]] = []

    /// The names that some programs fall back to: the location's file, the description. Only where the part
    /// has no other name, and only for what is saved as a file: a text's description is no name.
    var namesWithoutName: [[UInt8]] {
        let isShown = types.allSatisfy { type in
            startsWithWord(type, "text") || startsWithWord(type, "multipart") || startsWithWord(type, "message")
        }
        return hasName || isShown ? [] : fallbackNames
    }

    /// How many Content-Type fields may say how the content is read. Each reading costs a pass over it.
    static let maximumTypes = 3
    /// The longest boundary that is looked for. RFC 2046 has 70.
    static let maximumBoundary = 16_384

    /// Which field a line begins, by what stands before its colon.
    static func field(named name: some Collection<UInt8>) -> Field {
        if isWord(name, "content-type") { return .contentType }
        if isWord(name, "content-disposition") { return .contentDisposition }
        if isWord(name, "content-transfer-encoding") { return .contentTransferEncoding }
        if isWord(name, "content-location") { return .contentLocation }
        if isWord(name, "content-description") { return .contentDescription }
        return .other
    }

    /// Takes in a whole field.
    ///
    /// - Parameters:
    ///   - field: which one it is.
    ///   - value: what follows the colon, line ends included.
    ///   - canParse: asked before GMime is.
    ///   - wordedName: is given every name with encoded words of which only GMime can tell what it makes of them.
    ///   - name: is given every reading of every name in it.
    /// - Returns: false where the field has too many parameters to look at.
    mutating func add(
        _ field: Field, value: [UInt8], canParse: () -> Bool, wordedName: ([UInt8]) -> Void, name: ([UInt8]) -> Void
    ) -> Bool {
        guard field != .other else { return true }
        let text = unfold(value)
        if field == .contentTransferEncoding {
            if let encoding = TransferEncoding(text) { encodings.insert(TransferEncoding.Set(encoding)) }
            return true
        }
        if field == .contentLocation || field == .contentDescription {
            let name = field == .contentLocation ? locationName(text) : text
            if fallbackNames.count < Self.maximumTypes, !name.isEmpty { fallbackNames.append(name) }
            return true
        }
        var hasName = self.hasName
        var fileName = self.fileName
        defer {
            self.hasName = hasName
            self.fileName = fileName
        }
        let name = { (reading: [UInt8]) in
            if reading.contains(where: { !isBlankOrControl($0) }) {
                if !hasName { fileName = reading }
                hasName = true
            }
            name(reading)
        }
        var parsed: GMimeParameters?
        if isPlainField(text) {
            // Nothing to disagree about: GMime says what we say, and starting it costs more than all the rest.
            addParameters(of: field, text, in: .plain, name: name)
        } else {
            let standard = StandardField(text)
            if let standard, !standard.isExtended {
                addParameters(of: field, text, in: .standard, name: name)
            } else {
                guard addReadings(of: field, text, name: name) else { return false }
            }
            if let standard {
                if standard.isWorded { forEachWordedName(of: text, wordedName) }
            } else if canParse() {
                parsed = GMimeParameters(field: field, value: text)
                parsed?.names.forEach(name)
            }
        }
        guard field == .contentType else { return true }
        hasContentType = true
        let trimmedType = Array(text.drop(while: isBlankOrControl))
        if types.count < Self.maximumTypes, !types.contains(trimmedType) { types.append(trimmedType) }
        let type = text.drop { isBlankOrControl($0) || $0 == UInt8(ascii: "\"") }
        if parsed?.isMultipart == true || startsWithWord(type, "multipart") {
            isMultipart = true
            if let boundary = parsed?.boundary { add(boundary: boundary) }
            if parsed?.isDigest == true || startsWithWord(type, "multipart/digest") { isDigest = true }
        }
        if parsed?.isMessage == true || Self.isMessageType(type) { isMessage = true }
        return true
    }

    /// Takes in parameters of which each has one reading.
    private mutating func addParameters(
        of field: Field, _ text: [UInt8], in grammar: FieldGrammar, name: ([UInt8]) -> Void
    ) {
        var hasName = false
        forEachParameter(of: text, in: grammar) { attribute, value in
            if isWord(attribute, "filename") { name(Array(value)) }
            if isWord(attribute, "name") { hasName = true }
            if field == .contentType, isWord(attribute, "boundary") { add(boundary: Array(value)) }
            return true
        }
        // The file name weighs more, wherever it stands.
        guard hasName else { return }
        forEachParameter(of: text, in: grammar) { attribute, value in
            if isWord(attribute, "name") { name(Array(value)) }
            return true
        }
    }

    private func forEachWordedName(of text: [UInt8], _ body: ([UInt8]) -> Void) {
        forEachParameter(of: text, in: .standard) { attribute, value in
            if isWord(attribute, "filename") || isWord(attribute, "name"), hasEncodedWord(value) { body(Array(value)) }
            return true
        }
    }

    /// - Returns: false where there are too many parameters to look at.
    private mutating func addReadings(of field: Field, _ text: [UInt8], name: ([UInt8]) -> Void) -> Bool {
        guard let readings = ParameterReader.parameters(of: text) else { return false }
        for parameters in readings {
            parameterReadings(of: "filename", in: parameters).forEach(name)
            parameterReadings(of: "name", in: parameters).forEach(name)
            if field == .contentType {
                for boundary in parameterReadings(of: "boundary", in: parameters) { add(boundary: boundary) }
            }
        }
        return true
    }

    /// The file of a URL: its last path component, without query and fragment; empty where it names no file.
    private func locationName(_ url: [UInt8]) -> [UInt8] {
        var rest = trimmed(url[...], of: { isBlankOrControl($0) || $0 == UInt8(ascii: "\"") })
        rest = rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        if startsWithWord(rest, "cid:") || startsWithWord(rest, "mid:") { return [] }
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[(colon + 1)...].starts(with: Array("//".utf8)) {
            // The host is no file.
            rest = rest[(colon + 3)...].drop { $0 != UInt8(ascii: "/") }
        }
        return Array(rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? [])
    }

    private mutating func add(boundary: [UInt8]) {
        let boundary = Array(trimmedEnd(boundary))
        if boundary.count <= Self.maximumBoundary, !boundaries.contains(boundary) { boundaries.append(boundary) }
    }

    private func trimmedEnd(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while let last = rest.last, isBlankOrControl(last) { rest.removeLast() }
        return rest
    }

    /// A message inside a message (RFC 2046, 5.2.1; RFC 6532; RFC 5537 for news).
    static func isMessageType(_ type: ArraySlice<UInt8>) -> Bool {
        startsWithWord(type, "message/rfc822") || startsWithWord(type, "message/rfc2822")
            || startsWithWord(type, "message/global") || startsWithWord(type, "message/news")
    }

    /// Line ends are taken out; the blank that a folded line begins with stays.
    private func unfold(_ value: [UInt8]) -> [UInt8] {
        value.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    }
}
