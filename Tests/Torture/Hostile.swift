import Fakes
import Glibc

/// Point 5: mail that is made to cost much. Memory and processor time are bounded, and there is a verdict.
struct HostileSection {
    let programs: Lab.Programs
    let stride: Int
    let size: Int

    /// The most memory of the filter, and of each child of it.
    static let maximumKiB = 24_576
    /// The processor time of one message, in seconds, on a machine that is busy with other things.
    private static let maximumSeconds = 6.0

    func run() throws -> Tally {
        let lab = try Lab(
            programs,
            settings: [
                "attach": "yes", "attach-archives": "yes", "attach-types": "yes", "double-extension": "yes",
                "attach-encrypted": "reject", "attach-broken": "reject",
            ],
            suffixes: [".exe", ".scr", ".com", ".pif"])
        defer { lab.remove() }
        let envelope = Envelope(from: "", to: ["bob@example.com"]).bytes
        var tally = Tally()
        var most = (seconds: 0.0, of: "", kiB: 0, with: "")
        for (number, shape) in HostileShape.allCases.enumerated() where number % stride == 0 {
            let mail = try Mail(shape.message(size: size), envelope: envelope)
            defer { mail.discard() }
            let outcome = try lab.run(mail, Lab.Plan(timeLimit: 120))
            tally.runs += 1
            let words = shape.rawValue + ": " + outcome.ending + ", " + outcome.log.brief
            // Whether such a message is one for a limit is for the filter to say; what it says must be done.
            let isRefused = outcome.reply == .permanent
            if isRefused && !["LIMIT", "BROKEN", "ATTACH"].contains(where: { outcome.log.contains("]:" + $0 + ":") }) {
                tally.note(.lost, words)
            }
            let whole = mail.message
            let verdict: Judge.Verdict = isRefused ? .refuse : .pass { $0 == whole }
            try Judge(verdict: verdict, mail: mail).look(at: outcome, in: lab, shape.rawValue, into: &tally)
            if outcome.reply == .temporary { tally.note(.unbounded, words + " (no verdict)") }
            if outcome.processorTime > most.seconds {
                (most.seconds, most.of) = (outcome.processorTime, shape.rawValue)
            }
            if outcome.peakKiB > most.kiB { (most.kiB, most.with) = (outcome.peakKiB, shape.rawValue) }
            if outcome.processorTime > Self.maximumSeconds || outcome.peakKiB > Self.maximumKiB {
                tally.note(.unbounded, words + ", \(outcome.processorTime) s, \(outcome.peakKiB) KiB")
            }
            if try !lab.workdir.names().isEmpty { tally.note(.leftBehind, words) }
        }
        let (seconds, kiB) = (hundredths(most.seconds) + " s (\(most.of))", "\(most.kiB) KiB (\(most.with))")
        print("  \(size) bytes of hostile mail: at most " + seconds + " of processor time, " + kiB + " of memory")
        return tally
    }
}

/// A number with two decimals.
func hundredths(_ number: Double) -> String {
    let whole = Int((number * 100).rounded())
    return "\(whole / 100)." + (whole % 100 < 10 ? "0" : "") + "\(whole % 100)"
}
