package import SystemPackage

/// Looks for attachments that the rules block.
///
/// The message is read once, in blocks; memory does not grow with it.
///
/// - Parameters:
///   - message: a complete message, LF or CRLF.
///   - rules: what is blocked; where that is nothing, nothing is read.
///   - limits: a message beyond one of them is not read to its end.
///   - options: what is looked at beyond names.
/// - Returns: the first thing found; `nothing` only where the whole message was looked at.
/// - Throws: an `Errno` where the message cannot be read, or an archive cannot be held.
package func checkAttachments(
    of message: SpooledMessage, rules: AttachmentRules, limits: MIMELimits,
    options: AttachmentOptions = AttachmentOptions()
) throws(Errno) -> AttachmentFinding {
    guard !rules.isEmpty || options.rejectsEncrypted || options.rejectsBroken || options.rejectsPartial
    else { return .nothing }
    let state = CheckState(rules: rules, limits: limits, options: options)
    try check(message, state)
    return state.result
}

private func check(_ message: SpooledMessage, _ state: CheckState) throws(Errno) {
    let walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    try readBlocks(of: message) { block in
        walk.take(block)
        return state.finding == nil
    }
    if state.finding == nil { walk.end() }
    if let error = state.systemError { throw error }
}

/// A name in a message, in one of its spellings or forms.
package struct AttachmentName: Equatable, Sendable {
    package let name: [UInt8]
    /// Where it stands, as in `AttachmentMatch`.
    package let part: String
}

/// Every form of every attachment name of a message, for those who want to know what the check sees.
///
/// - Parameters:
///   - message: a complete message.
///   - limits: beyond one of them nothing more is listed.
///   - options: what is looked at beyond names.
/// - Returns: the names in the message's order; names that are spelled in several ways stand there several times.
/// - Throws: an `Errno` where the message cannot be read.
package func attachmentNames(
    of message: SpooledMessage, limits: MIMELimits, options: AttachmentOptions = AttachmentOptions()
) throws(Errno) -> [AttachmentName] {
    let state = CheckState(rules: AttachmentRules(suffixes: [], allow: []), limits: limits, options: options)
    var names: [AttachmentName] = []
    state.observer = { form, part in
        let name = AttachmentName(name: form, part: part)
        if !names.contains(name) { names.append(name) }
    }
    let walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    try readBlocks(of: message) { block in
        walk.take(block)
        return state.finding == nil
    }
    walk.end()
    return names
}

/// How many bytes are read at a time: large enough to make few calls, small enough to stay in the cache.
private let blockSize = 131_072

/// Reads a message from its first byte on, a block at a time, until its end or until `body` returns false.
func readBlocks(of message: SpooledMessage, body: (UnsafeRawBufferPointer) -> Bool) throws(Errno) {
    var blocks = MessageBlocks(message, blockBytes: blockSize)
    var offset = message.start
    while offset < message.end {
        let block = try blocks.block(at: offset)
        if !body(block) { return }
        offset += Int64(block.count)
    }
}
