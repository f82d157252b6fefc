package import SystemPackage

/// One decoded part of a message, in a file with others.
package struct DecodedPart: Sendable {
    /// Where it stands: `1.2.3`, and behind a colon the path inside containers; names in it are the stranger's.
    package let path: String
    /// Its bytes; at least one.
    package let content: SpooledMessage
}

/// The decoded parts of a message, in one file, for scanners that want to see each by itself.
package struct DecodedParts: Sendable {
    /// In the order in which they begin.
    package let parts: [DecodedPart]
    /// Why some are missing; nil where all are there.
    package let missing: String?

    /// Nothing of the message is missing.
    package var isComplete: Bool { missing == nil }

    /// What is missing where the message or its parts are beyond a limit.
    static let beyondLimit = "beyond a limit"

    init(parts: [DecodedPart], missing: String?) {
        self.parts = parts
        self.missing = missing
    }

    /// Decodes a message's parts into a file: see `forEachDecodedPart`.
    ///
    /// - Parameters:
    ///   - message: a complete message.
    ///   - limits: beyond one of them nothing more is decoded.
    ///   - file: open for reading and writing, empty and best unnamed. It may have holes: where two parts are
    ///     decoded at the same time, the second one stands behind all that the first can become.
    /// - Throws: what reading and writing say.
    package init(of message: SpooledMessage, limits: MIMELimits, in file: FileDescriptor) throws(Errno) {
        let decoded = try Self.decode(message, limits: limits, mayParse: true, in: file)
        self = decoded ?? DecodedParts(parts: [], missing: Self.beyondLimit)
    }

    /// - Returns: nil where the message has more than plain parts and `mayParse` is false.
    static func decode(
        _ message: SpooledMessage, limits: MIMELimits, mayParse: Bool, in file: FileDescriptor
    ) throws(Errno) -> DecodedParts? {
        let spool = PartSpool(file: file, longestPart: longestPart(of: message))
        guard let isComplete = try forEachDecodedPart(of: message, limits: limits, mayParse: mayParse, spool) else {
            return nil
        }
        return DecodedParts(parts: spool.parts, missing: isComplete ? nil : beyondLimit)
    }

    /// No part of a message can become longer.
    static func longestPart(of message: SpooledMessage) -> Int64 { 4 * message.size + PartOutput.spareBytes }

    /// Writes each part into a file of its own, group-readable, called `part.X.Y.Z.N` with N from 1 on: no name
    /// comes from the mail.
    ///
    /// - Returns: how many there are.
    /// - Throws: what writing says; `EEXIST` where such a file is there already.
    package func write(into directory: borrowing Directory, name: MessageName) throws(Errno) -> Int {
        for (index, part) in parts.enumerated() {
            let file = try directory.create("part." + name.description + "." + String(index + 1))
            var failure: Errno?
            do throws(Errno) { try part.content.copy(to: file) } catch { failure = error }
            try? file.close()
            if let failure { throw failure }
        }
        return parts.count
    }
}

/// Keeps parts in one file, each in one piece.
private final class PartSpool: PartSink {
    private struct Entry {
        let path: String
        let start: Int64
        var size: Int64 = 0
        var isOpen = true
    }

    private let file: FileDescriptor
    /// No part can become longer.
    private let longestPart: Int64
    private var entries: [Entry] = []

    init(file: FileDescriptor, longestPart: Int64) {
        self.file = file
        self.longestPart = longestPart
    }

    var parts: [DecodedPart] {
        entries.filter { $0.size > 0 }.map { entry in
            DecodedPart(
                path: entry.path, content: SpooledMessage(descriptor: file, start: entry.start, size: entry.size))
        }
    }

    func begin(part: Int, path: String) throws(Errno) {
        var start: Int64 = 0
        if let last = entries.last { start = last.start + (last.isOpen ? longestPart : last.size) }
        entries.append(Entry(path: path, start: start))
    }

    func received(_ bytes: UnsafeRawBufferPointer, part: Int) throws(Errno) {
        try file.writeAll(bytes, at: entries[part - 1].start + entries[part - 1].size)
        entries[part - 1].size += Int64(bytes.count)
    }

    func end(part: Int) throws(Errno) { entries[part - 1].isOpen = false }
}
