import TrophieProtocol

/// trophie's answer to a path.
let trophieTarget = FuzzTarget(name: "trophie") { input, plant in
    let whole = verdict(of: input, piece: max(input.count, 1))
    let piece = 1 + Int(input.last ?? 0) % 7
    require(verdict(of: input, piece: piece) == whole, "pieces of \(piece) make a difference")

    let line = input.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
    let isTooLong = line.count > TrophieReply.maximumLineBytes
    let isClean = !isTooLong && (line.elementsEqual("0".utf8) || line.starts(with: "0:".utf8))
    let isInfected = !isTooLong && (line.elementsEqual("1".utf8) || line.starts(with: "1:".utf8))
    require((whole == .clean) == isClean, "clean")
    switch whole {
    case .clean: break
    case .infected(let name):
        require(isInfected && !name.isEmpty, "infected")
        plant.step(on: name)
    case .failed(let failure):
        require(!isInfected, "an infection is taken for a failure")
        require(isLogText(failure.description), "the description is not printable")
    }
}

private func verdict(of input: [UInt8], piece: Int) -> TrophieVerdict {
    var reply = TrophieReply()
    for start in stride(from: 0, to: input.count, by: piece) {
        if let verdict = reply.received(input.span.extracting(start..<min(start + piece, input.count))) {
            require(reply.reachedEnd() == verdict, "the end changes a verdict")
            return verdict
        }
    }
    return reply.reachedEnd()
}
