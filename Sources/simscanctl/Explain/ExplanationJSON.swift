import SimscanNative

extension Explanation {
    /// For programs.
    var json: JSON {
        .object([
            ("from", .bytes(sender)),
            ("to", .array(recipients.map(JSON.bytes))),
            ("per_domain", .bool(settings.perDomain)),
            ("relay", relayJSON),
            ("lookups", .array(lookUps.map(\.json))),
            ("values", .array(values.map(\.json))),
        ])
    }

    private var relayJSON: JSON {
        .object([
            ("client", .bool(isRelay)),
            ("skips_spam_scan", .bool(relayEffect?.skipsSpam ?? false)),
        ])
    }
}

extension LookUp {
    fileprivate var json: JSON {
        let who: (String, JSON) =
            switch party {
            case .everybody: ("everybody", .null)
            case .sender: ("sender", .null)
            case .recipient(let index): ("recipient", .integer(index + 1))
            }
        return .object([
            ("party", .string(who.0)), ("recipient", who.1), ("key", .bytes(key)),
            ("line", found?.line.map(JSON.integer) ?? .null), ("record", found.map { .bytes($0.text) } ?? .null),
        ])
    }
}

extension ExplainedValue {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("value", .string(value)), ("set_by", .array(setBy.map(\.json))),
            ("in_place_of", .array(inPlaceOf.map(\.json))), ("remark", remark.map(JSON.string) ?? .null),
        ])
    }
}

extension Contribution {
    fileprivate var json: JSON {
        var place: (file: JSON, line: JSON, key: JSON) = (.null, .null, .null)
        switch origin {
        case .unsaid, .standard: break
        case .setting(_, let line):
            place = (.string(line == nil ? "simscan.cdb" : "simscan.conf"), line.map(JSON.integer) ?? .null, .null)
        case .record(let record):
            let file = record.line == nil ? "simcontrol.cdb" : "simcontrol"
            place = (.string(file), record.line.map(JSON.integer) ?? .null, .bytes(record.key))
        case .suffixList: place.file = .string("ssattach")
        }
        return .object([
            ("file", place.file), ("line", place.line), ("key", place.key), ("name", .string(name)),
            ("value", .string(value)),
        ])
    }
}
