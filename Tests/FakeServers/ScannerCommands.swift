import ArgumentParser
import Fakes

struct Clamd: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "clamd, which finds the EICAR test virus.",
        discussion: "Prints its address and serves until it is interrupted.")

    @OptionGroup var options: ScannerOptions

    @Option(help: "StreamMaxLength, in bytes.")
    var streamMaxLength: Int?

    @Option(help: "Answer this to every scan, with a NUL behind it: “stream: Some.Virus FOUND”.")
    var reply: String?

    func run() throws {
        blockSignals()
        let clamd = try FakeClamd(at: options.place, door: options.door) {
            $0.delay = options.delayTime
            $0.pieces = options.pieces
            $0.fault = options.fault
            $0.streamMaxLength = streamMaxLength
            if let reply { $0.verdict = .raw(reply + "\0") }
        }
        serve(clamd)
    }
}

struct Spamd: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "spamd, which finds the GTUBE test message.",
        discussion: "Prints its address and serves until it is interrupted.")

    @OptionGroup var options: ScannerOptions

    @Option(help: "The score of every message: 12.5, inf, nan.")
    var score: String?

    @Option(help: "What the Spam: line calls every message, with --score: True or False.")
    var flag = "True"

    @Flag(help: "Wrap spam in a new message, as report_safe does.")
    var wrap = false

    func run() throws {
        blockSignals()
        let spamd = try FakeSpamd(at: options.place, door: options.door) {
            $0.delay = options.delayTime
            $0.pieces = options.pieces
            $0.fault = options.fault
            $0.wrapsSpam = wrap
            if let score { $0.verdict = .fixed(flag, score: score) }
        }
        serve(spamd)
    }
}

struct Trophie: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "trophie or sophie, which finds the EICAR test virus.",
        discussion: "Prints its address and serves until it is interrupted.")

    @OptionGroup var options: ScannerOptions

    @Option(help: "Answer this to every scan, with a newline behind it: “1:Some.Virus”.")
    var reply: String?

    func run() throws {
        blockSignals()
        let trophie = try FakeTrophie(at: options.place, door: options.door) {
            $0.delay = options.delayTime
            $0.pieces = options.pieces
            $0.fault = options.fault
            if let reply { $0.verdict = .raw(reply + "\n") }
        }
        serve(trophie)
    }
}
