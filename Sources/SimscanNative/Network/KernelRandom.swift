/// Random numbers of good enough a spread, for one system call in all (`getrandom(2)`).
///
/// What begins with the kernel's bytes goes on by SplitMix64: two filters that start at the same time must not
/// choose the same host, but nobody's secret depends on it.
struct KernelRandom: RandomNumberGenerator {
    private var state: UInt64?

    mutating func next() -> UInt64 {
        var kernel = SystemRandomNumberGenerator()
        let state = (self.state ?? kernel.next()) &+ 0x9e37_79b9_7f4a_7c15
        self.state = state
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
