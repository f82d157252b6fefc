/// One thing that `check` looked at.
struct Finding: Equatable {
    enum Severity: String {
        case ok
        case warning
        case problem
    }

    /// What it belongs to, in the order of the report.
    enum Section: String, CaseIterable {
        case settings
        case program
        case directories
        case queue
        case system
        case scanners
    }

    let section: Section
    let severity: Severity
    /// A word for programs, the same in every release: `workdir-owner`.
    let name: String
    /// What was found, where.
    let what: String
    /// How it is mended: a command to type, or what to do; nil where there is nothing to mend.
    let mend: String?
}

/// What the checks have found so far.
struct FindingList {
    private(set) var all: [Finding] = []
    private let section: Finding.Section

    init(_ section: Finding.Section) {
        self.section = section
    }

    mutating func ok(_ name: String, _ what: String) { add(.ok, name, what, nil) }
    mutating func warn(_ name: String, _ what: String, mend: String) { add(.warning, name, what, mend) }
    mutating func problem(_ name: String, _ what: String, mend: String) { add(.problem, name, what, mend) }

    private mutating func add(_ severity: Finding.Severity, _ name: String, _ what: String, _ mend: String?) {
        all.append(Finding(section: section, severity: severity, name: name, what: what, mend: mend))
    }
}

/// A word for a shell, in quotes where it needs them (sh(1), Quoting).
func shellWord(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: ","):
            true
        default: false
        }
    }
    if plain && !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
