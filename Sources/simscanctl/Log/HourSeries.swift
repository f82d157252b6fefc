/// Verdicts by the hour; by the day or the month where there would be too many.
struct HourSeries {
    /// One row of the series.
    struct Row {
        /// Unix seconds.
        var start: Int64
        /// By `LogGroup`.
        var counts: [Int]

        var total: Int { counts.reduce(0, +) }
    }

    /// More than two years of hours; a log of years does not cost more.
    private static let limit = 20_000
    private static let hour: Int64 = 3600

    /// Seconds in a row.
    private(set) var width = hour
    private var counts: [Int64: [Int]] = [:]
    private var current: (number: Int64, counts: [Int])?

    mutating func add(_ time: Int64, _ group: LogGroup) {
        let number = time / width
        if current?.number != number {
            flush()
            current = (number, [Int](repeating: 0, count: LogGroup.allCases.count))
        }
        current?.counts[group.rawValue] += 1
    }

    /// The rows in order, those without a message left out.
    mutating func rows() -> [Row] {
        flush()
        return counts.keys.sorted().map { Row(start: $0 * width, counts: counts[$0] ?? []) }
    }

    /// The rows in order, none left out, so wide that there are at most so many.
    mutating func rows(atMost maximum: Int) -> (rows: [Row], width: Int64) {
        let all = rows()
        guard let first = all.first, let last = all.last else { return ([], width) }
        let steps: [Int64] = [1, 2, 3, 6, 12, 24, 168, 720, 8760, 87600]
        var wider = width
        for step in steps where step * Self.hour >= width {
            wider = step * Self.hour
            if (last.start / wider - first.start / wider) < Int64(maximum) { break }
        }
        let start = first.start / wider
        let count = min(Int(last.start / wider - start) + 1, maximum)
        var result = (0..<count).map {
            Row(start: (start + Int64($0)) * wider, counts: [Int](repeating: 0, count: LogGroup.allCases.count))
        }
        for row in all {
            let index = min(Int(row.start / wider - start), count - 1)
            for group in row.counts.indices { result[index].counts[group] += row.counts[group] }
        }
        return (result, wider)
    }

    private mutating func flush() {
        guard let (number, added) = current else { return }
        current = nil
        Self.add(added, to: &counts, at: number)
        guard counts.count > Self.limit else { return }
        let factor: Int64 = width == Self.hour ? 24 : 30
        width *= factor
        var coarser: [Int64: [Int]] = [:]
        for (number, row) in counts { Self.add(row, to: &coarser, at: number / factor) }
        counts = coarser
    }

    private static func add(_ added: [Int], to counts: inout [Int64: [Int]], at number: Int64) {
        guard var row = counts[number] else {
            counts[number] = added
            return
        }
        for index in row.indices { row[index] += added[index] }
        counts[number] = row
    }
}
