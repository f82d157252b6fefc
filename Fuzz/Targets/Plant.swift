/// A bug planted for the purpose: a fuzzer that does not find it finds nothing else either.
///
/// It stands behind the parser, in what the parser made of the input, so that random bytes do not come to it: each
/// byte of the word that is right is one more count of the same branch, which guidance by coverage climbs up.
struct Plant: Sendable {
    let isOn: Bool
    /// What sets it off.
    static let word: StaticString = "plant"

    /// Traps where the planted bug is on and the text begins with the word.
    @inline(never)
    func step(on text: some Sequence<UInt8>) {
        guard isOn else { return }
        var right = 0
        for byte in text {
            guard right < Self.word.utf8CodeUnitCount, byte == Self.word.utf8Start[right] else { return }
            right += 1
            climbed(right)
        }
    }

    /// One branch for each byte, each with an effect of its own, lest they be folded into one comparison.
    @inline(never)
    private func climbed(_ right: Int) {
        switch right {
        case 1: steps[0] &+= 1
        case 2: steps[1] ^= 3
        case 3: steps[2] &-= 5
        case 4: steps[3] |= 7
        case 5: fatalError("the planted bug is found")
        default: break
        }
    }
}

/// What the branches write to. libFuzzer calls from one thread.
nonisolated(unsafe) private var steps: [Int] = [0, 0, 0, 0]
