/// The control directory's sources, read and checked: what simscanmk compiles, and what it says of it.
package struct ControlFiles {
    /// A list of domains is large; a file without end is not read to its end.
    package static let maximumBytes = 2_147_483_648

    /// The list of suffixes that attachment names must not have, where records do not have it.
    package static let suffixListName = "ssattach"
    /// Why there is no list: the filter's words.
    package static let noSuffixList = "does not exist, and attach = yes needs it; an empty one refuses no name"

    package let directory: String
    /// Nil where there is no `simscan.conf`.
    package let settings: CheckedSettings?
    /// Nil where there is no `simcontrol`.
    package let simcontrol: CheckedSimcontrol?
    /// All that the checks found, file by file.
    package let diagnostics: [Diagnostic]

    /// Throws `ControlFileFailure` where a file is there and cannot be read.
    package init(directory: String) throws(ControlFileFailure) {
        self.directory = directory
        let settingsPath = directory + "/" + CompiledSettings.sourceName
        let simcontrolPath = directory + "/" + Simcontrol.sourceName
        let settings = try readWhole(settingsPath, maximumBytes: CompiledSettings.maximumSourceBytes)
            .map { checkSettings($0, file: settingsPath) }
        let values = settings?.settings ?? Settings()
        let simcontrol = try readWhole(simcontrolPath, maximumBytes: Self.maximumBytes)
            .map { checkSimcontrol($0, file: simcontrolPath, settings: values) }
        self.settings = settings
        self.simcontrol = simcontrol

        var diagnostics = settings?.diagnostics ?? []
        if let simcontrol {
            // What is void depends on the settings: where those are wrong, nothing can be said about it.
            let hasErrors = settings?.hasErrors ?? false
            diagnostics += simcontrol.diagnostics.filter { $0.severity == .error || !hasErrors }
        } else if let settings, settings.settings.perDomain {
            let line = settings.named.first { $0.name == .perDomain }?.line ?? 1
            diagnostics.append(
                Diagnostic(
                    .error, file: settingsPath, line: line, column: 1,
                    "found per-domain = yes without " + simcontrolPath
                        + ", allowed: with it (an empty one means that nothing is scanned)"))
        }
        if let settings, settings.settings.attach, !settings.settings.perDomain {
            let path = directory + "/" + Self.suffixListName
            // Somebody may be about to write it, so this keeps nothing from being compiled.
            if Self.isMissing(path) {
                let line = settings.named.first { $0.name == .attach }?.line ?? 1
                diagnostics.append(
                    Diagnostic(
                        .warning, file: settingsPath, line: line, column: 1,
                        "attach = yes without " + path
                            + ": every message is deferred until it is there (an empty one refuses no name)"))
            }
        }
        self.diagnostics = diagnostics
    }

    /// Whether there is no such file; one that cannot be read is there.
    private static func isMissing(_ path: String) -> Bool {
        do throws(ControlFileFailure) {
            return try readWhole(path, maximumBytes: CompiledSettings.maximumSourceBytes) == nil
        } catch {
            return false
        }
    }

    /// Whether nothing may be compiled.
    package func isRefused(strict: Bool) -> Bool { diagnostics.contains { strict || $0.severity == .error } }
}
