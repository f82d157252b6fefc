/// What one attachment check has found and counted so far, for all the readers that take part in it.
final class CheckState {
    let rules: AttachmentRules
    let limits: MIMELimits
    /// Set once; nothing needs to be read after that.
    private(set) var finding: AttachmentFinding?
    private var parts = 0
    private var fields = 0
    private var headerBytes = 0
    /// Is told of every form of every name, and where it stands.
    var observer: ((_ form: [UInt8], _ part: String) -> Void)?

    init(rules: AttachmentRules, limits: MIMELimits) {
        self.rules = rules
        self.limits = limits
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
        var spellings = [name]
        if let words = decodeEncodedWords(name) { spellings.append(words) }
        for spelling in spellings {
            observer?(spelling, part())
            for form in nameForms(spelling) {
                observer?(form, part())
                if let rule = rules.rule(blocking: form) {
                    finding = .blocked(AttachmentMatch(name: spelling, part: part(), rule: rule))
                    return
                }
            }
        }
    }
}
