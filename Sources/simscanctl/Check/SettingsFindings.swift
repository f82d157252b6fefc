import Glibc
import SimscanNative
import SystemPackage

/// The control files: right, compiled, and compiled from what stands there now.
struct SettingsFindings {
    let directory: String
    let rights: FilterRights?

    /// Of a file of a million wrong lines the first ones say enough.
    private static let maximumDiagnostics = 20

    private var compile: String {
        "simscanmk" + (directory == Installation.controldir ? "" : " --controldir " + shellWord(directory))
    }

    /// The findings, and the settings that hold: as compiled where they can be read, else the defaults.
    func findings() -> (findings: [Finding], settings: Settings, queues: [(path: String, origin: String)]) {
        var findings = FindingList(.settings)
        do throws(Errno) {
            guard try Status(directory).isDirectory else { throw .notDirectory }
        } catch {
            findings.problem(
                "control-directory", directory + ": " + error.description,
                mend: "name the right one: --controldir DIRECTORY, or SIMSCAN_CONTROLDIR")
            return (findings.all, Settings(), [])
        }
        let sources = checkSources(&findings)
        let settings = checkCompiled(sources, &findings)
        let holding = settings ?? sources?.settings?.settings ?? Settings()
        var queues = [(holding.qmailQueue, SettingName.qmailQueue.rawValue)]
        if holding.perDomain { queues += checkRecords(sources, &findings) }
        checkLists(holding, &findings)
        return (findings.all, holding, queues)
    }

    private func path(_ name: String) -> String { directory + "/" + name }

    // MARK: The sources

    private func checkSources(_ findings: inout FindingList) -> ControlFiles? {
        let sources: ControlFiles
        do throws(ControlFileFailure) {
            sources = try ControlFiles(directory: directory)
        } catch {
            if isOthers(error) { return nil }
            findings.problem(
                "settings-unreadable", error.description, mend: "chmod a+r " + shellWord(error.path))
            return nil
        }
        for diagnostic in sources.diagnostics.prefix(Self.maximumDiagnostics) {
            let place = diagnostic.file + ":" + String(diagnostic.line) + ":" + String(diagnostic.column) + ": "
            let what = place + diagnostic.message
            let isRecord = diagnostic.file == path(Simcontrol.sourceName)
            let edit =
                "mend line " + String(diagnostic.line) + " of " + shellWord(diagnostic.file) + ", then: " + compile
            switch diagnostic.severity {
            case .error: findings.problem(isRecord ? "simcontrol-error" : "settings-error", what, mend: edit)
            case .warning: findings.warn(isRecord ? "simcontrol-void" : "settings-void", what, mend: edit)
            }
        }
        if sources.diagnostics.count > Self.maximumDiagnostics {
            let more = sources.diagnostics.count - Self.maximumDiagnostics
            findings.warn("more", String(more) + " more errors and warnings", mend: compile + " --check")
        }
        for name in ["", CompiledSettings.sourceName, CompiledSettings.fileName, Simcontrol.fileName] {
            let path = name.isEmpty ? directory : path(name)
            guard let status = try? Status(path), status.mode & S_IWOTH != 0 else { continue }
            findings.problem(
                "control-writable", path + " can be changed by everybody, mode " + status.permissions,
                mend: "chmod o-w " + shellWord(path))
        }
        return sources
    }

    // MARK: What is compiled

    /// The compiled settings; nil where they cannot be read.
    private func checkCompiled(_ sources: ControlFiles?, _ findings: inout FindingList) -> Settings? {
        let file = path(CompiledSettings.fileName)
        let source = path(CompiledSettings.sourceName)
        do throws(ControlFileFailure) {
            let bytes = try readAsFilter(file, maximumBytes: CompiledSettings.maximumBytes)
            guard let bytes else {
                if let settings = sources?.settings, !settings.named.isEmpty {
                    findings.problem("settings-stale", source + " is not compiled: the defaults hold", mend: compile)
                } else if sources?.settings == nil {
                    findings.ok("settings", "no " + CompiledSettings.sourceName + ": the defaults hold")
                }
                return Settings()
            }
            let compiled = try CompiledSettings.entries(in: bytes, path: file)
            let settings = try CompiledSettings.settings(in: bytes, path: file)
            guard let checked = sources?.settings else {
                if sources != nil {
                    findings.problem(
                        "settings-stale", file + " is left from a " + CompiledSettings.sourceName + " that is gone",
                        mend: compile)
                }
                return settings
            }
            if checked.records.elementsEqual(compiled, by: { $0 == $1 }) {
                let count = Units.counted(compiled.count, "setting")
                if !checked.hasErrors { findings.ok("settings", source + ": " + count + ", compiled and current") }
            } else {
                findings.problem(
                    "settings-stale", source + " says something else than what is compiled and holds", mend: compile)
            }
            return settings
        } catch {
            if isOthers(error) { return nil }
            findings.problem("settings-damaged", error.description + ": every message is deferred", mend: compile)
            return nil
        }
    }

