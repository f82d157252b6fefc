import ArgumentParser
import SimscanNative

/// Compiles the control files: all of them, or, where one has an error, none.
struct Compilation {
    /// The control directory.
    let directory: String
    /// Check, and change nothing.
    let checkOnly: Bool
    /// Warnings are errors.
    let strict: Bool

    /// Of a file of a million records that all have the same warning, the first hundred say enough.
    private static let maximumWarnings = 100

    /// Throws `ExitCode.failure` where a source has errors, and `ControlFileFailure`.
    func run() throws {
        let files = try ControlFiles(directory: directory)
        tell(files.diagnostics)
        if files.isRefused(strict: strict) {
            complain("simscanmk: " + summary(files.diagnostics) + (checkOnly ? "" : ", nothing was changed"))
            throw ExitCode.failure
        }
        // The records first: settings that ask for them must find them.
        if let simcontrol = files.simcontrol { try build(simcontrol) }
        if let settings = files.settings { try build(settings) } else { try buildWithoutSettings() }
    }

    private func build(_ simcontrol: CheckedSimcontrol) throws {
        let count = counted(simcontrol.records.count, "record")
        if checkOnly { return print(path(Simcontrol.sourceName) + ": " + count + ", no errors") }
        try writeCdb(simcontrol.records, to: path(Simcontrol.fileName))
        print(path(Simcontrol.fileName) + ": built from " + Simcontrol.sourceName + ", " + count)
    }

    private func build(_ settings: CheckedSettings) throws {
        let count = counted(settings.named.count, "setting")
        if checkOnly { return print(path(CompiledSettings.sourceName) + ": " + count + ", no errors") }
        try writeCdb(CompiledSettings.records(for: settings.records), to: path(CompiledSettings.fileName))
        print(path(CompiledSettings.fileName) + ": built from " + CompiledSettings.sourceName + ", " + count)
    }

    /// Without a source there are no settings: a compiled file left from an earlier one goes, and the defaults hold.
    private func buildWithoutSettings() throws {
        if try !checkOnly && removeFile(path(CompiledSettings.fileName)) {
            let reason = ": removed, because there is no " + CompiledSettings.sourceName
            print(path(CompiledSettings.fileName) + reason + "; the defaults hold")
        } else {
            print(path(CompiledSettings.sourceName) + ": does not exist, the defaults hold")
        }
    }

    private func tell(_ diagnostics: [Diagnostic]) {
        var warnings = 0
        for diagnostic in diagnostics {
            if diagnostic.severity == .warning {
                warnings += 1
                guard warnings <= Self.maximumWarnings else { continue }
            }
            complain(diagnostic.description)
        }
        if warnings > Self.maximumWarnings {
            complain("simscanmk: " + counted(warnings - Self.maximumWarnings, "more warning"))
        }
    }

    private func summary(_ diagnostics: [Diagnostic]) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        if !strict || warnings == 0 { return counted(errors, "error") }
        return counted(errors, "error") + " and " + counted(warnings, "warning") + " (--strict)"
    }

    private func path(_ name: String) -> String { directory + "/" + name }
}

/// `1 record`, `2 records`.
func counted(_ count: Int, _ noun: String) -> String {
    String(count) + " " + noun + (count == 1 ? "" : "s")
}
