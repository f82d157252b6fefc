import ArgumentParser
import SimscanNative

/// What simscanmk does with `simscan.conf`.
struct SettingsCommand {
    /// The control directory.
    let directory: String
    /// Warnings are errors.
    let strict: Bool

    private var source: String { directory + "/" + CompiledSettings.sourceName }
    private var compiled: String { directory + "/" + CompiledSettings.fileName }

    /// Checks the source, and puts its compiled form in place unless `checkOnly`.
    ///
    /// Without a source there are no settings: a compiled file left from an earlier one goes, and the defaults hold.
    /// Throws `ExitCode.failure` where the source has errors, and `ControlFileFailure`.
    func compile(checkOnly: Bool) throws {
        guard let bytes = try readWhole(source, maximumBytes: CompiledSettings.maximumSourceBytes) else {
            try compileNothing(checkOnly: checkOnly)
            return
        }
        let checked = checkSettings(bytes, file: source)
        for diagnostic in checked.diagnostics { complain(diagnostic.description) }
        let changedNothing = checkOnly ? "" : " " + compiled + " is unchanged."
        guard !checked.hasErrors, !strict || checked.diagnostics.isEmpty else {
            complain("simscanmk: " + source + " has errors." + changedNothing)
            throw ExitCode.failure
        }
        let count = String(checked.named.count) + (checked.named.count == 1 ? " setting" : " settings")
        if checkOnly {
            print(source + ": " + count + ", no errors")
        } else {
            try writeCdb(CompiledSettings.records(for: checked.records), to: compiled)
            print(compiled + ": built from " + CompiledSettings.sourceName + ", " + count)
        }
    }

    private func compileNothing(checkOnly: Bool) throws {
        if checkOnly {
            print(source + ": does not exist, the defaults hold")
        } else if try removeFile(compiled) {
            print(compiled + ": removed, because there is no " + CompiledSettings.sourceName + "; the defaults hold")
        } else {
            print(source + ": does not exist, the defaults hold")
        }
    }

    /// Prints each setting as it is compiled now, in the form of `simscan.conf`, with its origin as a comment.
    func printCompiled() throws {
        let file = try readWhole(compiled, maximumBytes: CompiledSettings.maximumBytes)
        let compiledRecords = try file.map { try CompiledSettings.entries(in: $0, path: compiled) } ?? []
        let settings = try file.map { try CompiledSettings.settings(in: $0, path: compiled) } ?? Settings()
        let bytes = try readWhole(source, maximumBytes: CompiledSettings.maximumSourceBytes)
        let checked = checkSettings(bytes ?? [], file: source)

        for name in SettingName.allCases {
            let isCompiled = compiledRecords.contains { $0.name == name.rawValue }
            let line = checked.named.first { $0.name == name }?.line
            let value = settings.text(of: name)
            let same = checked.settings.text(of: name) == value
            let origin =
                switch (isCompiled, line) {
                case (true, .some(let line)) where same: CompiledSettings.sourceName + ":" + String(line)
                case (true, _): CompiledSettings.fileName
                case (false, _): "default"
                }
            let entry = name.rawValue + " =" + (value.isEmpty ? "" : " " + value)
            let padding = String(repeating: " ", count: max(1, 44 - entry.count))
            print(entry + padding + "# " + origin)
        }
        let source = checked.hasErrors ? nil : checked.records
        let isCurrent = source.map { source in
            source.elementsEqual(compiledRecords, by: { $0 == $1 })
        }
        if isCurrent != true {
            complain("simscanmk: " + self.source + " says something else than what is compiled; run simscanmk")
        }
    }
}
