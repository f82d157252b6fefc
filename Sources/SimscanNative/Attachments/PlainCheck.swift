internal import SystemPackage

/// As `checkAttachments`, for messages of plain parts, with no code but our own: text, multiparts, messages in messages,
/// files in base64 and quoted-printable, with header fields that can be read in one way only.
///
/// It is shown the message piece by piece, from its first byte on, also while it still arrives.
package final class PlainCheck {
    private let state: CheckState
    private let walk: PartWalk
    /// What is looked for.
    package var rules: AttachmentRules { state.rules }

    /// - Returns: nil where there is nothing to look for.
    package init?(rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions) {
        guard !rules.isEmpty || options.rejectsEncrypted || options.rejectsBroken || options.rejectsPartial
        else { return nil }
        state = CheckState(rules: rules, limits: limits, options: options, mayParse: false)
        walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    }

    /// Takes the next bytes of the message.
    ///
    /// - Returns: whether more of them can make a difference.
    @discardableResult
    package func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if state.finding == nil { walk.take(bytes) }
        return state.finding == nil
    }

    /// The message is whole.
    ///
    /// - Returns: nil where there is more in the message, which then has to be looked at from its beginning: a field
    ///   that programs read in several ways, an archive to look into, a file in the lines of a text.
    package func end() -> PlainFinding? {
        if state.finding == nil { walk.end() }
        return state.needsParser ? nil : PlainFinding(finding: state.result, openNames: state.openNames)
    }
}

/// What our own code finds in a message of plain parts.
package struct PlainFinding: Equatable, Sendable {
    package let finding: AttachmentFinding
    /// Names that it could not read: they count beside the finding, and weigh more where one is blocked.
    package let openNames: OpenNames

    /// Whether no name can make a difference any more.
    package var isSettled: Bool {
        if case .blocked = finding { true } else { openNames.isEmpty }
    }

    /// With what was found of the open names.
    package func with(_ names: AttachmentFinding) -> AttachmentFinding { names == .nothing ? finding : names }
}

/// What `PlainCheck` says of a message that is there.
func checkPlainParts(
    of message: SpooledMessage, rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions
) throws(Errno) -> PlainFinding? {
    guard let check = PlainCheck(rules: rules, limits: limits, options: options) else {
        return PlainFinding(finding: .nothing, openNames: OpenNames())
    }
    try readBlocks(of: message) { check.take($0) }
    return check.end()
}
