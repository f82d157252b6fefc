import SimscanNative

extension Explanation {
    /// For people: the look-ups, then the values.
    func text(for terminal: Terminal) -> String {
        let title = "Mail from " + Self.address(sender) + " to " + recipients.map(Self.address).joined(separator: ", ")
        var text = terminal.styled(title, .bold) + "\n\n"
        if settings.perDomain {
            text += lookUpTable.text(for: terminal) + "\n"
        } else {
            text += "per-domain = no: the settings hold for everybody.\n\n"
        }
        text += valueTable.text(for: terminal)
        let notes = notes
        if !notes.isEmpty { text += "\n" + notes.map { $0 + "\n" }.joined() }
        return text
    }

    private var lookUpTable: Table {
        var table = Table([.left("looked up"), .left("key"), .left("found"), .text("record")])
        for lookUp in lookUps {
            let who =
                switch lookUp.party {
                case .everybody: "everybody"
                case .sender: "sender"
                case .recipient(let index): recipients.count == 1 ? "recipient" : "recipient \(index + 1)"
                }
            let found = lookUp.found
            table.add([
                .init(who), .init(lookUp.key.isEmpty ? "(default)" : SafeText.text(lookUp.key)),
                .init(found?.place ?? "-", found == nil ? .dim : .cyan),
                .init(found.map { SafeText.text($0.text) } ?? ""),
            ])
        }
        return table
    }

    private var valueTable: Table {
        var table = Table([.left("value"), .left("is"), .left("set by"), .text("in place of")])
        for value in values {
            let isOff = value.value == "no" || value.value == "none"
            table.add([
                .init(value.name), .init(SafeText.text(value.value), isOff ? .dim : .bold),
                .init(Self.text(value.setBy)), .init(Self.text(value.inPlaceOf), .dim),
            ])
        }
        return table
    }

    private var notes: [String] {
        var notes = values.compactMap { value in value.remark.map { value.name + ": " + $0 } }
        if let relay = relayEffect {
            let why = relay.because.text
            switch (isRelay, relay.skipsSpam) {
            case (true, true): notes.append("spam: not scanned for this client, which has RELAYCLIENT (" + why + ")")
            case (true, false): notes.append("spam: scanned though the client has RELAYCLIENT (" + why + ")")
            case (false, true):
                notes.append("spam: a client with RELAYCLIENT would not be scanned for it (" + why + ")")
            case (false, false): break
            }
        }
        return notes
    }

    static func address(_ address: [UInt8]) -> String { address.isEmpty ? "<>" : SafeText.text(address) }

    private static func text(_ contributions: [Contribution]) -> String {
        contributions.map(\.text).joined(separator: "; ")
    }
}

extension FoundRecord {
    /// `simcontrol:3`.
    var place: String { line.map { "simcontrol:" + String($0) } ?? "simcontrol.cdb" }
}

extension Contribution {
    /// Where it was said, and what.
    var text: String {
        let said = SafeText.text(name + "=" + value)
        return place.map { $0 + " " + said } ?? "no record names it"
    }

    /// `simcontrol:3`, `simscan.conf:7`, `ssattach`, `default`; nil where nobody said it.
    var place: String? {
        switch origin {
        case .unsaid: nil
        case .standard: "default"
        case .setting(_, let line): line.map { "simscan.conf:" + String($0) } ?? "simscan.cdb"
        case .record(let record):
            record.place + " " + (record.key.isEmpty ? "(default)" : SafeText.text(record.key))
        case .suffixList: "ssattach"
        }
    }
}
