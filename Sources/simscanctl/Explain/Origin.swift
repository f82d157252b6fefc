import SimscanNative

/// Where a value of the policy was said.
enum Origin: Equatable {
    /// Nobody said it: what holds where no record names it.
    case unsaid
    /// The default of a setting that `simscan.conf` does not name.
    case standard(SettingName)
    /// `simscan.conf`; the line is nil where the source says something else than what is compiled.
    case setting(SettingName, line: Int?)
    /// A record of `simcontrol`.
    case record(FoundRecord)
    /// `control/ssattach`.
    case suffixList
}

/// A record that a look-up found.
struct FoundRecord: Equatable {
    /// Who was looked up.
    enum Party: Equatable {
        case everybody
        case sender
        /// From 0, in the envelope's order.
        case recipient(Int)
    }

    let party: Party
    /// Empty for the default record.
    let key: [UInt8]
    /// As it stands in the database.
    let text: [UInt8]
    /// In `simcontrol`; nil where the source says something else than what is compiled.
    let line: Int?
}

/// One who had a word in a value.
struct Contribution: Equatable {
    /// A record's name, or a setting's.
    let name: String
    /// As a record or the settings write it.
    let value: String
    let origin: Origin

    /// Whether both are the same words of the same line, whoever's look-up found it.
    func isSame(as other: Contribution) -> Bool {
        guard name == other.name, value == other.value else { return false }
        guard case .record(let record) = origin, case .record(let found) = other.origin else {
            return origin == other.origin
        }
        return record.key == found.key
    }
}

extension [Contribution] {
    /// Each one once, the first of several.
    var unique: [Contribution] {
        reduce(into: []) { all, next in
            if !all.contains(where: { $0.isSame(as: next) }) { all.append(next) }
        }
    }

    /// Those that are not among these, each one once.
    func without(_ others: [Contribution]) -> [Contribution] {
        unique.filter { own in !others.contains { $0.isSame(as: own) } }
    }
}

/// One value of the policy, and how it came to be.
struct ExplainedValue: Equatable {
    /// As a record names it, or, where records cannot say it, as `simscan.conf` does.
    let name: String
    let value: String
    /// Who set it; several only with `per-domain-merge = strictest`.
    let setBy: [Contribution]
    /// Whom they overrode, the last one first.
    let inPlaceOf: [Contribution]
    /// What should be known beside it.
    var remark: String?
}
