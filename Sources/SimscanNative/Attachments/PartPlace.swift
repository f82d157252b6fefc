/// Where some bytes come from: the part, the containers that they were decoded from, and the check they belong to.
struct PartPlace {
    /// How many decoders may feed one another. Each costs a pass over its bytes, and honest mail has two or three.
    static let maximumDecodings = 12

    let state: CheckState
    /// `1.2.3`, and behind a colon the files inside one another.
    let path: String
    let decodings: Int
    /// Multiparts and messages around it.
    let depth: Int

    /// The place of what is decoded here.
    var decoded: PartPlace { PartPlace(state: state, path: path, decodings: decodings + 1, depth: depth) }

    /// Whether one more decoder may start; where it may not, the message is beyond the depth's limit.
    var mayDecode: Bool {
        if decodings < Self.maximumDecodings { return true }
        state.exceed(.depth)
        return false
    }

    /// The place of a file inside of this one.
    func inside(_ container: StaticString) -> PartPlace {
        let separator = path.utf8.contains(UInt8(ascii: ":")) ? "/" : ": "
        return PartPlace(
            state: state, path: path + separator + container.description, decodings: decodings, depth: depth)
    }

    /// A name in a header.
    func consider(_ name: [UInt8]) {
        state.consider(name) { path }
    }

    /// A name from inside of a part. Each counts as a header field, for each costs as much.
    func considerInner(_ name: [UInt8]) {
        state.countField()
        state.consider(name) { path }
    }
}
