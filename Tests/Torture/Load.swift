import Fakes
import Foundation
import Glibc
import Synchronization

/// Point 8: a great many messages at a time, and every one of them accounted for.
struct LoadSection {
    let programs: Lab.Programs
    let scanners: Scanners
    let messages: Int
    let concurrency: Int

    /// The kinds of mail that come, and what becomes of each.
    private enum Kind: Int, CaseIterable {
        case clean, attachment, spam, virus, blocked

        /// A message of this kind with an id of its own.
        func message(id: Int) -> [UInt8] {
            let base: [UInt8] =
                switch self {
                case .clean: SampleMessages.clean
                case .attachment:
                    SampleMessages.attachment(named: "notes.txt", content: Array("text\n".utf8), subject: "Notes")
                case .spam: SampleMessages.gtube
                case .virus: SampleMessages.eicar
                case .blocked: SampleMessages.trojan
                }
            return Array("X-Torture: \(id).\n".utf8) + base
        }

        /// Whether it arrives.
        var passes: Bool { self == .clean || self == .attachment }
    }

    func run() throws -> Tally {
        var tally = Tally()
        let lab = try Lab(
            programs,
            settings: [
                "clamav": "yes", "clamd": scanners.clamd.address, "spam": "yes", "spamd": scanners.spamd.address,
                "attach": "yes", "dropmsg": "yes", "quarantinedir": "QUARANTINE", "deadline": "120",
                "spamd-failure": "defer",
            ],
            suffixes: [".exe"])
        defer { lab.remove() }
        let filesBefore = openDescriptors()
        let sharedBefore = sharedMemory()
        try send(through: lab, &tally)
        scanners.clamd.waitUntilIdle()
        scanners.spamd.waitUntilIdle()
        scanners.forget()

        try account(for: lab, &tally)
        let names = try lab.workdir.names()
        if !names.isEmpty { tally.note(.leftBehind, "\(names.count) files in the working directory") }
        let files = openDescriptors()
        if files > filesBefore { tally.note(.leftBehind, "\(files - filesBefore) descriptors") }
        if waitpid(-1, nil, WNOHANG) >= 0 || errno != ECHILD { tally.note(.leftBehind, "a process") }
        try lab.queue.empty()
        for name in try lab.quarantine.names() { lab.quarantine.removeFile(name) }
        // What is in memory for files without names would still be counted here, a page for each message at least.
        let grown = sharedMemory() - sharedBefore
        if grown > max(2 * messages, 8192) { tally.note(.leftBehind, "\(grown) KiB of memory for files") }
        for problem in scanners.clamd.problems + scanners.spamd.problems { tally.note(.unbounded, problem) }
        return tally
    }

    private func send(through lab: Lab, _ tally: inout Tally) throws {
        let next = Mutex(0)
        let total = Mutex(Tally())
        try inThreads(concurrency) { _ in
            var tally = Tally()
            while true {
                let id = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard id < messages, let kind = Kind(rawValue: id % Kind.allCases.count) else { break }
                let envelope = Envelope(from: "a\(id)@example.org", to: ["b\(id)@example.com"]).bytes
                let mail = try Mail(kind.message(id: id), envelope: envelope)
                let outcome = try lab.run(mail, Lab.Plan(isTraced: false, timeLimit: 300))
                tally.runs += 1
                let expected: Outcome.Reply = kind == .blocked ? .permanent : .accepted
                let words = "\(kind) \(id): " + outcome.ending + ", " + outcome.log.brief
                if outcome.reply != expected { tally.note(outcome.timedOut ? .leftBehind : .unbounded, words) }
                if outcome.events.count != 1 { tally.note(.unbounded, words + " (not one log line)") }
                if id % 500 == 499 { scanners.forget() }
            }
            total.withLock { $0.add(tally) }
        }
        tally.add(total.withLock { $0 })
    }

    /// Every id is once where it belongs, with its own envelope.
    private func account(for lab: Lab, _ tally: inout Tally) throws {
        var queued = [Int](repeating: 0, count: messages)
        for arrival in try lab.queue.arrivals() {
            guard let (id, kind) = identify(arrival.message, arrival.envelopeBytes), kind.passes else {
                tally.note(.wronglyAccepted, String(decoding: arrival.message.prefix(80), as: UTF8.self))
                continue
            }
            queued[id] += 1
        }
        var kept = [Int](repeating: 0, count: messages)
        for name in try lab.quarantine.names() where name.hasPrefix("msg.") {
            let addresses = try lab.quarantine.read("addr." + name.dropFirst("msg.".count))
            guard let (id, kind) = identify(try lab.quarantine.read(name), addresses), kind == .virus || kind == .spam
            else {
                tally.note(.wronglyAccepted, "in the quarantine: " + name)
                continue
            }
            kept[id] += 1
        }
        for id in 0..<messages {
            guard let kind = Kind(rawValue: id % Kind.allCases.count) else { continue }
            let expected = (queue: kind.passes ? 1 : 0, quarantine: kind == .virus || kind == .spam ? 1 : 0)
            if queued[id] < expected.queue || kept[id] < expected.quarantine { tally.note(.lost, "\(kind) \(id)") }
            if queued[id] > expected.queue || kept[id] > expected.quarantine {
                tally.note(.wronglyAccepted, "\(kind) \(id), more than once")
            }
        }
    }

    /// - Returns: which message it is; nil where it is not one of ours, byte for byte.
    private func identify(_ message: [UInt8], _ envelope: [UInt8]) -> (id: Int, kind: Kind)? {
        let head = Array("X-Torture: ".utf8)
        guard let start = message.firstRange(of: head)?.upperBound,
            let id = Int(String(decoding: message[start...].prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)),
            (0..<messages).contains(id), let kind = Kind(rawValue: id % Kind.allCases.count)
        else { return nil }
        let whole = kind.message(id: id)
        guard message.suffix(whole.count) == whole[...],
            message.count == whole.count || message.starts(with: Array("X-Spam-".utf8)),
            envelope == Envelope(from: "a\(id)@example.org", to: ["b\(id)@example.com"]).bytes
        else { return nil }
        return (id, kind)
    }
}

private func openDescriptors() -> Int {
    (0..<4096).reduce(0) { $0 + (fcntl(CInt($1), F_GETFD) >= 0 ? 1 : 0) }
}

/// The memory of files that are in memory, of the whole machine, in KiB (`proc(5)`, Shmem).
private func sharedMemory() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Shmem:") })
    else { return 0 }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
}
