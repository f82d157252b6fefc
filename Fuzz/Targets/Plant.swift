/// A bug planted for the purpose: a fuzzer that does not find it finds nothing else either.
///
/// It stands behind the parser, in what the parser made of the input, and wants four bytes that are right: by chance
/// one place in four thousand million. Instrumented code tells libFuzzer what was compared with what, which is how it
/// comes to the word; code without coverage tells nothing.
struct Plant: Sendable {
    let isOn: Bool

    private static let word: UInt32 = 0x6275_6721

    /// Traps where the planted bug is on and the word `bug!` stands in the text.
    func step(on text: some Sequence<UInt8>) {
        guard isOn else { return }
        var window: UInt32 = 0
        for byte in text.prefix(256) {
            window = window << 8 | UInt32(byte)
            if window == Self.word { fatalError("the planted bug is found") }
        }
    }
}