    /// The records; returns the queues that they name.
    private func checkRecords(
        _ sources: ControlFiles?, _ findings: inout FindingList
    ) -> [(path: String, origin: String)] {
        let file = path(Simcontrol.fileName)
        let source = path(Simcontrol.sourceName)
        var queues: [(path: String, origin: String)] = []
        do throws(ControlFileFailure) {
            guard let bytes = try readAsFilter(file, maximumBytes: ControlFiles.maximumBytes) else {
                findings.problem(
                    "simcontrol-missing", "per-domain = yes without " + file + ": every message is deferred",
                    mend: sources?.simcontrol == nil
                        ? "write " + shellWord(source) + " (simcontrol(5)), then: " + compile : compile)
                return []
            }
            var walk = CdbWalk(bytes)
            var count = 0
            var isSame = true
            while let record = walk.next() {
                if let checked = sources?.simcontrol {
                    isSame =
                        isSame && count < checked.records.count
                        && checked.records[count].key.elementsEqual(record.key)
                        && checked.records[count].value.elementsEqual(record.value)
                }
                count += 1
                let key = String(decoding: record.key, as: UTF8.self)
                do throws(SimcontrolError) {
                    if let queue = try SimcontrolRecord(text: record.value).qmailqueue {
                        queues.append((queue, "qmailqueue of " + (key.isEmpty ? "the default record" : key)))
                    }
                } catch {
                    findings.problem(
                        "simcontrol-damaged", file + ": record " + key + ": " + error.description, mend: compile)
                }
            }
            guard walk.isWhole, walk.announcedBytes == bytes.count else {
                throw ControlFileFailure(path: file, reason: CdbFailure.damaged.description)
            }
            if let checked = sources?.simcontrol, !isSame || checked.records.count != count {
                findings.problem(
                    "simcontrol-stale", source + " says something else than what is compiled and holds", mend: compile)
            } else if sources?.simcontrol?.hasErrors == false {
                findings.ok(
                    "simcontrol", source + ": " + Units.counted(count, "record") + ", compiled and current")
            }
        } catch {
            if !isOthers(error) {
                findings.problem("simcontrol-damaged", error.description + ": mail is deferred", mend: compile)
            }
        }
        var seen: [String] = []
        return queues.filter { queue in
            defer { seen.append(queue.path) }
            return !seen.contains(queue.path)
        }
    }

    /// With the filter's rights: what it cannot read defers all mail.
    private func readAsFilter(_ file: String, maximumBytes: Int) throws(ControlFileFailure) -> [UInt8]? {
        let result: Result<[UInt8]?, ControlFileFailure>
        func read() -> Result<[UInt8]?, ControlFileFailure> {
            do throws(ControlFileFailure) {
                return .success(try readWhole(file, maximumBytes: maximumBytes))
            } catch {
                return .failure(error)
            }
        }
        result = rights.map { $0.acting(read) } ?? read()
        return try result.get()
    }

    /// Whether a file may be the filter's to read, and is not for whoever looks now.
    private func isOthers(_ failure: ControlFileFailure) -> Bool {
        guard let rights, !rights.canTry else { return false }
        return access(failure.path, R_OK) != 0 && errno == EACCES
    }

    // MARK: What lies beside them

    private func checkLists(_ settings: Settings, _ findings: inout FindingList) {
        if settings.attach && !settings.perDomain {
            let list = path("ssattach")
            switch Result(catching: { () throws(ControlFileFailure) in try readAsFilter(list, maximumBytes: 1_048_576) }
            ) {
            case .failure(let failure) where isOthers(failure): break
            case .failure(let failure):
                findings.problem(
                    "attach-unreadable", failure.description + ": every message is deferred",
                    mend: "chmod a+r " + shellWord(list))
            case .success(nil):
                findings.problem(
                    "attach-missing", "attach = yes, and " + list + " does not exist: every message is deferred",
                    mend: "printf '%s\\n' .exe .scr .vbs >" + shellWord(list))
            case .success(let bytes?) where readSuffixList(bytes).isEmpty:
                findings.warn(
                    "attach-empty", "attach = yes, and " + list + " is empty: no name is refused",
                    mend: "printf '%s\\n' .exe .scr .vbs >" + shellWord(list))
            case .success: break
            }
        }
        if settings.received && (try? Status(path(CompiledVersions.fileName))) == nil {
            findings.warn(
                "versions-missing",
                "received = yes without " + path(CompiledVersions.fileName)
                    + ": the Received line tells no versions", mend: compile + " -g")
        }
        if !settings.clamav && !settings.spam && !settings.attach && settings.trophieSocket.isEmpty {
            findings.warn(
                "nothing-scanned", "clamav, spam, attach and trophie-socket are off: nothing is scanned",
                mend: "switch one on in " + shellWord(path(CompiledSettings.sourceName)) + ", then: " + compile)
        }
    }
}
