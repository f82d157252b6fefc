/// A bug planted for the purpose: a fuzzer that does not find it finds nothing else either.
///
/// It stands behind the parser, in what the parser made of the input. Each byte of the word that is right is a
/// branch of its own, which guidance by coverage climbs up; by chance alone one input in 16 million comes to it.
struct Plant: Sendable {
    let isOn: Bool

    /// Traps where the planted bug is on and the word `bug` stands in the text.
    func step(on text: some Sequence<UInt8>) {
        guard isOn else { return }
        var right = 0
        for byte in text.prefix(256) {
            right = next(right, byte)
            if right == 3 { fatalError("the planted bug is found") }
        }
    }

    /// One branch for each byte, each with an effect of its own, lest they be folded into one comparison.
    @inline(never)
    private func next(_ right: Int, _ byte: UInt8) -> Int {
        if right == 2, byte == UInt8(ascii: "g") {
            steps &-= 5
            return 3
        }
        if right == 1, byte == UInt8(ascii: "u") {
            steps ^= 3
            return 2
        }
        if byte == UInt8(ascii: "b") {
            steps &+= 1
            return 1
        }
        return 0
    }
}

/// What the branches write to. libFuzzer calls from one thread.
nonisolated(unsafe) private var steps = 0
