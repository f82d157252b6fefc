package import SystemPackage

/// Takes the decoded parts of a message, each in pieces.
///
/// Several parts may be open at a time: a text and the uuencoded file in it, one body read in two encodings.
package protocol PartSink: AnyObject {
    /// A part begins.
    ///
    /// - Parameters:
    ///   - part: its number, from 1 on, in the order in which parts begin.
    ///   - path: where it stands, as in `AttachmentMatch`; the bytes of names in it are the stranger's.
    /// - Throws: what ends the whole walk.
    func begin(part: Int, path: String) throws(Errno)
    /// The next bytes of a part that has begun; they are valid during the call only.
    func received(_ bytes: UnsafeRawBufferPointer, part: Int) throws(Errno)
    /// Nothing more comes of this part.
    func end(part: Int) throws(Errno)
}

/// Hands decoded parts on to a sink, within bounds, for all the readers of one message.
final class PartOutput {
    /// The most parts that are handed on; honest mail has a few dozen.
    static let maximumParts = 4096
    /// What all parts together may have beside four times the message: a body can be read in several encodings,
    /// and containers come as they are and unpacked.
    static let spareBytes: Int64 = 1_048_576

    private let sink: any PartSink
    private var parts = 0
    private var left: Int64
    /// What the sink threw; it is not called any more after that.
    private(set) var failure: Errno?
    /// There was more than the bounds allow.
    private(set) var isBeyondLimit = false

    init(to sink: any PartSink, messageSize: Int64) {
        self.sink = sink
        left = 4 * messageSize + Self.spareBytes
    }

    /// The number of a new part; nil where the walk is to end.
    func begin(path: String) -> Int? {
        guard failure == nil, !isBeyondLimit else { return nil }
        guard parts < Self.maximumParts else {
            isBeyondLimit = true
            return nil
        }
        parts += 1
        do throws(Errno) { try sink.begin(part: parts, path: path) } catch { failure = error }
        return failure == nil ? parts : nil
    }

    /// False where the walk is to end.
    func received(_ bytes: UnsafeRawBufferPointer, part: Int) -> Bool {
        guard failure == nil, !isBeyondLimit else { return false }
        guard Int64(bytes.count) <= left else {
            isBeyondLimit = true
            return false
        }
        left -= Int64(bytes.count)
        do throws(Errno) { try sink.received(bytes, part: part) } catch { failure = error }
        return failure == nil
    }

    /// Something was not decoded because it would become too large.
    func exceed() { isBeyondLimit = true }

    func end(part: Int) {
        guard failure == nil else { return }
        do throws(Errno) { try sink.end(part: part) } catch { failure = error }
    }
}

/// Decodes every part of a message that holds something itself, once.
///
/// These are texts as they are but for their transfer encoding, attachments, files in uuencode, yEnc and BinHex
/// (both forks), the attachments in TNEF, the content of signed S/MIME and PGP messages; TNEF, S/MIME and PGP
/// containers come as they are, too. A message or multipart comes as its parts. What is not
/// encoded has the line end that stands ahead of the boundary, and LF in place of a lone CR. Archives are not unpacked. Memory does not grow with the message.
///
/// - Parameters:
///   - message: a complete message.
///   - limits: a message beyond one of them is not decoded to its end.
///   - sink: is told of each part.
/// - Returns: false where not everything was decoded: the message is beyond one of the limits, or its parts are
///   more than 4096 or together larger than four times the message and 1 MiB.
/// - Throws: what reading the message or the sink says.
package func forEachDecodedPart(
    of message: SpooledMessage, limits: MIMELimits, _ sink: any PartSink
) throws(Errno) -> Bool {
    try forEachDecodedPart(of: message, limits: limits, mayParse: true, sink) ?? false
}

/// As above, and with nothing but our own code where `mayParse` is false.
///
/// - Returns: nil where there is more in the message than that code looks at; the sink may have got something.
func forEachDecodedPart(
    of message: SpooledMessage, limits: MIMELimits, mayParse: Bool, _ sink: any PartSink
) throws(Errno) -> Bool? {
    let state = CheckState(
        rules: AttachmentRules(suffixes: [], allow: []), limits: limits, options: AttachmentOptions(),
        mayParse: mayParse)
    let output = PartOutput(to: sink, messageSize: message.size)
    state.output = output
    let walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    try readBlocks(of: message) { block in
        walk.take(block)
        return state.finding == nil
    }
    if state.finding == nil { walk.end() }
    if let failure = output.failure { throw failure }
    if state.needsParser { return nil }
    return state.finding == nil && !output.isBeyondLimit
}
