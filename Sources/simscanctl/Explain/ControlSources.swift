import Glibc
import SimscanNative

/// The compiled control files, which count, and where their sources say each thing.
struct ControlSources {
    let directory: String
    /// As compiled.
    let settings: Settings
    private let compiledNames: [String]
    /// Nil where the sources cannot be read: then nothing has a line.
    private let sources: ControlFiles?
    private let recordLines: [[UInt8]: Int]

    /// A list of suffixes is short; a file without end is not read to its end.
    private static let maximumListBytes = 1_048_576

    /// - Throws: `Failure` with 74 where the compiled settings cannot be read.
    init(directory: String) throws(Failure) {
        self.directory = directory
        guard access(directory, F_OK) == 0 else {
            throw Failure(directory + ": " + String(cString: strerror(errno)), status: EX_IOERR)
        }
        do throws(ControlFileFailure) {
            settings = try loadSettings(controlDirectory: directory)
            let path = directory + "/" + CompiledSettings.fileName
            if let compiled = try readWhole(path, maximumBytes: CompiledSettings.maximumBytes) {
                compiledNames = try CompiledSettings.entries(in: compiled, path: path).map(\.name)
            } else {
                compiledNames = []
            }
        } catch {
            throw Failure(error.description, status: EX_IOERR)
        }
        sources = try? ControlFiles(directory: directory)
        var lines: [[UInt8]: Int] = [:]
        if let simcontrol = sources?.simcontrol {
            for (record, line) in zip(simcontrol.records, simcontrol.lines) { lines[record.key] = line }
        }
        recordLines = lines
    }

    /// Where a setting was said.
    func origin(of name: SettingName) -> Origin {
        guard compiledNames.contains(name.rawValue) else { return .standard(name) }
        guard let source = sources?.settings, source.settings.text(of: name) == settings.text(of: name) else {
            return .setting(name, line: nil)
        }
        return .setting(name, line: source.named.first { $0.name == name }?.line)
    }

    /// Where a record of this key and text stands; nil where the source says something else.
    func line(of key: [UInt8], _ text: [UInt8]) -> Int? {
        guard let simcontrol = sources?.simcontrol, let line = recordLines[key] else { return nil }
        let record = zip(simcontrol.records, simcontrol.lines).first { $0.1 == line }?.0
        return record?.value.elementsEqual(text) == true ? line : nil
    }

    /// The list of `control/ssattach`.
    ///
    /// - Throws: `Failure` with 74 where it cannot be read, or is not there, as in the filter.
    func suffixes() throws(Failure) -> [[UInt8]] {
        do throws(ControlFileFailure) {
            let path = directory + "/" + ControlFiles.suffixListName
            guard let bytes = try readWhole(path, maximumBytes: Self.maximumListBytes) else {
                throw ControlFileFailure(path: path, reason: ControlFiles.noSuffixList)
            }
            return readSuffixList(bytes)
        } catch {
            throw Failure(error.description, status: EX_IOERR)
        }
    }

    /// How the policy for an envelope came to be.
    ///
    /// - Throws: `Failure` with 74 where the records cannot be read, or hold what they cannot.
    func explanation(sender: [UInt8], recipients: [[UInt8]], isRelay: Bool) throws(Failure) -> Explanation {
        guard settings.perDomain else {
            return Explanation(
                settings, suffixes: settings.attach ? try suffixes() : [], sender: sender, recipients: recipients,
                isRelay: isRelay, origin: origin)
        }
        do {
            let simcontrol = try Simcontrol(controlDirectory: directory)
            let lookUps = try lookUps(
                sender: settings.perDomainSender ? sender : nil, recipients: recipients,
                text: { (key) throws(ControlFileFailure) in try simcontrol.text(of: key) }, line: line)
            return try Explanation(
                settings, lookUps: lookUps, sender: sender, recipients: recipients, isRelay: isRelay, origin: origin)
        } catch {
            throw Failure(String(describing: error), status: EX_IOERR)
        }
    }
}
