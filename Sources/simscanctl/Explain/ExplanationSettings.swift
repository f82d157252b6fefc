import SimscanNative

/// What the settings say.
extension Explanation {
    /// What holds for everybody, whatever the records say; of what decides seldom, only what is not as by default.
    mutating func addCommonValues() {
        values += [
            value("mime-limits", of: .mimeLimits, settings.mimeLimits.rawValue),
            value("custom-smtp-reject", of: .customSMTPReject, settings.customSMTPReject ? "yes" : "no"),
            value("dropmsg", of: .dropmsg, settings.dropmsg ? "yes" : "no"),
        ]
        for name in Self.seldom {
            let text = settings.text(of: name)
            guard text != Settings().text(of: name) else { continue }
            values.append(value(name.rawValue, of: name, text))
        }
    }

    /// Settings that decide what becomes of a message, beside those that are always shown.
    static let seldom: [SettingName] = [
        .attachAllow, .attachArchives, .attachTypes, .doubleExtension, .attachEncrypted, .attachBroken, .attachPartial,
        .mimeDepth, .mimeParts, .mimeFields, .mimeHeaderBytes, .virusIgnore, .clamdParts, .spamdCommand,
        .perDomainMerge, .perDomainSender, .quarantinedir, .deadline,
    ]

    /// The setting, and its default where that is overridden; the one that counts first.
    func contributions(_ name: SettingName) -> [Contribution] {
        let standard = Contribution(
            name: name.rawValue, value: Settings().text(of: name), origin: .standard(name))
        let said = Contribution(name: name.rawValue, value: settings.text(of: name), origin: origin(name))
        return said.origin == standard.origin ? [standard] : [said, standard]
    }

    func value(_ shown: String, of name: SettingName, _ value: String) -> ExplainedValue {
        let said = contributions(name)
        return ExplainedValue(name: shown, value: value, setBy: [said[0]], inPlaceOf: Array(said.dropFirst()))
    }

    func suffixList(_ suffixes: [[UInt8]]) -> ExplainedValue {
        guard settings.attach else { return value("attach", of: .attach, "no") }
        let text = Self.list(suffixes)
        return ExplainedValue(
            name: "attach", value: text, setBy: [Contribution(name: "ssattach", value: text, origin: .suffixList)],
            inPlaceOf: [], remark: suffixes.isEmpty ? "ssattach has no suffix: no name is refused" : nil)
    }

    static func list(_ entries: [[UInt8]]?) -> String {
        guard let entries, !entries.isEmpty else { return "no" }
        return entries.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ":")
    }
}
