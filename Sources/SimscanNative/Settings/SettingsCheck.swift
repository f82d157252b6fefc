/// What the check of a `simscan.conf` found.
package struct CheckedSettings: Sendable {
    /// The defaults, and every value of the file that is right.
    package var settings = Settings()
    /// The settings that the file names, in the file's order, each with its line.
    package var named: [(name: SettingName, line: Int)] = []
    /// Errors and warnings by line.
    package var diagnostics: [Diagnostic] = []

    /// Whether there is an error, so that nothing may be compiled.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// What the compiled form holds: the name and the canonical value of each setting that the file names.
    package var records: [(name: String, value: String)] {
        named.map { ($0.name.rawValue, settings.text(of: $0.name)) }
    }
}

/// Checks a `simscan.conf(5)`: grammar, names, values, and what is void.
///
/// Pure: `file` is only the name that diagnostics carry. All errors are found, not only the first; where there are
/// none, warnings tell of settings that another one makes void.
package func checkSettings(_ bytes: [UInt8], file: String) -> CheckedSettings {
    var checked = CheckedSettings()
    let (entries, diagnostics) = parseSettingsFile(bytes, file: file)
    checked.diagnostics = diagnostics

    func refuse(_ entry: SettingsEntry, column: Int, _ message: String) {
        checked.diagnostics.append(Diagnostic(.error, file: file, line: entry.line, column: column, message))
    }
    for entry in entries {
        guard let name = SettingName(rawValue: entry.name) else {
            refuse(entry, column: entry.nameColumn, unknown(entry.name))
            continue
        }
        if let first = checked.named.first(where: { $0.name == name }) {
            let message = "found " + quoted(entry.name) + " again, allowed: once; it is set in line "
            refuse(entry, column: entry.nameColumn, message + String(first.line))
            continue
        }
        checked.named.append((name, entry.line))
        do throws(SettingError) {
            try checked.settings.apply(name, value: entry.value)
        } catch {
            refuse(entry, column: entry.valueColumn, entry.name + ": " + error.description)
        }
    }
    if !checked.hasErrors {
        for (name, line) in checked.named {
            guard let reason = checked.settings.reasonVoid(name) else { continue }
            let message = name.rawValue + " has no effect, because " + reason
            checked.diagnostics.append(Diagnostic(.warning, file: file, line: line, column: 1, message))
        }
        for (name, line) in checked.named {
            guard let reason = checked.settings.reasonWeightsVoid(name) else { continue }
            let message = name.rawValue + ": weight has no effect, because " + reason
            checked.diagnostics.append(Diagnostic(.warning, file: file, line: line, column: 1, message))
        }
    }
    checked.diagnostics.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    return checked
}

private func unknown(_ name: String) -> String {
    for (gone, instead) in goneNames where gone == name {
        return quoted(name) + " is no setting any more: " + instead
    }
    let message = "found unknown setting " + quoted(name)
    guard let nearest = nearestName(to: name, among: SettingName.allCases.map { $0.rawValue }) else {
        return message + ", allowed: the names of simscan.conf(5)"
    }
    return message + ", nearest known name: " + nearest.name
}

/// Names that the classic's configure script knew, and what took their place.
private let goneNames: [(name: String, instead: String)] = [
    ("clamdscan", "simscan asks clamd itself; clamd = unix:/path or tcp:host:port says where it listens"),
    ("spamc", "simscan asks spamd itself; spamd = tcp:host:port or unix:/path says where it listens"),
    (
        "spamc-args",
        "spamd, spamd-user, size-limit, connect-timeout and others say the same; see simscanmk --from-configure"
    ),
    ("ripmime", "simscan reads attachments itself"),
    ("sigtool-path", "simscanmk asks clamd for its version; clamavdb-path serves where clamd cannot be asked"),
    ("spamassassin-path", "simscanmk asks spamd for its version"),
    ("qmaildir", "it is fixed when simscan is built (" + Installation.qmaildir + ")"),
    ("user", "it is fixed when simscan is installed (" + Installation.user + ")"),
    ("controldir", "it is fixed when simscan is built; the environment variable SIMSCAN_CONTROLDIR moves it"),
    ("regex", "filters stand in simcontrol's records (regex=), and need no setting"),
]
