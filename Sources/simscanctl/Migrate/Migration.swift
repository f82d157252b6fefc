import Foundation
import SimscanNative

/// What a classic installation is made of, found in files and directories, and the settings that mean the same.
struct Migration {
    private(set) var configuration: ClassicConfiguration?
    private(set) var evidence = LogEvidence()
    private var simcontrol: (path: String, bytes: [UInt8])?
    private var suffixes: (path: String, bytes: [UInt8])?
    /// What was read, and what was found in it.
    private(set) var sources: [String] = []

    private static let maximumBytes = 1 << 30

    /// - Parameter line: what `--configure` says; it counts more than any file.
    init(line: String?) {
        configuration = line.map { ClassicConfiguration(line: $0, origin: "--configure") }
    }

    /// Looks into a file, or into a directory of the classic's source or of control files.
    ///
    /// - Throws: `Failure` with 66 where it cannot be read.
    mutating func read(_ path: String) throws(Failure) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Failure(path + ": No such file or directory", status: EX_NOINPUT)
        }
        guard isDirectory.boolValue else { return try readFile(path) }
        let count = sources.count
        for name in ["config.log", "config.h", "simcontrol", "ssattach"] {
            let file = path + "/" + name
            if FileManager.default.fileExists(atPath: file) { try readFile(file) }
        }
        if sources.count == count { sources.append(path + ": nothing of a classic simscan in it") }
    }

    private mutating func readFile(_ path: String) throws(Failure) {
        let bytes: [UInt8]
        do throws(ControlFileFailure) {
            bytes = try readWhole(path, maximumBytes: Self.maximumBytes) ?? []
        } catch {
            throw Failure(error.description, status: EX_NOINPUT)
        }
        switch URL(fileURLWithPath: path).lastPathComponent {
        case "config.log": take(ClassicConfiguration(configLog: bytes, origin: path), path, "no configure line in it")
        case "config.h": take(ClassicConfiguration(configHeader: bytes, origin: path), path, "not simscan's")
        case "simcontrol":
            simcontrol = (path, bytes)
            sources.append(path + ": the records, which stay as they are")
        case "ssattach":
            suffixes = (path, bytes)
            sources.append(path + ": the list of suffixes, which stays as it is")
        default:
            let before = evidence.lines
            evidence.add(bytes)
            sources.append(path + ": " + Units.counted(evidence.lines - before, "log line") + " of simscan")
        }
    }

    private mutating func take(_ found: ClassicConfiguration?, _ path: String, _ otherwise: String) {
        guard let found else { return sources.append(path + ": " + otherwise) }
        if let configuration {
            sources.append(path + ": not needed, " + configuration.origin + " counts")
        } else {
            configuration = found
            sources.append(path + ": the configure line")
        }
    }

    /// The settings, and what became of everything.
    ///
    /// - Throws: `Failure` with 66 where there is nothing to make settings of.
    func outcome() throws(Failure) -> MigrationOutcome {
        var notes: [String] = []
        let line: String
        if let configuration {
            line = configuration.line
        } else {
            guard !evidence.isEmpty else {
                throw Failure("no configure line, config.h, config.log or log line was found", status: EX_NOINPUT)
            }
            line = evidence.options.map(\.option).joined(separator: " ")
            notes.append("there is no configure line: these settings are what the log lines show, and no more")
        }
        let translation = settingsFromConfigure(line)
        let text = header + translation.text
        let checked = checkSettings(Array(text.utf8), file: "simscan.conf")
        for (option, because) in evidence.options {
            let shown = checkSettings(Array(settingsFromConfigure(option).text.utf8), file: "").records
            for (name, value) in shown {
                guard let known = SettingName(rawValue: name), checked.settings.text(of: known) != value else {
                    continue
                }
                notes.append(
                    "the log has \(because), and \(name) = \(checked.settings.text(of: known)): is this the right "
                        + "configure line?")
            }
        }
        if let hint = evidence.hint, checked.settings.spamHits == nil { notes.append(hint) }
        notes += recordNotes(checked.settings)
        return MigrationOutcome(
            text: text, line: line, origin: configuration?.origin, sources: sources, problems: translation.problems,
            notes: notes, states: evidence.states)
    }

    private var header: String {
        "# simscan.conf(5), made by simscanctl migrate" + (configuration.map { " from " + $0.origin } ?? "") + "\n"
    }

    /// What simscanmk will say of the control files.
    private func recordNotes(_ settings: Settings) -> [String] {
        var notes: [String] = []
        if let simcontrol {
            let checked = checkSimcontrol(simcontrol.bytes, file: simcontrol.path, settings: settings)
            notes += checked.diagnostics.map(\.description)
            notes.append(simcontrol.path + ": " + Units.counted(checked.records.count, "record"))
        } else if settings.perDomain {
            notes.append("per-domain = yes needs control/simcontrol, which was not among the files")
        }
        if let suffixes {
            let count = readSuffixList(suffixes.bytes).count
            notes.append(suffixes.path + ": " + Units.count(count) + (count == 1 ? " suffix" : " suffixes"))
        } else if settings.attach && !settings.perDomain {
            notes.append("attach = yes needs control/ssattach, which was not among the files")
        }
        return notes
    }
}
