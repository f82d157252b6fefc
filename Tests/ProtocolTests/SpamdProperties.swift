import SpamdProtocol
import Testing

/// What must hold for any response, so that a fuzzer can ask it too.
func checkResponse(_ bytes: [UInt8], to method: SpamdMethod, portion: Int) {
    let seen = outcome(of: bytes) { FedResponse(method) }
    let inPortions = outcome(of: bytes, cut: .portions(portion)) { FedResponse(method) }
    #expect(inPortions == seen, "\(method.rawValue) \(shown(bytes)) in portions of \(portion)")

    guard case .complete(let response, let body) = seen else { return }
    #expect(bytes.starts(with: "SPAMD/".utf8))
    #expect(response.bodyBytes == body.count)
    if method == .ping, ResponseCase.head(of: bytes) == nil { return }
    guard let head = ResponseCase.head(of: bytes) else {
        Issue.record("complete without a head: \(shown(bytes))")
        return
    }
    #expect(body.elementsEqual(bytes[head...]))
    let announced = ResponseCase.announcedLength(in: bytes[..<head])
    #expect(announced == nil || announced == body.count, "\(shown(bytes))")
    switch method {
    case .process, .headers: #expect(announced != nil && !body.isEmpty)
    case .check, .symbols, .report, .reportIfSpam: #expect(response.verdict != nil)
    case .ping: break
    }
    if let verdict = response.verdict {
        #expect(!verdict.score.isNaN && (verdict.score.isFinite || verdict.isSpam) && verdict.threshold.isFinite)
    }
}

/// A response that is right, in one of the many ways to write it, and what it says.
private struct RightResponse {
    var head: [UInt8]
    var body: [UInt8]
    var response: SpamdResponse

    init(to method: SpamdMethod, by generator: inout SeededGenerator) {
        let end = Bool.random(using: &generator) ? "\r\n" : "\n"
        func anyCase(_ text: String) -> String {
            String(text.map { Bool.random(using: &generator) ? Character($0.uppercased()) : $0 })
        }
        func blanks() -> String {
            String(
                repeating: Bool.random(using: &generator) ? " " : "\t", count: Int.random(in: 0...2, using: &generator))
        }
        let tenths = Int.random(in: -999...9_999, using: &generator)
        let isSpam = Bool.random(using: &generator)
        let sign = tenths < 0 ? "-" : ""
        let score = "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
        let yes = Bool.random(using: &generator) ? "true" : "yes"
        let no = Bool.random(using: &generator) ? "false" : "no"
        body = generator.garbage(upTo: 40)
        if method.returnsMessage { body.append(0) }

        var lines = [
            anyCase("spam") + ":" + blanks() + anyCase(isSpam ? yes : no) + blanks() + ";" + blanks() + score
                + blanks() + "/" + blanks() + "5.0" + blanks()
        ]
        if method.returnsMessage || Bool.random(using: &generator) {
            lines.append(anyCase("content-length") + ":" + blanks() + "\(body.count)" + blanks())
        }
        if Bool.random(using: &generator) { lines.append(anyCase("x-other") + ":" + blanks() + "anything") }
        lines.shuffle(using: &generator)
        lines.insert("SPAMD/1.\(Int.random(in: 0...9, using: &generator)) 0 EX_OK", at: 0)
        head = bytes((lines + [""]).map { $0 + end }.joined())
        response = SpamdResponse(
            verdict: SpamdVerdict(isSpam: isSpam, score: Double(tenths) / 10, threshold: 5),
            bodyBytes: Int64(body.count))
    }
}

private let scanning: [SpamdMethod] = [.check, .symbols, .report, .reportIfSpam, .process, .headers]

@Test func `a right response is understood in every way to write it, and none of its faults passes for another`() {
    var generator = SeededGenerator(seed: 4)
    for round in 0..<1_500 {
        let method = scanning[round % scanning.count]
        let right = RightResponse(to: method, by: &generator)
        let wire = right.head + right.body
        #expect(
            outcome(of: wire, by: { FedResponse(method) }) == .complete(right.response, body: right.body),
            "\(shown(wire))")
        let portion = Int.random(in: 1...30, using: &generator)
        checkResponse(wire, to: method, portion: portion)
        checkResponse(generator.mutated(wire), to: method, portion: portion)
        let cut = Int.random(in: 0..<wire.count, using: &generator)
        checkResponse(Array(wire[..<cut]), to: method, portion: portion)
    }
}

@Test func `garbage that looks like spamd's responses is complete only where the whole of it is`() {
    var generator = SeededGenerator(seed: 5)
    let words = [
        "SPAMD/1.1 0 EX_OK\r\n", "SPAMD/1.5 0 PONG\r\n", "SPAMD/", "1.1", " ", "0", "76", "EX_OK", "\r\n", "\r\n", "\n",
        "\r", "\0", "\t", "Spam: True ; 9 / 5\r\n", "Spam: False ; 1 / 5\r\n", "Spam:", "True", ";", "/", "nan", "inf",
        "Content-length: 3\r\n", "Content-length: 0\r\n", "Content-length:", "-1", "abc", "é",
    ]
    for round in 0..<3_000 {
        let method = (scanning + [.ping])[round % (scanning.count + 1)]
        let portion = Int.random(in: 1...9, using: &generator)
        let start = Bool.random(using: &generator) ? bytes("SPAMD/1.1 0 EX_OK\r\n") : []
        checkResponse(start + generator.soup(of: words, upTo: 8), to: method, portion: portion)
        checkResponse(start + generator.garbage(upTo: 20), to: method, portion: portion)
    }
}
