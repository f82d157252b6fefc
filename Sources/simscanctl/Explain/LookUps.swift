import SimscanNative

/// One question to the records.
struct LookUp {
    let party: FoundRecord.Party
    /// Empty for the default record.
    let key: [UInt8]
    /// Nil where there is none.
    let found: FoundRecord?
}

/// All questions for one envelope, in the order in which the filter asks them (simcontrol(5)).
///
/// - Parameters:
///   - text: the text of a key's record; nil where there is none.
///   - line: where a record of this key and text stands in the source.
func lookUps<Failure: Error>(
    sender: [UInt8]?, recipients: [[UInt8]], text: ([UInt8]) throws(Failure) -> [UInt8]?,
    line: ([UInt8], [UInt8]) -> Int?
) throws(Failure) -> [LookUp] {
    var result: [LookUp] = []
    func ask(_ party: FoundRecord.Party, _ key: [UInt8]) throws(Failure) {
        let found = try text(key).map { text in
            FoundRecord(party: party, key: key, text: text, line: line(key, text))
        }
        result.append(LookUp(party: party, key: key, found: found))
    }
    func ask(_ party: FoundRecord.Party, address: [UInt8]) throws(Failure) {
        let keys = SimcontrolKeys(address)
        if !keys.domain.isEmpty { try ask(party, keys.domain) }
        try keys.forEachAddress { (key) throws(Failure) in try ask(party, key) }
    }
    try ask(.everybody, [])
    if let sender { try ask(.sender, address: sender) }
    for (index, recipient) in recipients.enumerated() { try ask(.recipient(index), address: recipient) }
    return result
}
