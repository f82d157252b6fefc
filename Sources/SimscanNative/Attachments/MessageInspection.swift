internal import SystemPackage

/// A name of an attachment, as a person wants to see it.
package struct InspectedName: Equatable, Sendable {
    /// Decoded; the stranger's bytes.
    package let name: [UInt8]
    /// Where it stands, as in `AttachmentMatch`.
    package let part: String
    /// The suffix of the list that refuses it; nil where it passes.
    package let rule: [UInt8]?
    /// It is no name but what the file's first bytes say.
    package let isKind: Bool
}

/// One part of a message, as the attachment check sees it.
package struct InspectedPart: Equatable, Sendable {
    /// One field that says what the part is.
    package struct Field: Equatable, Sendable {
        /// `Content-Type`.
        package let name: String
        /// As it stands in the message, less the line ends; the stranger's bytes.
        package internal(set) var value: [UInt8]
    }

    /// `1.2.3`, and behind a colon the path inside containers.
    package let path: String
    /// Multiparts and messages around it.
    package let depth: Int
    /// A multipart or a message.
    package let isContainer: Bool
    package internal(set) var fields: [Field] = []
    /// In its header.
    package internal(set) var names: [InspectedName] = []
    /// In its content: of archives, of uuencoded and other embedded files, and what files are.
    package internal(set) var inside: [InspectedName] = []

    /// `text/plain`, in lower case; what RFC 2045 takes where nothing is said.
    package var type: String {
        let value = fields.first { $0.name == MessageInspector.contentType }?.value ?? []
        let type = value.prefix { $0 != UInt8(ascii: ";") }
        let text = String(decoding: trimmed(type, of: isBlankOrControl).asciiLowercased, as: UTF8.self)
        return text.isEmpty ? "text/plain" : text
    }

    /// `base64`, in lower case; nil where nothing is said.
    package var encoding: String? {
        let value = fields.first { $0.name == MessageInspector.transferEncoding }?.value
        return value.map { String(decoding: trimmed($0[...], of: isBlankOrControl).asciiLowercased, as: UTF8.self) }
    }
}

/// What there is to see of a message.
package struct MessageInspection: Equatable, Sendable {
    /// In the message's order.
    package internal(set) var parts: [InspectedPart] = []
    /// Why there may be more than these: a limit, or a parser that died; nil where these are all.
    package internal(set) var missing: String?
}

/// Looks at every part and name of a message, and what the rules say of each.
///
/// - Parameters:
///   - message: a complete message.
///   - rules: what is blocked; nothing ends at a name that is.
///   - limits: beyond one of them nothing more is looked at.
///   - options: what is looked at beyond names.
/// - Throws: an `Errno` where the message cannot be read.
func inspect(
    _ message: SpooledMessage, rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions
) throws(Errno) -> MessageInspection {
    let state = CheckState(rules: rules, limits: limits, options: options)
    let inspector = MessageInspector()
    state.inspector = inspector
    let walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    try readBlocks(of: message) { block in
        walk.take(block)
        return state.finding == nil
    }
    walk.end()
    return MessageInspection(parts: inspector.finished(), missing: state.finding?.why)
}

/// Collects what `inspectParts` returns while the walk goes on.
final class MessageInspector {
    static let contentType = "Content-Type"
    static let transferEncoding = "Content-Transfer-Encoding"

    private var parts: [InspectedPart] = []
    /// Of the header that is being read.
    private var fields: [InspectedPart.Field] = []
    /// Of the header that is being read, or of the last part's content: the path tells.
    private var names: [InspectedName] = []

    func field(_ field: PartHeader.Field, _ value: [UInt8]) {
        let name: String
        switch field {
        case .contentType: name = Self.contentType
        case .contentDisposition: name = "Content-Disposition"
        case .contentTransferEncoding: name = Self.transferEncoding
        case .contentLocation: name = "Content-Location"
        case .contentDescription: name = "Content-Description"
        case .other: return
        }
        let text = Array(trimmed(value.filter { $0 != 0x0A && $0 != 0x0D }[...], of: isBlank))
        // A field that can be read up to a lone CR, and as a whole, comes twice.
        if let last = fields.last, last.name == name, text.starts(with: last.value) { fields.removeLast() }
        fields.append(InspectedPart.Field(name: name, value: text))
    }

    func name(_ name: [UInt8], part: String, rule: [UInt8]?) {
        add(InspectedName(name: name, part: part, rule: rule, isKind: false))
    }

    /// What a file is, and not what it is called.
    func kind(_ suffix: [UInt8], part: String, rule: [UInt8]) {
        add(InspectedName(name: suffix, part: part, rule: rule, isKind: true))
    }

    private func add(_ name: InspectedName) {
        if !names.contains(name) { names.append(name) }
    }

    /// What was read as a header is none.
    func forgetHeader() {
        fields = []
    }

    /// A part's header has ended.
    func part(_ path: String, depth: Int, isContainer: Bool) {
        var part = InspectedPart(path: path, depth: depth, isContainer: isContainer)
        part.fields = fields
        part.names = names.filter { $0.part == path && !$0.isKind }
        names.removeAll { $0.part == path && !$0.isKind }
        giveNamesToLast()
        parts.append(part)
        fields = []
    }

    func finished() -> [InspectedPart] {
        giveNamesToLast()
        return parts
    }

    private func giveNamesToLast() {
        if !parts.isEmpty { parts[parts.count - 1].inside += names }
        names = []
    }
}
