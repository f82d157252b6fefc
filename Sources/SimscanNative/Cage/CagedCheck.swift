internal import CLinux
internal import Glibc
package import SystemPackage

/// Everything that is looked for in a message itself: names of attachments, and lines that an expression matches.
///
/// A message of plain parts is looked through here, with nothing but our own code; names that need a library are read
/// in a cage, and whatever needs more than that is taken apart in one, from its first byte on.
package struct CagedCheck {
    /// Why there are no findings.
    package enum Failure: Error, Equatable {
        /// No child can be made.
        case noChild(Errno)
        /// The message cannot be read.
        case unreadable(Errno)
        /// The caller's limits leave too little memory.
        case outOfMemory
        /// The child has ended, or could not begin, and it is not the message's doing; the text says how.
        case disturbed(String)
    }

    private let rules: AttachmentRules
    private let limits: MIMELimits
    private let options: AttachmentOptions
    private let expressions: [[UInt8]]
    /// What stood around the child; nil where none was needed.
    package private(set) var walls: CageWalls?

    /// - Parameters:
    ///   - rules: what is blocked; nil where names are not looked at.
    ///   - expressions: held against every line.
    package init(
        rules: AttachmentRules?, limits: MIMELimits, options: AttachmentOptions, expressions: [[UInt8]]
    ) {
        self.rules = rules ?? AttachmentRules(suffixes: [], allow: [])
        self.limits = limits
        self.options = rules == nil ? AttachmentOptions() : options
        self.expressions = expressions
    }

    /// Looks at a message.
    ///
    /// - Parameters:
    ///   - seen: who has seen the message arrive; nil where nobody has.
    ///   - deadline: what is not done then cannot be done now.
    /// - Returns: the findings; those of the expressions only where the attachments leave the message alone. Where
    ///   the child gave none, the expressions have failed too.
    package mutating func look(
        at message: SpooledMessage, seenBy seen: PlainCheck? = nil, until deadline: Instant
    ) throws(Failure) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        let plain: PlainFinding?
        do throws(Errno) {
            plain =
                if let seen { seen.end() } else {
                    try checkPlainParts(of: message, rules: rules, limits: limits, options: options)
                }
        } catch {
            throw .unreadable(error)
        }
        if let plain, expressions.isEmpty || plain.isSettled && Self.settles(plain.finding) {
            return plain.isSettled ? (plain.finding, .nothing) : try lookInCage(besides: plain, until: deadline)
        }
        return try lookInCage(at: message, until: deadline)
    }

    /// A message that is beyond a limit may pass all the same, so that its lines count.
    private static func settles(_ finding: AttachmentFinding) -> Bool {
        switch finding {
        case .nothing, .limit: false
        case .blocked, .encrypted, .broken, .partial, .unparsed: true
        }
    }

    // MARK: In the cage

    /// Reads the names that our own code could not read.
    private mutating func lookInCage(
        besides plain: PlainFinding, until deadline: Instant
    ) throws(Failure) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        prepare(for: plain.openNames)
        // Nearly all of these names are harmless, need no system call, and milliseconds at most.
        let isHarmless = NarrowCage(seconds: 1).ask { check(plain.openNames) == .nothing }
        if let isHarmless, isHarmless { return (plain.finding, .nothing) }
        let this = self
        let cage = Cage(limits: CageLimits(messageSize: 0, fileBytes: 0))
        let names = try look(in: cage, at: nil, until: deadline) { answer in
            answer.add(this.check(plain.openNames), .nothing)
        }
        return (plain.with(names.attachment), .nothing)
    }

    private func check(_ names: OpenNames) -> AttachmentFinding {
        checkOpenNames(names, rules: rules, limits: limits, options: options)
    }

    /// Takes the message apart.
    private mutating func lookInCage(
        at message: SpooledMessage, until deadline: Instant
    ) throws(Failure) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        let (rules, limits, options, expressions) = (rules, limits, options, expressions)
        let fileBytes = options.archives ? max(message.size, ArchiveReader.maximumUnpacked) : 0
        let cage = Cage(limits: CageLimits(messageSize: message.size, fileBytes: fileBytes)) {
            if options.archives { prepareForArchives() }
        }
        return try look(in: cage, at: message.descriptorForCage, until: deadline) { answer in
            let message = message.inCage
            do throws(Errno) {
                let attachment = try checkAttachments(of: message, rules: rules, limits: limits, options: options)
                if attachment == .unparsed(CheckState.noMemory) {
                    cage_exit(CInt(cage_no_memory_status))
                }
                let regex = Self.settles(attachment) ? .nothing : try RegexScan(expressions).look(at: message)
                answer.add(attachment, regex)
            } catch {
                answer.add(error)
            }
        }
    }

    private mutating func look(
        in cage: Cage, at message: FileDescriptor?, until deadline: Instant, _ body: (inout AnswerWriter) -> Void
    ) throws(Failure) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        let ending: Cage.Ending
        do throws(Errno) {
            ending = try cage.run(on: message, output: nil, until: deadline, body)
        } catch {
            throw .noChild(error)
        }
        switch ending {
        case .outOfMemory: throw .outOfMemory
        case .disturbed(let how): throw .disturbed(how)
        case .late: throw .disturbed("no answer in time")
        case .died(let how): return unparsed(how)
        case .answered(let walls, let bytes):
            self.walls = walls
            var reader = AnswerReader(bytes)
            guard let answer = reader.findings(expressions: expressions.count) else {
                return unparsed("an answer that makes no sense")
            }
            switch answer {
            case .success(let findings): return findings
            case .failure(let error): throw .unreadable(error)
            }
        }
    }

    /// Without an answer nobody knows of any expression that no line matches it.
    private func unparsed(_ how: String) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        (.unparsed(how), expressions.isEmpty ? .nothing : .failed(1, "parser, " + how))
    }
}

