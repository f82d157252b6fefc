/// Times in buckets that grow with them, so that every percentile is right to 2 % in a fixed memory.
struct TimeHistogram {
    /// Buckets for each doubling.
    private static let perOctave = 32
    /// Up to 2^40 microseconds, twelve days.
    private static let octaves = 36

    private var buckets = [Int](repeating: 0, count: perOctave * (octaves + 1))
    private(set) var count = 0
    private(set) var sum = 0.0
    private(set) var maximum = 0.0

    mutating func add(seconds: Double) {
        guard seconds >= 0, seconds < 1e6 else { return }
        count += 1
        sum += seconds
        maximum = max(maximum, seconds)
        buckets[Self.index(UInt64(seconds * 1e6))] += 1
    }

    /// The time that this share of all is at or below.
    func percentile(_ share: Double) -> Double {
        let wanted = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (index, number) in buckets.enumerated() where number > 0 {
            seen += number
            if seen >= wanted { return min(maximum, Self.middle(index)) }
        }
        return 0
    }

    /// How many are between these times.
    func count(from low: Double, to high: Double) -> Int {
        var result = 0
        for (index, number) in buckets.enumerated() where number > 0 {
            let middle = Self.middle(index)
            if middle >= low && middle < high { result += number }
        }
        return result
    }

    private static func index(_ microseconds: UInt64) -> Int {
        guard microseconds >= UInt64(perOctave) else { return Int(microseconds) }
        let octave = 63 - microseconds.leadingZeroBitCount
        let step = Int(microseconds >> UInt64(octave - 5)) - perOctave
        return min((octave - 4) * perOctave + step, perOctave * (octaves + 1) - 1)
    }

    private static func middle(_ index: Int) -> Double {
        guard index >= perOctave else { return Double(index) / 1e6 }
        let octave = index / perOctave - 1
        let step = Double(index % perOctave + perOctave) + 0.5
        return step * Double(1 << octave) / 1e6
    }
}
