/// What clamd says of its version: `ClamAV 1.4.6/27000/Sat Nov 21 …`, without the rest where it has no official database.
package struct ClamdVersion: Equatable, Sendable {
    /// The engine's version, `1.4.6`: 1 to ``maximumEngineBytes`` bytes of printable ASCII without blanks.
    package var engine: [UInt8]
    /// The database's version, `27000`; nil where clamd names none.
    package var database: Int?

    /// A longer version is no version.
    package static let maximumEngineBytes = 64

    /// Both by themselves.
    package init(engine: [UInt8], database: Int?) {
        self.engine = engine
        self.database = database
    }

    /// Takes an answer apart; nil where it does not begin with `ClamAV ` and a version.
    ///
    /// - Parameter reply: what ``ClamdVersionReply`` returned.
    package init?(reply: [UInt8]) {
        guard let rest = reply[...].after(prefix: "ClamAV ") else { return nil }
        let slash = UInt8(ascii: "/")
        let parts = rest.split(separator: slash, maxSplits: 2, omittingEmptySubsequences: false)
        guard let engine = parts.first, !engine.isEmpty, engine.count <= Self.maximumEngineBytes,
            engine.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.engine = Array(engine)
        database = parts.count > 1 ? decimal(parts[1]) : nil
    }
}

/// A number in digits alone; nil for anything else, and for one that an Int does not hold.
func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for byte in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        let (tens, overTens) = value.multipliedReportingOverflow(by: 10)
        let (sum, overSum) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
        guard !overTens, !overSum else { return nil }
        value = sum
    }
    return value
}
