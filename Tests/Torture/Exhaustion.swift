import Fakes
import Glibc
import Tracer

/// Point 8: the machine has no more of something. The sender is told to try again, and the log says why, once.
struct ExhaustionSection {
    let programs: Lab.Programs
    let scanners: Scanners

    /// A user that nobody is.
    private static let user: CUnsignedInt = 59_999

    private struct Lack {
        let name: String
        /// What the log line has to say: one of these.
        let says: [String]
        /// Whether the message may pass all the same.
        var mayPass = false
        var settings: [String: String] = [:]
        let plan: @Sendable (Lab) -> Lab.Plan
    }

    func run() throws -> Tally {
        var tally = Tally()
        guard canMount else {
            print("  (full and read-only disks are left out: file systems of one's own are not allowed here)")
            for lack in lacks where lack.name.contains("user") || lack.name.contains("missing") {
                tally.add(try run(lack))
            }
            return tally
        }
        for lack in lacks { tally.add(try run(lack)) }
        return tally
    }

    private var canMount: Bool {
        guard let lab = try? Lab(programs, settings: [:]), let mail = try? Mail([10], envelope: [70, 0, 84, 0, 0])
        else { return false }
        defer { lab.remove() }
        let plan = Lab.Plan(isTraced: false, mount: (lab.workdir.path, "size=1m,mode=777", false))
        return (try? lab.run(mail, plan))?.ending != "exit status 127"
    }

    private var lacks: [Lack] {
        [
            Lack(name: "the disk is full", says: ["No space left"]) {
                Lab.Plan(mount: ($0.workdir.path, "size=16k,mode=777", false))
            },
            Lack(name: "the disk has no more inodes", says: ["No space left"]) {
                Lab.Plan(mount: ($0.workdir.path, "nr_inodes=1,mode=777", false))
            },
            Lack(name: "the working directory is read-only", says: ["Read-only"]) {
                Lab.Plan(mount: ($0.workdir.path, "mode=777", true))
            },
            Lack(name: "the working directory is another user's", says: ["denied"]) { _ in
                var limits = tracer_limits()
                limits.user = Self.user
                return Lab.Plan(limits: limits, isTraced: false)
            },
            Lack(name: "the working directory is missing", says: ["No such file"]) { lab in
                lab.workdir.remove()
                return Lab.Plan()
            },
            Lack(
                name: "the quarantine is full", says: ["No space left"],
                settings: ["dropmsg": "yes", "quarantinedir": "QUARANTINE", "virus": ""]
            ) { Lab.Plan(mount: ($0.quarantine.path, "size=16k,mode=777", false)) },
            Lack(name: "the user has no more processes", says: ["unavailable"], mayPass: true) { _ in
                var limits = tracer_limits()
                limits.user = Self.user
                limits.processes = 1
                return Lab.Plan(limits: limits, isTraced: false)
            },
            Lack(name: "no more files can be opened by the user", says: ["open files"]) { _ in
                var limits = tracer_limits()
                limits.files = 4
                return Lab.Plan(limits: limits)
            },
        ]
    }

    private func run(_ lack: Lack) throws -> Tally {
        var settings = [
            "clamav": "yes", "clamd": scanners.clamd.address, "attach": "yes", "attach-archives": "yes",
        ]
        let isVirus = lack.settings["virus"] != nil
        for (name, value) in lack.settings where name != "virus" { settings[name] = value }
        let lab = try Lab(programs, settings: settings, suffixes: [".exe"])
        defer { lab.remove() }
        // Another user has the rights to read its settings, to work and to queue, but for what is missing.
        if lack.name.hasSuffix("another user's") { chmod(lab.workdir.path, 0o755) }
        chmod(String(scanners.clamd.address.dropFirst("unix:".count)), 0o777)
        let message = isVirus ? SampleMessages.eicar + SampleMessages.filler(bytes: 50_000) : Case.cleanWithAttachment
        let mail = try Mail(message, envelope: Envelope(from: "a@example.org", to: ["b@example.com"]).bytes)
        let outcome = try lab.run(mail, lack.plan(lab))
        var tally = Tally()
        tally.runs = 1
        let words = lack.name + ": " + outcome.ending + ", " + outcome.log.brief
        try Judge(verdict: isVirus ? .drop : .pass { $0 == message }, mail: mail)
            .look(at: outcome, in: lab, lack.name, into: &tally)
        if outcome.reply == .temporary {
            let isClear = outcome.events.count == 1 && lack.says.contains(where: outcome.log.contains)
            if !isClear { tally.note(.unbounded, words + " (not one clear log line)") }
        } else if !lack.mayPass {
            tally.note(.unbounded, words + " (not a temporary failure)")
        }
        print("  " + lack.name + ": " + outcome.ending)
        return tally
    }
}
