/// What the check of a `simcontrol` file found.
package struct CheckedSimcontrol: Sendable {
    /// What the database holds for each record, in the file's order: the address, domain or nothing in lower case,
    /// and its text without needless blanks, in lower case but for the names that keep it.
    package var records: [(key: [UInt8], value: [UInt8])] = []
    /// The line of each of the records.
    package var lines: [Int] = []
    /// Errors and warnings by line.
    package var diagnostics: [Diagnostic] = []

    /// Whether there is an error, so that nothing may be compiled.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Checks a `simcontrol(5)` file: records, keys, names, values, and what is void beside the settings.
///
/// Pure: `file` is only the name that diagnostics carry. All errors are found, not only the first. A name that is
/// within two edits of a known one is an error; any other unknown name is a warning, because older releases ignored
/// them.
package func checkSimcontrol(_ bytes: [UInt8], file: String, settings: Settings) -> CheckedSimcontrol {
    var check = SimcontrolCheck(file: file, settings: settings)
    for line in ControlLines(bytes) { check.add(line) }
    if !settings.perDomain, let first = check.result.lines.first {
        check.tell(.warning, first, 0, "the records have no effect, because per-domain = no")
    }
    check.result.diagnostics.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    return check.result
}

/// The work of `checkSimcontrol`, line by line.
private struct SimcontrolCheck {
    let file: String
    let settings: Settings
    var result = CheckedSimcontrol()
    /// The line of each key.
    private var seen: [[UInt8]: Int] = [:]

    init(file: String, settings: Settings) {
        self.file = file
        self.settings = settings
    }

    /// Notes something about a line; `offset` is in bytes from 0.
    mutating func tell(_ severity: Diagnostic.Severity, _ line: Int, _ offset: Int, _ message: String) {
        result.diagnostics.append(Diagnostic(severity, file: file, line: line, column: offset + 1, message))
    }

    mutating func add(_ line: ControlLine) {
        let bytes = Array(line.text.utf8)
        let content = trimmed(bytes[...], of: isBlank)
        if content.isEmpty || content.first == UInt8(ascii: "#") { return }
        if let fault = line.fault { return tell(.error, line.number, fault.column - 1, fault.message) }
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else {
            let found = quoted(String(decoding: content, as: UTF8.self))
            return tell(.error, line.number, content.startIndex, "found " + found + ", allowed: " + recordForm)
        }
        let key = trimmed(content[..<colon], of: isBlank).asciiLowercased
        if let message = impossible(key) { return tell(.error, line.number, content.startIndex, message) }
        if let first = seen[key] {
            let message = "found a record for " + nameOfRecord(key) + " again, allowed: one; it is in line "
            return tell(.error, line.number, content.startIndex, message + String(first))
        }
        seen[key] = line.number

        let text = content[(colon + 1)...]
        let items = simcontrolItems(text, at: text.startIndex)
        guard !items.isEmpty else {
            return tell(.error, line.number, colon + 1, "found a record without values, allowed: " + recordForm)
        }
        checkCommas(text, line.number)
        checkItems(items, line.number)
        result.records.append((key, canonical(items)))
        result.lines.append(line.number)
    }

    // MARK: The values

    private mutating func checkItems(_ items: [SimcontrolItem], _ line: Int) {
        var record = SimcontrolRecord()
        var names: [(name: SimcontrolName, offset: Int)] = []
        for item in items {
            guard item.hasValue else {
                let found = "found " + quoted(item.name) + ", allowed: name=value between commas"
                tell(.error, line, item.nameOffset, found)
                continue
            }
            guard let name = SimcontrolName(rawValue: item.name) else {
                unknown(item, line)
                continue
            }
            if names.contains(where: { $0.name == name }) {
                tell(.error, line, item.nameOffset, "found " + item.name + " again in this record, allowed: once")
            }
            names.append((name, item.nameOffset))
            if let message = refusal(of: item, name, &record) {
                tell(.error, line, item.valueOffset, item.name + ": " + message)
            }
        }
        for (name, offset) in names {
            guard let reason = reasonVoid(name, record) else { continue }
            tell(.warning, line, offset, name.rawValue + " has no effect, because " + reason)
        }
    }

    private mutating func unknown(_ item: SimcontrolItem, _ line: Int) {
        let nearest = nearestName(to: item.name, among: SimcontrolName.allCases.map { $0.rawValue })
        let message = "found unknown name " + quoted(item.name)
        if let nearest, nearest.edits <= 2 {
            tell(.error, line, item.nameOffset, message + ", nearest known name: " + nearest.name)
        } else {
            let near = nearest.map { ", nearest known name: " + $0.name } ?? ""
            tell(.warning, line, item.nameOffset, message + ", which is ignored" + near)
        }
    }

    /// Why the value is refused; nil where it is not.
    private func refusal(
        of item: SimcontrolItem, _ name: SimcontrolName, _ record: inout SimcontrolRecord
    ) -> String? {
        if name != .regex, item.value.utf8.contains(UInt8(ascii: "#")), hasComment(item.value) {
            return "found a comment, allowed: comments in lines of their own"
        }
        do throws(SettingError) {
            try record.set(name, item.value)
        } catch {
            return error.description
        }
        guard name == .attach || name == .regex else { return nil }
        let entries = item.value.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if entries.contains(where: { $0.isEmpty }) {
            return (item.value.isEmpty ? "found nothing" : "found an empty entry in " + quoted(item.value))
                + (name == .attach
                    ? ", allowed: suffixes between colons, as .exe:.com, or no"
                    : ", allowed: expressions between colons")
        }
        return name == .regex ? badExpression(record.regex ?? []) : nil
    }

    private func badExpression(_ expressions: [[UInt8]]) -> String? {
        for expression in expressions {
            do throws(RegexFailure) {
                _ = try Regexes([expression])
            } catch {
                let found = "found " + quoted(String(decoding: expression, as: UTF8.self)) + ": " + error.description
                return found + " (at byte " + String(error.offset + 1)
                    + "); a colon or comma inside an expression is written \\x3a or \\x2c"
            }
        }
        return nil
    }

    /// Why the name has no effect beside the settings and the rest of its record.
    private func reasonVoid(_ name: SimcontrolName, _ record: SimcontrolRecord) -> String? {
        switch name {
        case .clam: return record.clam == true && !settings.clamav ? "clamav = no" : nil
        case .clamdFailure, .clamdOversize: return settings.clamav ? nil : "clamav = no"
        case .trophie: return record.trophie == true && settings.trophieSocket.isEmpty ? "trophie-socket = off" : nil
        case .trophieFailure: return settings.trophieSocket.isEmpty ? "trophie-socket = off" : nil
        case .spam: return record.spam == true && !settings.spam ? "spam = no" : nil
        case .spamPassthru:
            if !settings.spam { return "spam = no" }
            guard record.spamPassthru == true else { return nil }
            if record.spamHits != nil { return "spam_hits is set" }
            return settings.spamHits != nil ? "spam-hits is set" : nil
        case .spamHits, .sizeLimit, .spamuser, .spamdFailure: return settings.spam ? nil : "spam = no"
        case .attach: return settings.attach || record.attach?.isEmpty == true ? nil : "attach = no"
        case .qmailqueue, .regex, .shadow: return nil
        }
    }

    // MARK: The text

    /// An empty item is a comma too many, or a value that was forgotten.
    private mutating func checkCommas(_ text: ArraySlice<UInt8>, _ line: Int) {
        for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        where trimmed(part, of: isBlank).isEmpty {
            tell(.error, line, part.startIndex, "found an empty item, allowed: name=value between commas")
        }
    }

    /// The text that the database holds, which older releases read too: they stumble over blanks.
    private func canonical(_ items: [SimcontrolItem]) -> [UInt8] {
        var text: [UInt8] = []
        for item in items {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text += item.name.utf8
            text.append(UInt8(ascii: "="))
            let keepsCase = SimcontrolName(rawValue: item.name)?.keepsCase ?? false
            text += keepsCase ? Array(item.value.utf8) : item.value.utf8.asciiLowercased
        }
        return text
    }
}

private let recordForm = "address:name=value,… or domain:name=value,… or :name=value,…"

/// A `#` behind a blank: in most files it would begin a comment.
private func hasComment(_ value: String) -> Bool {
    let bytes = Array(value.utf8)
    return bytes.indices.contains { $0 > 0 && bytes[$0] == UInt8(ascii: "#") && isBlank(bytes[$0 - 1]) }
}

private func nameOfRecord(_ key: [UInt8]) -> String {
    key.isEmpty ? "the default" : quoted(String(decoding: key, as: UTF8.self))
}
