/// The name of the list that takes the fewest edits to reach, and how many, where it is near enough to be meant.
///
/// An edit inserts, removes or replaces one character, or swaps two neighbours; case and `_` for `-` count nothing.
/// Near enough is half of the longer name's length.
package func nearestName(to name: String, among names: [String]) -> (name: String, edits: Int)? {
    var best: (name: String, edits: Int)?
    let found = folded(name)
    for candidate in names {
        let known = folded(candidate)
        let edits = editDistance(found, known)
        if edits * 2 <= max(found.count, known.count), edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    return best
}

private func folded(_ name: String) -> [UInt8] {
    name.lowercased().utf8.prefix(100).map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
}

/// The optimal string alignment distance.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var edits = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { edits = min(edits, before[j - 1] + 1) }
            row.append(edits)
        }
        before = last
        last = row
    }
    return last[b.count]
}
