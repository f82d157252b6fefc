internal import SystemPackage

/// What one attachment check has found and counted so far, for all the readers that take part in it.
final class CheckState {
    let rules: AttachmentRules
    let limits: MIMELimits
    let options: AttachmentOptions
    /// An archive that could not be looked into, where that is a finding; a blocked name weighs more.
    private var lesserFinding: AttachmentFinding?
    /// Set once; nothing needs to be read after that.
    private(set) var finding: AttachmentFinding?
    /// Whether there may be more than plain parts: false where no library may see the message.
    private let mayParse: Bool
    /// There is more than plain parts, and nothing was looked at any further.
    private(set) var needsParser = false
    /// What is still to be asked about where no library may see the message.
    private(set) var openNames = OpenNames()
    /// Why the message could not be looked at.
    private(set) var systemError: Errno?
    /// Bytes that archives have been unpacked to.
    var unpacked: Int64 = 0
    private var parts = 0
    private var fields = 0
    private var headerBytes = 0
    /// A name that no rule blocks in any form, and what its encoded words say.
    private var lastPassed: [UInt8] = []
    private var lastWords: [UInt8] = []
    /// Is told of every form of every name, and where it stands.
    var observer: ((_ form: [UInt8], _ part: String) -> Void)?
    /// Is told of every part and name; then no name ends the walk.
    var inspector: MessageInspector?
    /// Takes the decoded parts, where somebody wants them.
    var output: PartOutput?

    init(rules: AttachmentRules, limits: MIMELimits, options: AttachmentOptions, mayParse: Bool = true) {
        self.mayParse = mayParse
        self.rules = rules
        self.limits = limits
        self.options = options
    }

    /// What is to be said at the end.
    var result: AttachmentFinding { finding ?? lesserFinding ?? .nothing }

    func noteEncrypted(_ name: [UInt8], part: String) {
        if options.rejectsEncrypted, lesserFinding == nil { lesserFinding = .encrypted(name: name, part: part) }
    }

    func noteBroken(_ name: [UInt8], part: String) {
        if options.rejectsBroken, lesserFinding == nil { lesserFinding = .broken(name: name, part: part) }
    }

    func notePartial(part: String) {
        if options.rejectsPartial, lesserFinding == nil { lesserFinding = .partial(part: part) }
    }

    /// Ends the walk without anything found.
    func stop() {
        if finding == nil { finding = .nothing }
    }

    /// Whether a library may be asked about what comes next; where none may, that ends the walk.
    func canParse() -> Bool {
        if !mayParse { leaveToParser() }
        return mayParse
    }

    private func leaveToParser() {
        needsParser = true
        stop()
    }

    /// What is said where there was no memory.
    static let noMemory = "out of memory"

    /// The message takes more than the process may have.
    func fail(_ how: String) {
        if finding == nil { finding = .unparsed(how) }
    }

    /// What a file is counts like a suffix.
    func considerKind(_ kind: FileKind, fileName: [UInt8], part: String) {
        guard finding == nil else { return }
        let name = fileName.isEmpty ? Array("unnamed".utf8) : decodeEncodedWords(fileName) ?? fileName
        if rules.isAllowed(name.map(asciiLowercase)) { return }
        for suffix in kind.suffixes {
            let typed = Array(suffix.description.utf8)
            observer?(typed, part)
            if let rule = rules.rule(blocking: typed) {
                if let inspector {
                    inspector.kind(typed, part: part, rule: rule)
                    continue
                }
                finding = .blocked(AttachmentMatch(name: name, part: part, rule: rule))
                return
            }
        }
    }

    /// The system does not do what it is asked for, whatever the message is.
    func fail(_ error: Errno) {
        systemError = error
        stop()
    }

    /// One more part; false where that is one too many.
    func countPart() {
        parts += 1
        if parts > limits.parts { exceed(.parts) }
    }

    func countField() {
        fields += 1
        if fields > limits.fields { exceed(.fields) }
    }

    func countHeader(bytes: Int) {
        headerBytes += bytes
        if headerBytes > limits.headerBytes { exceed(.headerBytes) }
    }

    func exceed(_ limit: MIMELimit) {
        if finding == nil { finding = .limit(limit) }
    }

    /// Asks the rules about one spelling of a name, in all the forms that it can take.
    ///
    /// Where it stands is asked for only where the name is blocked.
    func consider(_ name: [UInt8], part: () -> String) {
        guard finding == nil, !name.isEmpty else { return }
        let words = isPlainName(name) ? nil : decodeEncodedWords(name)
        if let inspector {
            let spellings = words.map { [name, $0] } ?? [name]
            let rule = spellings.lazy.flatMap { nameForms($0) }.compactMap { self.rule(blocking: $0) }.first
            return inspector.name(words ?? name, part: part(), rule: rule)
        }
        // Most files have their name in two fields.
        if name == lastPassed && observer == nil { return }
        consider(spelling: name, part)
        if let words, finding == nil { consider(spelling: words, part) }
        if finding == nil {
            lastPassed = name
            // A word that stands in a word was not looked at: only where GMime has its word is that read.
            lastWords = words.map { hasEncodedWord($0[...]) ? [] : $0 } ?? []
        }
    }

    /// Asks the rules about a name that has encoded words in it, of which only GMime can tell what it makes of them.
    func considerWorded(_ name: [UInt8], part: () -> String) {
        guard finding == nil else { return }
        if mayParse {
            consider(gmimeText(name[...]), part: part)
        } else {
            leaveOpen(name, for: OpenNames.Reason.words, reading: name == lastPassed ? lastWords : [], part())
        }
    }

    private func leaveOpen(_ name: [UInt8], for reason: UInt8, reading: [UInt8] = [], _ part: String) {
        if !openNames.add(name, for: reason, reading: reading, part: part) { leaveToParser() }
    }

    private func consider(spelling: [UInt8], _ part: () -> String) {
        observer?(spelling, part())
        if let form = plainForm(spelling) {
            if !form.isEmpty { consider(form: form, of: spelling, part) }
            return
        }
        var isOpen = false
        let forms = nameForms(spelling) {
            isOpen = !mayParse
            return mayParse
        }
        if isOpen { return leaveOpen(spelling, for: OpenNames.Reason.characters, part()) }
        for form in forms where finding == nil { consider(form: form, of: spelling, part) }
    }

    private func consider(form: [UInt8], of spelling: [UInt8], _ part: () -> String) {
        observer?(form, part())
        if let rule = rule(blocking: form) {
            finding = .blocked(AttachmentMatch(name: spelling, part: part(), rule: rule))
        }
    }

    private func rule(blocking form: [UInt8]) -> [UInt8]? {
        if let rule = rules.rule(blocking: form) { return rule }
        if options.archives {
            // A compressed file has the name of the file in it.
            for suffix in compressionSuffixes
            where form.count > suffix.utf8CodeUnitCount && isWord(form.suffix(suffix.utf8CodeUnitCount), suffix) {
                if let rule = rules.rule(blocking: Array(form.dropLast(suffix.utf8CodeUnitCount))) { return rule }
            }
        }
        guard options.doubleExtension, !rules.isAllowed(form) else { return nil }
        for (index, byte) in form.enumerated() where byte == UInt8(ascii: ".") {
            if let rule = rules.rule(blocking: Array(form[..<index])) { return rule }
        }
        return nil
    }
}

private let compressionSuffixes: [StaticString] = [".gz", ".bz2", ".xz", ".zst", ".lzma", ".z", ".lz4"]
