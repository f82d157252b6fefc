import SimscanNative

extension Trial {
    /// For programs.
    var json: JSON {
        let envelope = source.envelope
        return .object([
            ("message", .string(source.name)), ("bytes", .integer(source.message.size)),
            ("from", .bytes(envelope.address(envelope.sender))),
            ("to", .array(envelope.recipients.map { .bytes(envelope.address($0)) })),
            ("client", client.map(JSON.string) ?? .null),
            ("parts", .array(inspection.parts.map(\.json))),
            ("missing", inspection.missing.map(JSON.string) ?? .null),
            ("scanners", .array(scanners.map(\.json))),
            ("score", spam { .number($0.score) }), ("threshold", spam { .number($0.threshold) }),
            ("verdict", .string(verdict.word)), ("action", .string(action)),
            ("reason", .string(verdict.reason(findings, policy))), ("reply", .string(verdict.smtpReply)),
            ("notes", .array(verdict.notes.map(JSON.string))), ("log", .string(logLine)),
            ("milliseconds", .number(Double(elapsed.nanoseconds) / 1e6)),
        ])
    }

    private func spam(_ value: (_ spam: (score: Double, threshold: Double)) -> JSON) -> JSON {
        guard case .scored(let spam) = findings.spam else { return .null }
        return value((spam.score, spam.threshold))
    }

    private var action: String {
        switch verdict.action {
        case .deliver: "deliver"
        case .refuse: "refuse"
        case .drop: "drop"
        case .tryLater: "defer"
        }
    }
}

extension InspectedPart {
    fileprivate var json: JSON {
        .object([
            ("part", .string(path)), ("depth", .integer(depth)), ("type", .string(type)),
            ("encoding", encoding.map(JSON.string) ?? .null),
            ("fields", .array(fields.map { .object([("name", .string($0.name)), ("value", .bytes($0.value))]) })),
            ("names", .array(names.map(\.json))), ("inside", .array(inside.map(\.json))),
        ])
    }
}

extension InspectedName {
    fileprivate var json: JSON {
        .object([
            ("name", .bytes(name)), ("part", .string(part)), ("refused_by", rule.map(JSON.bytes) ?? .null),
            ("is_kind", .bool(isKind)),
        ])
    }
}

extension ScannerReport {
    fileprivate var json: JSON {
        .object([
            ("scanner", .string(name)), ("host", host.map(JSON.string) ?? .null), ("verdict", .string(verdict)),
            ("detail", .bytes(detail)),
            ("milliseconds", elapsed.map { .number(Double($0.nanoseconds) / 1e6) } ?? .null),
        ])
    }
}
