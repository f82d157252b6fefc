import SimscanNative

/// What the records of one policy say, name by name, each name with everybody who named it.
///
/// With `per-domain-merge = last` a message has one trail, with `strictest` one for each recipient.
struct Trail {
    /// In the order of the look-ups: the last one counts.
    private var said: [SimcontrolName: [Contribution]] = [:]
    /// What the last ones say together.
    private(set) var record = SimcontrolRecord()

    /// Of no records.
    init() {}

    /// - Throws: `SimcontrolError` where a record has a value that it cannot have.
    init(_ records: [FoundRecord]) throws(SimcontrolError) {
        for record in records {
            for (name, value) in simcontrolValues(record.text) {
                let contribution = Contribution(name: name.rawValue, value: value, origin: .record(record))
                if said[name]?.last?.origin == contribution.origin { said[name]?.removeLast() }
                said[name, default: []].append(contribution)
            }
        }
        for name in SimcontrolName.allCases {
            guard let winner = said[name]?.last else { continue }
            do throws(SettingError) {
                try record.set(name, winner.value)
            } catch {
                throw SimcontrolError(name: name, error: error)
            }
        }
    }

    /// Everybody who named it, the last one first.
    func contributions(_ name: SimcontrolName) -> [Contribution] { (said[name] ?? []).reversed() }
}