// MARK: The answer

/// The longest name that is handed back; log and reply show less.
private let maximumName = 65_536
/// The longest text beside it.
private let maximumText = 4096

extension AnswerWriter {
    /// One byte says what follows.
    private enum Kind {
        static let findings: UInt8 = 1
        static let error: UInt8 = 2
    }

    package mutating func add(_ attachment: AttachmentFinding, _ regex: RegexFinding) {
        add(byte: Kind.findings)
        switch attachment {
        case .nothing: add(byte: 0)
        case .blocked(let match):
            add(byte: 1)
            add(text: match.name, upTo: maximumName)
            add(text: match.part.utf8, upTo: maximumText)
            add(text: match.rule, upTo: maximumText)
        case .encrypted(let name, let part), .broken(let name, let part):
            if case .encrypted = attachment { add(byte: 2) } else { add(byte: 3) }
            add(text: name, upTo: maximumName)
            add(text: part.utf8, upTo: maximumText)
        case .partial(let part):
            add(byte: 4)
            add(text: part.utf8, upTo: maximumText)
        case .limit(let limit):
            add(byte: 5)
            add(text: limit.rawValue.utf8, upTo: maximumText)
        case .unparsed(let how):
            add(byte: 6)
            add(text: how.utf8, upTo: maximumText)
        }
        switch regex {
        case .nothing: add(byte: 0)
        case .matched(let number):
            add(byte: 1)
            add(number: UInt64(number))
        case .failed(let number, let text):
            add(byte: 2)
            add(number: UInt64(number))
            add(text: text.utf8, upTo: maximumText)
        }
    }

    package mutating func add(_ error: Errno) {
        add(byte: Kind.error)
        add(number: UInt64(error.rawValue))
    }
}

extension AnswerReader {
    /// What `AnswerWriter.add` wrote, and nothing behind it; nil for anything else.
    ///
    /// - Parameter count: how many expressions there are.
    package mutating func findings(
        expressions count: Int
    ) -> Result<(attachment: AttachmentFinding, regex: RegexFinding), Errno>? {
        switch byte() {
        case 1:
            guard let attachment = attachment(), let regex = regex(count), isAtEnd else { return nil }
            return .success((attachment, regex))
        case 2:
            return error().map { .failure($0) }
        default: return nil
        }
    }

    /// An error number, and nothing behind it.
    mutating func error() -> Errno? {
        guard let number = number(upTo: 4095), number > 0, isAtEnd else { return nil }
        return Errno(rawValue: CInt(number))
    }

    private mutating func attachment() -> AttachmentFinding? {
        switch byte() {
        case 0: return .nothing
        case 1:
            guard let name = text(upTo: maximumName), let part = string(), let rule = text(upTo: maximumText) else {
                return nil
            }
            return .blocked(AttachmentMatch(name: name, part: part, rule: rule))
        case 2:
            guard let name = text(upTo: maximumName), let part = string() else { return nil }
            return .encrypted(name: name, part: part)
        case 3:
            guard let name = text(upTo: maximumName), let part = string() else { return nil }
            return .broken(name: name, part: part)
        case 4: return string().map { .partial(part: $0) }
        case 5: return string().flatMap { MIMELimit(rawValue: $0) }.map { .limit($0) }
        case 6: return string().map { .unparsed($0) }
        default: return nil
        }
    }

    private mutating func regex(_ count: Int) -> RegexFinding? {
        switch byte() {
        case 0: return .nothing
        case 1:
            guard let number = number(upTo: count), number > 0 else { return nil }
            return .matched(number)
        case 2:
            guard let number = number(upTo: count), number > 0, let text = string() else { return nil }
            return .failed(number, text)
        default: return nil
        }
    }

    private mutating func string() -> String? {
        text(upTo: maximumText).map { String(decoding: $0, as: UTF8.self) }
    }
}
