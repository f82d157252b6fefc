/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Up to `count` bytes of any value.
    mutating func garbage(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Up to `count` of the words, one after the other: garbage that looks like the protocol.
    mutating func soup(of words: [String], upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).flatMap { _ in word(of: words) }
    }

    /// One of the words.
    mutating func word(of words: [String]) -> [UInt8] {
        Array(words[Int.random(in: 0..<words.count, using: &self)].utf8)
    }

    /// The bytes with one of them changed, removed, doubled, or another put in.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &self)] }
        var result = bytes
        let place = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<4, using: &self) {
        case 0: result[place] = UInt8.random(in: 0...255, using: &self)
        case 1: result.remove(at: place)
        case 2: result.insert(result[place], at: place)
        default: result.insert(UInt8.random(in: 0...255, using: &self), at: place)
        }
        return result
    }
}
