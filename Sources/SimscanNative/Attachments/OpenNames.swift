/// Names of a message that our own code cannot read alone: encoded words that mail programs read in several ways,
/// characters with forms that we do not know. Nothing else in the message depends on what they say.
package struct OpenNames: Equatable, Sendable {
    /// Why a name is open; a byte of its own each.
    enum Reason {
        /// Only GMime can tell what it makes of the encoded words in it.
        static let words: UInt8 = 1
        /// Only GLib knows all forms of its characters.
        static let characters: UInt8 = 2
    }

    /// As they are spelt in the message, whose bytes they are.
    private(set) var names: [[UInt8]] = []
    private(set) var reasons: [UInt8] = []
    /// What our own code reads in each, and no rule blocks; empty where it reads nothing.
    private(set) var readings: [[UInt8]] = []
    /// Where each stands, as in `AttachmentMatch`.
    private(set) var parts: [String] = []
    private var bytes = 0

    package var isEmpty: Bool { names.isEmpty }

    /// What a message has at most, so that they fit into any answer's time; honest mail has a handful.
    private static let maximumBytes = 65_536

    /// - Returns: false where that is one too many.
    mutating func add(_ name: [UInt8], for reason: UInt8, reading: [UInt8], part: String) -> Bool {
        // Most files have their name in two fields.
        if name == names.last, reason == reasons.last, part == parts.last { return true }
        bytes += name.count + reading.count + part.utf8.count
        guard bytes <= Self.maximumBytes else { return false }
        names.append(name)
        reasons.append(reason)
        readings.append(reading)
        parts.append(part)
        return true
    }
}

/// Holds names against the rules, with every library there is.
///
/// - Returns: the first that is blocked, or `nothing`.
package func checkOpenNames(
    _ open: OpenNames, rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions
) -> AttachmentFinding {
    // Nearly always GMime reads what we do.
    if open.names.indices.allSatisfy({
        open.reasons[$0] == OpenNames.Reason.words
            && gmimeText(open.names[$0][...]) == open.readings[$0]
    }) {
        return .nothing
    }
    let state = CheckState(rules: rules, limits: limits, options: options)
    for index in open.names.indices where state.finding == nil {
        let part = { open.parts[index] }
        if open.reasons[index] == OpenNames.Reason.words {
            state.considerWorded(open.names[index], part: part)
        } else {
            state.consider(open.names[index], part: part)
        }
    }
    return state.result
}
