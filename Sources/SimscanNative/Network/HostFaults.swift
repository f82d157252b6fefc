/// What became of each host that did not answer, for the one line of the log.
struct HostFaults {
    /// In the order of the first fault; a host that was tried again has its last one.
    private var faults: [(host: String, text: String)] = []

    mutating func note(_ host: String, _ text: String) {
        if let index = faults.firstIndex(where: { $0.host == host }) {
            faults[index].text = text
        } else {
            faults.append((host, text))
        }
    }

    /// For a host of which nothing is known yet.
    mutating func noteFirst(_ host: String, _ text: String) {
        if !faults.contains(where: { $0.host == host }) { faults.append((host, text)) }
    }

    /// `HOST: TEXT; HOST: TEXT`
    var text: String { faults.map { $0.host + ": " + $0.text }.joined(separator: "; ") }
}
