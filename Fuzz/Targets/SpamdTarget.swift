import SpamdProtocol

/// spamd's response to each method, and the header of a message that it returned.
let spamdTarget = FuzzTarget(name: "spamd") { input, plant in
    let piece = 1 + Int(input.last ?? 0) % 7
    for method in methods {
        let whole = response(to: method, input, piece: max(input.count, 1))
        require(response(to: method, input, piece: piece) == whole, method.rawValue + ": pieces make a difference")
        guard case .complete(let response, let body) = whole else { continue }
        require(input.starts(with: "SPAMD/".utf8), "a response that does not begin as one")
        require(response.bodyBytes == body.count, "the body's length")
        require(Array(input.suffix(body.count)) == body, "the body is not the input's end")
        switch method {
        case .process, .headers: require(!body.isEmpty, "an empty message")
        case .check, .symbols, .report, .reportIfSpam: require(response.verdict != nil, "no verdict")
        case .ping: break
        }
        if let verdict = response.verdict { check(verdict) }
        plant.step(on: body)
    }
    let header = headerVerdict(of: input, piece: max(input.count, 1))
    require(headerVerdict(of: input, piece: piece) == header, "header: pieces of \(piece) make a difference")
    if let header { check(header) }
}

private let methods: [SpamdMethod] = [.ping, .check, .symbols, .report, .reportIfSpam, .process, .headers]

private func check(_ verdict: SpamdVerdict) {
    require(!verdict.score.isNaN && (verdict.score.isFinite || verdict.isSpam), "the score")
    require(verdict.threshold.isFinite, "the threshold")
}

private enum Outcome: Equatable {
    case complete(SpamdResponse, body: [UInt8])
    case failed(SpamdFailure)
}

private func response(to method: SpamdMethod, _ input: [UInt8], piece: Int) -> Outcome {
    var parser = SpamdResponseParser(method: method)
    var body: [UInt8] = []
    do throws(SpamdFailure) {
        for start in stride(from: 0, to: input.count, by: piece) {
            let end = min(start + piece, input.count)
            let range = try parser.received(input.span.extracting(start..<end))
            require(range.upperBound == end - start, "the body does not reach to the end")
            body += input[(start + range.lowerBound)..<end]
            require(parser.bodyBytes == body.count, "the body's length")
        }
        return .complete(try parser.reachedEnd(), body: body)
    } catch {
        require(isLogText(error.description), "the description is not printable")
        return .failed(error)
    }
}

private func headerVerdict(of input: [UInt8], piece: Int) -> SpamdVerdict? {
    var reader = RewrittenHeaderReader()
    for start in stride(from: 0, to: input.count, by: piece) {
        reader.received(input.span.extracting(start..<min(start + piece, input.count)))
    }
    reader.reachedEnd()
    return reader.verdict
}
