internal import CLinux
internal import Glibc
package import SystemPackage

/// Looks at every part and name of a message, and what the rules say of each: in a cage, for whoever asks may be root.
///
/// - Parameters:
///   - message: a complete message.
///   - rules: what is blocked; nothing ends at a name that is.
///   - limits: beyond one of them nothing more is looked at.
///   - options: what is looked at beyond names.
///   - deadline: what is not seen then is missing.
/// - Throws: an `Errno` where the message cannot be read, or there is no child to do it.
package func inspectParts(
    of message: SpooledMessage, rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions,
    until deadline: Instant
) throws(Errno) -> MessageInspection {
    let cageLimits = CageLimits(
        messageSize: message.size, fileBytes: options.archives ? max(message.size, ArchiveReader.maximumUnpacked) : 0)
    let cage = Cage(limits: cageLimits) { if options.archives { prepareForArchives() } }
    let ending = try cage.run(on: message.descriptorForCage, output: nil, until: deadline) { answer in
        do throws(Errno) {
            answer.add(try inspect(message.inCage, rules: rules, limits: limits, options: options))
        } catch {
            answer.add(error)
        }
    }
    switch ending {
    case .outOfMemory: throw .noMemory
    case .late: return MessageInspection(missing: "parser, no answer in time")
    case .died(let how), .disturbed(let how): return MessageInspection(missing: "parser, " + how)
    case .answered(_, let bytes):
        var reader = AnswerReader(bytes)
        switch reader.inspection() {
        case nil: return MessageInspection(missing: "parser, an answer that makes no sense")
        case .success(let inspection): return inspection
        case .failure(let error): throw error
        }
    }
}

// MARK: The answer

/// The longest text that is handed back: a person reads it.
private let maximumText = 4096
/// An answer that is longer ends, so that it fits into what the parent takes.
private let enoughBytes = Cage.maximumAnswerBytes - 262_144
/// More of each than any part can have.
private let maximumCount = 100_000
private let maximumDepth = 100_000

extension AnswerWriter {
    fileprivate mutating func add(_ inspection: MessageInspection) {
        var parts = AnswerWriter()
        var count = 0
        var missing = inspection.missing
        for part in inspection.parts {
            guard parts.bytes.count < enoughBytes else {
                missing = missing ?? "more parts than can be shown"
                break
            }
            parts.add(part)
            count += 1
        }
        add(byte: 4)
        add(byte: missing == nil ? 0 : 1)
        add(text: (missing ?? "").utf8, upTo: maximumText)
        add(number: UInt64(count))
        for byte in parts.bytes { add(byte: byte) }
    }

    private mutating func add(_ part: InspectedPart) {
        add(text: part.path.utf8, upTo: maximumText)
        add(number: UInt64(part.depth))
        add(byte: part.isContainer ? 1 : 0)
        add(number: UInt64(part.fields.count))
        for field in part.fields {
            add(text: field.name.utf8, upTo: maximumText)
            add(text: field.value, upTo: maximumText)
        }
        for names in [part.names, part.inside] {
            let names = names.prefix(maximumShownNames)
            add(number: UInt64(names.count))
            for name in names {
                add(text: name.name, upTo: maximumText)
                add(text: name.part.utf8, upTo: maximumText)
                add(byte: (name.rule == nil ? 0 : 1) | (name.isKind ? 2 : 0))
                add(text: name.rule ?? [], upTo: maximumText)
            }
        }
    }
}

/// Of an archive with many files; the check itself sees all.
private let maximumShownNames = 1000

extension AnswerReader {
    /// What `AnswerWriter.add` wrote; nil for anything else.
    fileprivate mutating func inspection() -> Result<MessageInspection, Errno>? {
        switch byte() {
        case 2: return error().map { .failure($0) }
        case 4: break
        default: return nil
        }
        guard let isMissing = byte(), let missing = string(), let count = number(upTo: maximumCount) else { return nil }
        var inspection = MessageInspection(missing: isMissing == 1 ? missing : nil)
        for _ in 0..<count {
            guard let part = part() else { return nil }
            inspection.parts.append(part)
        }
        return isAtEnd ? .success(inspection) : nil
    }

    private mutating func part() -> InspectedPart? {
        guard let path = string(), let depth = number(upTo: maximumDepth), let isContainer = byte(),
            let fields = number(upTo: maximumCount)
        else { return nil }
        var part = InspectedPart(path: path, depth: depth, isContainer: isContainer == 1)
        for _ in 0..<fields {
            guard let name = string(), let value = text(upTo: maximumText) else { return nil }
            part.fields.append(InspectedPart.Field(name: name, value: value))
        }
        guard let names = self.names(), let inside = self.names() else { return nil }
        part.names = names
        part.inside = inside
        return part
    }

    private mutating func names() -> [InspectedName]? {
        guard let count = number(upTo: maximumShownNames) else { return nil }
        var names: [InspectedName] = []
        for _ in 0..<count {
            guard let name = text(upTo: maximumText), let part = string(), let flags = byte(),
                let rule = text(upTo: maximumText)
            else { return nil }
            names.append(
                InspectedName(name: name, part: part, rule: flags & 1 == 0 ? nil : rule, isKind: flags & 2 != 0))
        }
        return names
    }

    private mutating func string() -> String? {
        text(upTo: maximumText).map { String(decoding: $0, as: UTF8.self) }
    }
}
