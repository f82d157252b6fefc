import Foundation
import SimscanNative

/// A control directory that says the same as another one, but that nothing is queued or kept.
struct PrivateControl {
    let path: String

    /// What takes every message and discards it: it reads nothing and says yes.
    private static let discardingQueue = "/bin/true"
    /// Other names in the same compiled settings.
    private static let changes: [(name: SettingName, value: String)] = [
        (.qmailQueue, discardingQueue), (.quarantinedir, "off"), (.logFormat, "classic"), (.metrics, "no"),
    ]

    /// - Parameter workdir: another one than the settings'.
    /// - Throws: `Failure` with 74 where a file cannot be read or written.
    init(copying directory: String, _ settings: Settings, workdir: String?) throws(Failure) {
        path = FileManager.default.temporaryDirectory.path + "/simscanctl.\(getpid())." + UUID().uuidString
        do throws(ControlFileFailure) {
            guard mkdir(path, 0o755) == 0, chmod(path, 0o755) == 0 else {
                throw ControlFileFailure(path: path, reason: String(cString: strerror(errno)))
            }
            try copySettings(directory, Self.changes + (workdir.map { [(.workdir, $0)] } ?? []))
            if settings.perDomain { try copyRecords(directory) }
            if let list = try readWhole(directory + "/ssattach", maximumBytes: 1_048_576) {
                guard FileManager.default.createFile(atPath: path + "/ssattach", contents: Data(list)) else {
                    throw ControlFileFailure(path: path + "/ssattach", reason: "cannot be written")
                }
            }
            for name in ["simscan.cdb", "simcontrol.cdb", "ssattach"] { chmod(path + "/" + name, 0o644) }
        } catch {
            remove()
            throw Failure(error.description, status: EX_IOERR)
        }
    }

    private func copySettings(
        _ directory: String, _ changes: [(name: SettingName, value: String)]
    ) throws(ControlFileFailure) {
        let file = directory + "/" + CompiledSettings.fileName
        var entries: [(name: String, value: String)] = []
        if let bytes = try readWhole(file, maximumBytes: CompiledSettings.maximumBytes) {
            entries = try CompiledSettings.entries(in: bytes, path: file)
        }
        entries.removeAll { entry in changes.contains { $0.name.rawValue == entry.name } }
        entries += changes.map { ($0.name.rawValue, $0.value) }
        try writeCdb(CompiledSettings.records(for: entries), to: path + "/" + CompiledSettings.fileName)
    }

    /// Records with queues of their own lose these.
    private func copyRecords(_ directory: String) throws(ControlFileFailure) {
        guard let bytes = try readWhole(directory + "/" + Simcontrol.fileName, maximumBytes: ControlFiles.maximumBytes)
        else { return }
        var walk = CdbWalk(bytes)
        var records: [(key: [UInt8], value: [UInt8])] = []
        while let record = walk.next() {
            let values = simcontrolValues(record.value).filter { $0.name != .qmailqueue }
            let text = values.map { $0.name.rawValue + "=" + $0.value }.joined(separator: ",")
            records.append((Array(record.key), Array(text.utf8)))
        }
        try writeCdb(records, to: path + "/" + Simcontrol.fileName)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
