import ArgumentParser
import CGMime
import CLibrariesOnDemand
import Glibc
import SimscanNative
import SystemPackage

/// Damages the corpus at random and looks for a message in which GMime finds a bad name and the check does not.
struct Mutate: ParsableCommand {
    @Argument(help: "The directory that holds the corpus.")
    var directory: String

    @Option(help: "How many damaged messages to try.")
    var times = 20_000

    @Option(help: "Where the random numbers begin; the same number gives the same messages.")
    var seed: UInt64 = 1

    func run() throws {
        gobject_start()
        g_mime_init()
        var random = SplitMix(state: seed)
        let table = Table.parseOrExit([directory])
        let files = try table.entries().map { directory + "/" + $0[0] }
        let messages = try files.map { try table.read($0) }.filter { $0.count < 20_000 }
        var wrong = 0
        let path = "/tmp/simscan-mutate-\(getpid()).eml"
        defer { unlink(path) }
        for round in 0..<times {
            var message = messages[Int.random(in: 0..<messages.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&message, with: messages, &random) }
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(message) }
            let (finding, _) = try table.check(path, needs: round % 2 == 0 ? "-" : "attach-types")
            if finding == .nothing, table.isBad(table.gmimeNames(path)) {
                wrong += 1
                let kept = "/tmp/simscan-mutate-\(seed)-\(round).eml"
                rename(path, kept)
                print("GMime finds a name in \(kept)")
                if wrong > 20 { break }
            }
        }
        print("\(times) messages, \(wrong) wrong")
        if wrong > 0 { throw ExitCode(1) }
    }

    private func damage(_ message: inout [UInt8], with others: [[UInt8]], _ random: inout SplitMix) {
        guard message.count > 4 else { return }
        let at = Int.random(in: 0..<message.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: message[at] = UInt8.random(in: 0...255, using: &random)
        case 1: message.remove(at: at)
        case 2: message.insert(Array("\n\r:;\"'\\()=-*%? \0\t".utf8).randomElement(using: &random) ?? 0, at: at)
        case 3: message.removeSubrange(at..<min(message.count, at + Int.random(in: 1...40, using: &random)))
        case 4:
            // A line moves elsewhere.
            let end = message[at...].firstIndex(of: 0x0A) ?? message.count - 1
            let line = Array(message[at...end])
            message.removeSubrange(at...end)
            message.insert(contentsOf: line, at: Int.random(in: 0...message.count, using: &random))
        case 5:
            let end = message[at...].firstIndex(of: 0x0A) ?? message.count - 1
            message.insert(contentsOf: Array(message[at...end]), at: at)
        case 6:
            // The end of another message.
            let other = others[Int.random(in: 0..<others.count, using: &random)]
            message.replaceSubrange(at..., with: other[Int.random(in: 0..<other.count, using: &random)...])
        default:
            let other = others[Int.random(in: 0..<others.count, using: &random)]
            let start = Int.random(in: 0..<other.count, using: &random)
            message.insert(contentsOf: other[start..<min(other.count, start + 200)], at: at)
        }
    }
}

/// A small generator that can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
