import SimscanNative

/// The bytes of descriptor 1, up to the final NUL.
let envelopeTarget = FuzzTarget(name: "envelope") { input, plant in
    let whole = outcome(of: input, piece: max(input.count, 1))
    let piece = 1 + Int(input.first ?? 0) % 7
    require(outcome(of: input, piece: piece) == whole, "pieces of \(piece) make a difference")
    guard case .complete(let envelope) = whole else { return }

    // What was read is the input's beginning, and its parts make the whole.
    require(input.starts(with: envelope.bytes), "the bytes are not the input's")
    var again = [UInt8(ascii: "F")] + envelope.address(envelope.sender) + [0]
    for recipient in envelope.recipients { again += [UInt8(ascii: "T")] + envelope.address(recipient) + [0] }
    require(again + [0] == envelope.bytes, "the addresses do not make the envelope")
    require(!envelope.recipients.isEmpty, "no recipient")
    for address in [envelope.sender] + envelope.recipients {
        require(address.count <= EnvelopeParser.maximumAddressBytes, "a long address")
        require(!envelope.address(address).contains(0), "a NUL in an address")
    }
    plant.step(on: envelope.address(envelope.recipients[0]))
}

private enum Outcome: Equatable {
    case complete(Envelope)
    case failed(EnvelopeError)
}

private func outcome(of input: [UInt8], piece: Int) -> Outcome {
    var parser = EnvelopeParser()
    do throws(EnvelopeError) {
        for start in stride(from: 0, to: input.count, by: piece) {
            let span = input.span.extracting(start..<min(start + piece, input.count))
            if let envelope = try parser.received(span) { return .complete(envelope) }
        }
        try parser.reachedEnd()
    } catch {
        return .failed(error)
    }
}
