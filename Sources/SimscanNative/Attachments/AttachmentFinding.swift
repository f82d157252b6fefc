/// What the attachment check says of a message.
package enum AttachmentFinding: Equatable, Sendable {
    /// No part has a name that the rules block.
    case nothing
    /// A part has a blocked name.
    case blocked(AttachmentMatch)
    /// An archive is encrypted, and the settings refuse that.
    case encrypted(name: [UInt8], part: String)
    /// An archive cannot be read, or not within bounds, and the settings refuse that.
    case broken(name: [UInt8], part: String)
    /// A part is a piece of a message that came in several (RFC 2046, 5.2.2), and the settings refuse that: no
    /// check sees the whole.
    case partial(part: String)
    /// The message is beyond a limit and was not looked at.
    case limit(MIMELimit)
    /// The message could not be looked at within the bounds of time and memory, or broke the parser; the text says
    /// what happened.
    case unparsed(String)
}

/// One name that a rule blocks. The bytes are the stranger's: whoever makes text of them cleans them.
package struct AttachmentMatch: Equatable, Sendable {
    /// The name that the rule matched, decoded.
    package var name: [UInt8]
    /// Where it stands in the message: `1.2.3`, and behind a colon the path inside containers.
    package var part: String
    /// The suffix of the list that it matched.
    package var rule: [UInt8]

    package init(name: [UInt8], part: String, rule: [UInt8]) {
        self.name = name
        self.part = part
        self.rule = rule
    }
}

/// The limits on a message's MIME structure; the raw value is the name of the setting, as the log says it.
package enum MIMELimit: String, CaseIterable, Sendable {
    case depth = "mime-depth"
    case parts = "mime-parts"
    case fields = "mime-fields"
    case headerBytes = "mime-header-bytes"
}

extension AttachmentFinding {
    /// Where in the message it was found and which rule it is, for `SIMSCAN_DEBUG`; nil where nothing was found.
    package var why: String? {
        switch self {
        case .nothing: nil
        case .blocked(let match):
            "attachment: " + match.part + ": " + String(decoding: match.name, as: UTF8.self) + " ends in "
                + String(decoding: match.rule, as: UTF8.self)
        case .encrypted(let name, let part): "encrypted: " + part + ": " + String(decoding: name, as: UTF8.self)
        case .broken(let name, let part): "cannot be read: " + part + ": " + String(decoding: name, as: UTF8.self)
        case .partial(let part): "piece of a message: " + part
        case .limit(let limit): "beyond " + limit.rawValue
        case .unparsed(let how): "parser: " + how
        }
    }
}
