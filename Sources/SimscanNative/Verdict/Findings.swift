package import SpamdProtocol

/// All that is known of a message while it is checked and after.
package struct Findings: Equatable, Sendable {
    package var attachment: AttachmentFinding
    package var regex: RegexFinding
    package var clamd: VirusFinding
    package var trophie: VirusFinding
    package var spam: SpamFinding
    /// Names that clamd gave and that `virus-ignore` excuses.
    package var excused: [[UInt8]] = []

    package init(
        attachment: AttachmentFinding = .nothing, regex: RegexFinding = .nothing, clamd: VirusFinding = .notAsked,
        trophie: VirusFinding = .notAsked, spam: SpamFinding = .notAsked(.off)
    ) {
        self.attachment = attachment
        self.regex = regex
        self.clamd = clamd
        self.trophie = trophie
        self.spam = spam
    }
}

/// What the expressions of a record say of a message's lines.
package enum RegexFinding: Equatable, Sendable {
    /// No line matches, or there are none.
    case nothing
    /// This expression matches a line; 1 is the first of the record.
    case matched(Int)
    /// This expression could not be tried to its end; the text says why.
    case failed(Int, String)
}

/// What a virus scanner says of a message.
package enum VirusFinding: Equatable, Sendable {
    /// The policy does not ask it.
    case notAsked
    /// It has not answered yet.
    case pending
    case clean
    /// The name is the scanner's, byte for byte.
    case infected(name: [UInt8])
    /// It looked at a part of the message or at nothing, because of a limit of its own; the text says which.
    case notScanned(String)
    /// No verdict; the text names every host that was asked, with its error.
    case failed(String)
}

/// What spamd says of a message.
package enum SpamFinding: Equatable, Sendable {
    /// Why spamd is not asked.
    package enum Skip: Equatable, Sendable {
        /// No policy wants it.
        case off
        /// The sender is one of ours (RELAYCLIENT).
        case relayClient
        /// The message has this many bytes, `size-limit` or more.
        case size(Int64)
    }

    case notAsked(Skip)
    /// It has not answered yet.
    case pending
    case scored(SpamdVerdict)
    /// No verdict; the text names every host that was asked, with its error.
    case failed(String)
}

extension SpamFinding.Skip: CustomStringConvertible {
    package var description: String {
        switch self {
        case .off: "off"
        case .relayClient: "RELAYCLIENT"
        case .size(let size): "size-limit, " + String(size) + " bytes"
        }
    }
}
