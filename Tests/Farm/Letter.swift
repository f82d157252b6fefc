import Fakes

/// One message that goes through the farm, with an id of its own.
struct Letter: Sendable {
    enum Kind: Int, CaseIterable {
        case clean, virus, spam
    }

    let id: Int
    let kind: Kind
    /// How many bytes follow that mean nothing; none or more than 500.
    let padding: Int

    /// The id-th one, of these kinds in turn.
    init(_ id: Int, _ kinds: [Kind] = Kind.allCases, padding: Int = 0) {
        self.id = id
        kind = kinds[id % kinds.count]
        self.padding = padding
    }

    var message: [UInt8] {
        let base: [UInt8] =
            switch kind {
            case .clean: SampleMessages.clean
            case .virus: SampleMessages.eicar
            case .spam: SampleMessages.gtube
            }
        return Array("X-Farm: \(id).\n".utf8) + base + (padding > 0 ? SampleMessages.filler(bytes: padding) : [])
    }

    var envelope: Envelope { Envelope(from: "a\(id)@example.org", to: ["b\(id)@example.com"]) }

    /// The exit status of the true verdict.
    var status: Int32 { kind == .clean ? 0 : 31 }

    /// Whether this is what the queue has to have: all of it, with nothing but spamd's fields in front.
    func isWhole(_ queued: QueuedMessage) -> Bool {
        let message = message
        return queued.envelopeBytes == envelope.bytes && queued.message.suffix(message.count) == message[...]
            && (queued.message.count == message.count || queued.message.starts(with: Array("X-Spam-".utf8)))
    }
}
