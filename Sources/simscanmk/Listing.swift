import SimscanNative

/// Shows what is compiled, in the form of the sources, with the origin of each line as a comment.
struct Listing {
    /// The control directory.
    let directory: String

    /// Throws `ControlFileFailure` where a file is there and cannot be read, or is damaged.
    func run() throws {
        let files = try ControlFiles(directory: directory)
        let settingsAreCurrent = try listSettings(files.settings)
        let recordsAreCurrent = try listRecords(files.simcontrol)
        for (name, isCurrent) in [
            (CompiledSettings.sourceName, settingsAreCurrent), (Simcontrol.sourceName, recordsAreCurrent),
        ] where !isCurrent {
            complain("simscanmk: " + path(name) + " says something else than what is compiled; run simscanmk")
        }
    }

    /// Every setting; returns whether the source says the same.
    private func listSettings(_ source: CheckedSettings?) throws(ControlFileFailure) -> Bool {
        let compiledPath = path(CompiledSettings.fileName)
        var compiled: [(name: String, value: String)] = []
        var settings = Settings()
        if let file = try readWhole(compiledPath, maximumBytes: CompiledSettings.maximumBytes) {
            compiled = try CompiledSettings.entries(in: file, path: compiledPath)
            settings = try CompiledSettings.settings(in: file, path: compiledPath)
        }
        for name in SettingName.allCases {
            let value = settings.text(of: name)
            let line = source?.named.first { $0.name == name }?.line
            let isSame = source?.settings.text(of: name) == value
            let isCompiled = compiled.contains { $0.name == name.rawValue }
            let origin =
                switch (isCompiled, line) {
                case (true, .some(let line)) where isSame: CompiledSettings.sourceName + ":" + String(line)
                case (true, _): CompiledSettings.fileName
                case (false, _): "default"
                }
            list(name.rawValue + " =" + (value.isEmpty ? "" : " " + value), origin)
        }
        if source?.hasErrors == true { return false }
        return (source?.records ?? []).elementsEqual(compiled) { $0 == $1 }
    }

    /// Every record, where there are any; returns whether the source says the same.
    private func listRecords(_ source: CheckedSimcontrol?) throws(ControlFileFailure) -> Bool {
        let compiledPath = path(Simcontrol.fileName)
        guard let file = try readWhole(compiledPath, maximumBytes: ControlFiles.maximumBytes) else {
            return source == nil
        }
        print("# " + Simcontrol.fileName)
        var walk = CdbWalk(file)
        var index = 0
        var isCurrent = true
        while let record = walk.next() {
            let text = String(decoding: record.key, as: UTF8.self) + ":" + String(decoding: record.value, as: UTF8.self)
            if let source, index < source.records.count, source.records[index].key.elementsEqual(record.key),
                source.records[index].value.elementsEqual(record.value)
            {
                list(text, Simcontrol.sourceName + ":" + String(source.lines[index]))
            } else {
                isCurrent = false
                list(text, Simcontrol.fileName)
            }
            index += 1
        }
        guard walk.isWhole else {
            throw ControlFileFailure(path: compiledPath, reason: CdbFailure.damaged.description)
        }
        return isCurrent && source?.hasErrors != true && source?.records.count == index
    }

    private func list(_ text: String, _ origin: String) {
        let originColumn = 44
        print(text + String(repeating: " ", count: max(1, originColumn - text.count)) + "# " + origin)
    }

    private func path(_ name: String) -> String { directory + "/" + name }
}
