import ArgumentParser
import Foundation
import SimscanNative

/// Asks the scanners for their versions and builds simversions.cdb.
struct Versions {
    /// The control directory.
    let directory: String

    /// Throws `ExitCode(EX_TEMPFAIL)` where a scanner cannot be asked; then nothing is changed.
    func run() throws {
        let settings = try loadSettings(controlDirectory: directory)
        var versions: [(name: String, version: String)] = []
        var problems: [String] = []
        func ask(_ name: String, _ version: () throws -> String) {
            do {
                versions.append((name, try version()))
            } catch {
                problems.append((error as? ScannerFault)?.text ?? String(describing: error))
            }
        }
        if settings.attach { versions.append(("attach", Installation.version)) }
        if settings.clamav { ask("clamav") { try clamav(settings) } }
        if let program = settings.trophiePath { ask("trophie") { try trophie(program, patience: settings.deadline) } }
        if settings.spam {
            ask("spam") { try VersionQuestions(settings).spamd(workdir: FileManager.default.temporaryDirectory.path) }
        }
        guard problems.isEmpty else {
            for problem in problems { complain("simscanmk: " + problem) }
            complain("simscanmk: " + counted(problems.count, "scanner") + " without a version, nothing was changed")
            throw ExitCode(EX_TEMPFAIL)
        }
        let path = directory + "/" + CompiledVersions.fileName
        try writeCdb(versions.map { (Array($0.name.utf8), Array($0.version.utf8)) }, to: path)
        for version in versions { print(version.name + ": " + version.version) }
        print(path + ": built, " + counted(versions.count, "version"))
    }

    /// `1.4.6/m:62/d:27000`: the engine, the main and the daily database, as far as they are known.
    private func clamav(_ settings: Settings) throws -> String {
        let (engine, database) = try VersionQuestions(settings).clamd()
        let directory = settings.clamavdbPath
        let main = directory.flatMap { SignatureFile.version(of: "main", in: $0) }
        let daily = database ?? directory.flatMap { SignatureFile.version(of: "daily", in: $0) }
        return engine + (main.map { "/m:\($0)" } ?? "") + (daily.map { "/d:\($0)" } ?? "")
    }

    /// The last three numbers of the program's own `-v`: engine, pattern file, patterns.
    private func trophie(_ program: String, patience: Duration) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-v"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        // What a version takes fits into a pipe; a program that says more than that is ended here too.
        guard ended.wait(timeout: .now() + .seconds(max(1, Int(patience.components.seconds)))) == .success else {
            kill(process.processIdentifier, SIGKILL)
            throw ScannerFault(phase: .silence, text: program + " -v: no answer")
        }
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = text.split { !($0.isASCII && ($0.isNumber || $0 == "." || $0 == "-")) }
        let numbers = words.filter { $0.first?.isNumber == true }.map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
        guard !numbers.isEmpty else {
            throw ScannerFault(phase: .answer, text: program + " -v: no version in what it says")
        }
        return numbers.suffix(3).joined(separator: "/")
    }
}
