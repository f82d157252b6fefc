import SimscanNative

/// Shows what the filters remember of the scanners' hosts.
struct Hosts {
    /// The control directory.
    let directory: String

    /// Throws `ControlFileFailure` where the settings cannot be read.
    func run() throws {
        let statedir = try loadSettings(controlDirectory: directory).statedir
        guard let statedir, let memory = HostMemory(directory: statedir, isReadOnly: true) else {
            return print("statedir = off: no host is remembered")
        }
        let records = memory.records()
        if records.isEmpty { return print(statedir + "/" + HostMemory.fileName + ": no host is remembered") }
        let now = HostMemory.now
        let width = records.map { $0.address.count }.max() ?? 0
        for record in records {
            let padding = String(repeating: " ", count: width - record.address.count)
            print(record.address + padding + "  " + state(of: record, now: now) + alive(record, now: now))
        }
    }

    private func state(of record: HostRecord, now: Int64) -> String {
        if record.failures == 0 { return "in use" }
        let faults = counted(Int(record.failures), "fault") + " in a row, "
        guard let left = record.pauseLeft(now: now) else { return faults + "tried with the next message" }
        return faults + "tried last for " + seconds(left) + " more"
    }

    private func alive(_ record: HostRecord, now: Int64) -> String {
        if record.lastAlive == 0 { return ", never seen alive" }
        return ", seen alive " + seconds(max(0, now - record.lastAlive)) + " ago"
    }

    /// Rounded up, so that what is left is never nothing.
    private func seconds(_ milliseconds: Int64) -> String { String((milliseconds + 999) / 1000) + " s" }
}
