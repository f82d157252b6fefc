/// The names that a record of `simcontrol(5)` may carry, in the manual's order.
package enum SimcontrolName: String, CaseIterable, Sendable {
    case clam
    case spam
    case trophie
    case attach
    case spamHits = "spam_hits"
    case spamPassthru = "spam_passthru"
    case sizeLimit = "size_limit"
    case spamuser
    case qmailqueue
    case regex
    case clamdFailure = "clamd_failure"
    case clamdOversize = "clamd_oversize"
    case trophieFailure = "trophie_failure"
    case spamdFailure = "spamd_failure"
    case shadow

    /// Whether case counts in the value; the values of all other names are lower-cased.
    package var keepsCase: Bool {
        switch self {
        case .regex, .qmailqueue, .spamuser: true
        case .clam, .spam, .trophie, .attach, .spamHits, .spamPassthru, .sizeLimit, .clamdFailure, .clamdOversize,
            .trophieFailure, .spamdFailure, .shadow:
            false
        }
    }
}

/// What one record of `simcontrol(5)` says; nil for each name that it does not carry.
package struct SimcontrolRecord: Equatable, Sendable {
    package var clam: Bool?
    package var spam: Bool?
    package var trophie: Bool?
    /// Suffixes in lower case; empty for `no`.
    package var attach: [[UInt8]]?
    package var spamHits: Double?
    package var spamPassthru: Bool?
    package var sizeLimit: Int?
    package var spamuser: String?
    /// An absolute path.
    package var qmailqueue: String?
    package var regex: [[UInt8]]?
    package var clamdFailure: FailurePolicy?
    package var clamdOversize: NotScannedPolicy?
    package var trophieFailure: FailurePolicy?
    package var spamdFailure: FailurePolicy?
    package var shadow: Bool?

    package init() {}
}

extension SimcontrolRecord {
    /// Reads a record's text, `name=value,name=value`, as it stands in the database.
    ///
    /// Blanks around names and values do not count. A name that is not known is ignored, as older releases do, and so
    /// is an empty item; a value that is refused throws, because what it was meant to switch on would be off. The
    /// last one counts of a name that comes twice.
    package init(text: some Collection<UInt8>) throws(SimcontrolError) {
        for item in simcontrolItems(text) {
            guard let name = SimcontrolName(rawValue: item.name) else { continue }
            do throws(SettingError) {
                try set(name, item.value)
            } catch {
                throw SimcontrolError(name: name, error: error)
            }
        }
    }

    /// Sets one name from its value's text.
    package mutating func set(_ name: SimcontrolName, _ value: String) throws(SettingError) {
        let value = name.keepsCase ? value : inLowerCase(value)
        switch name {
        case .clam: clam = try SettingValue.yesOrNo(value)
        case .spam: spam = try SettingValue.yesOrNo(value)
        case .trophie: trophie = try SettingValue.yesOrNo(value)
        case .attach:
            guard value != "yes" else {
                throw .badValue(found: value, allowed: "suffixes between colons, as .exe:.com, or no")
            }
            attach = value == "no" ? [] : entries(value).map { Array(trimmed($0[...], of: isBlankOrControl)) }
        case .spamHits: spamHits = try SettingValue.positiveScore(value)
        case .spamPassthru: spamPassthru = try SettingValue.yesOrNo(value)
        case .sizeLimit: sizeLimit = try SettingValue.sizeLimit(value)
        case .spamuser:
            guard let user = try SettingValue.userName(value) else {
                throw .badValue(found: value, allowed: "a user's name")
            }
            spamuser = user
        case .qmailqueue: qmailqueue = try SettingValue.path(value)
        case .regex: regex = entries(value)
        case .clamdFailure: clamdFailure = try SettingValue.word(value)
        case .clamdOversize: clamdOversize = try SettingValue.word(value)
        case .trophieFailure: trophieFailure = try SettingValue.word(value)
        case .spamdFailure: spamdFailure = try SettingValue.word(value)
        case .shadow: shadow = try SettingValue.yesOrNo(value)
        }
    }

    /// Takes over every name that `later` carries.
    package mutating func override(by later: SimcontrolRecord) {
        clam = later.clam ?? clam
        spam = later.spam ?? spam
        trophie = later.trophie ?? trophie
        attach = later.attach ?? attach
        spamHits = later.spamHits ?? spamHits
        spamPassthru = later.spamPassthru ?? spamPassthru
        sizeLimit = later.sizeLimit ?? sizeLimit
        spamuser = later.spamuser ?? spamuser
        qmailqueue = later.qmailqueue ?? qmailqueue
        regex = later.regex ?? regex
        clamdFailure = later.clamdFailure ?? clamdFailure
        clamdOversize = later.clamdOversize ?? clamdOversize
        trophieFailure = later.trophieFailure ?? trophieFailure
        spamdFailure = later.spamdFailure ?? spamdFailure
        shadow = later.shadow ?? shadow
    }
}

/// Which name of a record has a value that it cannot have.
package struct SimcontrolError: Error, Equatable, Sendable, CustomStringConvertible {
    package var name: SimcontrolName
    package var error: SettingError

    package init(name: SimcontrolName, error: SettingError) {
        self.name = name
        self.error = error
    }

    package var description: String { name.rawValue + ": " + error.description }
}

/// One `name=value` of a record, and where its name and value begin in the line, in bytes from 0.
struct SimcontrolItem {
    /// In lower case.
    var name: String
    /// Whether there is a `=`.
    var hasValue: Bool
    var value: String
    var nameOffset: Int
    var valueOffset: Int
}

/// Cuts a record's text at its commas; items of blanks alone are left out. The text begins at `start` of its line.
func simcontrolItems(_ text: some Collection<UInt8>, at start: Int = 0) -> [SimcontrolItem] {
    var items: [SimcontrolItem] = []
    for part in Array(text).split(separator: UInt8(ascii: ",")) {
        let item = trimmed(part, of: isBlankOrControl)
        if item.isEmpty { continue }
        let equals = item.firstIndex(of: UInt8(ascii: "="))
        let name = trimmed(item[..<(equals ?? item.endIndex)], of: isBlankOrControl)
        let value = trimmed(item[(equals.map { $0 + 1 } ?? item.endIndex)...], of: isBlankOrControl)
        items.append(
            SimcontrolItem(
                name: String(decoding: name.asciiLowercased, as: UTF8.self),
                hasValue: equals != nil,
                value: String(decoding: value, as: UTF8.self),
                nameOffset: start + name.startIndex,
                valueOffset: start + value.startIndex))
    }
    return items
}

/// The entries between colons; empty ones are left out, because a suffix of nothing would match every name.
private func entries(_ value: String) -> [[UInt8]] {
    value.utf8.split(separator: UInt8(ascii: ":")).map { Array($0) }
}

private func inLowerCase(_ value: String) -> String { String(decoding: value.utf8.asciiLowercased, as: UTF8.self) }

/// The names that a record's text carries, each with its value as it stands there, in the record's order.
///
/// Names that are not known are left out, as they are when the record is read; a name that comes twice does so here.
package func simcontrolValues(_ text: some Collection<UInt8>) -> [(name: SimcontrolName, value: String)] {
    simcontrolItems(text).compactMap { item in
        SimcontrolName(rawValue: item.name).map { ($0, item.value) }
    }
}
