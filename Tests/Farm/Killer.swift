import Fakes
import Foundation
import Synchronization

/// Takes each host down and up again, each in its own time, until it is stopped.
final class Killer: Sendable {
    enum Deed: String, CaseIterable {
        case killed, frozen, cut = "cut off"
    }

    private let victims: [any Victim]
    private let seed: UInt64
    private let choices: [Deed]
    private let stopping = Gate()
    private let working = Mutex(0)
    private let idle = Gate()
    private let done = Mutex<(deeds: [Deed: Int], troubles: [String])>(([:], []))

    /// How long a host is up, and how long it is down, in milliseconds.
    private static let up = 500..<3000
    private static let down = 200..<2500

    /// - Parameter cuts: whether hosts can be cut off.
    init(_ victims: [any Victim], seed: UInt64, cuts: Bool) {
        self.victims = victims
        self.seed = seed
        choices = cuts ? Deed.allCases : [.killed, .frozen]
    }

    var deeds: [Deed: Int] { done.withLock { $0.deeds } }
    var troubles: [String] { done.withLock { $0.troubles } }

    func start() {
        working.withLock { $0 = victims.count }
        for number in victims.indices {
            Thread.detachNewThread { [self] in
                haunt(victims[number], SeededChance(seed &+ UInt64(number)))
                if working.withLock({
                    $0 -= 1; return $0
                }) == 0 {
                    idle.open()
                }
            }
        }
    }

    /// All hosts are up when it returns; none dies any more.
    func stop() {
        stopping.open()
        if !idle.wait(upTo: .seconds(120)) { note("a host does not come back") }
    }

    private func haunt(_ victim: any Victim, _ chance: SeededChance) {
        var chance = chance
        while !stopping.wait(upTo: .milliseconds(Int.random(in: Self.up, using: &chance))) {
            let deed = choices[Int.random(in: choices.indices, using: &chance)]
            do {
                switch deed {
                case .killed: try victim.die()
                case .frozen: try victim.freeze()
                case .cut: try victim.machine.cut()
                }
                _ = stopping.wait(upTo: .milliseconds(Int.random(in: Self.down, using: &chance)))
                switch deed {
                case .killed: try victim.comeBack()
                case .frozen: try victim.thaw()
                case .cut: try victim.machine.join()
                }
            } catch {
                return note("\(deed.rawValue): \(error)")
            }
            done.withLock { $0.deeds[deed, default: 0] += 1 }
        }
    }

    private func note(_ trouble: String) { done.withLock { $0.troubles.append(trouble) } }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
