import SpamdProtocol
import Testing

/// What must hold for any returned message, so that a fuzzer can ask it too.
func checkHeader(_ bytes: [UInt8], portion: Int) {
    let verdict = outcome(of: bytes) { FedHeader() }
    let inPortions = outcome(of: bytes, cut: .portions(portion)) { FedHeader() }
    #expect(inPortions == verdict, "\(shown(bytes)) in portions of \(portion)")
    // Whatever stands behind the header makes no difference.
    let header = wholeHeader(of: bytes)
    #expect(outcome(of: header, by: { FedHeader() }) == verdict, "\(shown(bytes))")
    let spam = "\nX-Spam-Flag: YES\nX-Spam-Status: Yes, score=9 required=5\n\n"
    if header.count < bytes.count {
        let more = outcome(of: bytes + Array(spam.utf8), cut: .portions(portion)) { FedHeader() }
        #expect(more == verdict, "\(shown(bytes))")
    }
    if verdict != nil {
        let text = String(decoding: header, as: UTF8.self).lowercased()
        #expect(text.contains("x-spam-"), "\(shown(bytes))")
    }
}

/// All lines before the first that neither names a field nor goes on with one.
private func wholeHeader(of bytes: [UInt8]) -> [UInt8] {
    var end = 0
    while end < bytes.count {
        let line = bytes[end...].prefix { $0 != UInt8(ascii: "\n") }
        let isContinued = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
        guard isContinued || line.contains(UInt8(ascii: ":")) else { break }
        end = min(line.endIndex + 1, bytes.count)
    }
    return Array(bytes[..<end])
}

@Test func `of a returned message only the header counts, in whatever pieces it comes`() {
    var generator = SeededGenerator(seed: 6)
    let words = [
        "X-Spam-Flag:", "x-spam-flag: yes\n", "X-Spam-Flag: NO\r\n", "X-Spam-Status:", "X-SPAM-STATUS : Yes,",
        "Yes", "No,", " score=", " hits=", "15.3", " required=5.0", "\n", "\n", "\r\n", "\n\t", "\r\n ", " ", ":",
        "Subject: x\n", "X-Spam-Status: No, score=1 required=5\n", "\0", "\r", "nan", "inf", "é",
    ]
    for _ in 0..<3_000 {
        let portion = Int.random(in: 1...9, using: &generator)
        checkHeader(generator.soup(of: words, upTo: 12), portion: portion)
        checkHeader(generator.garbage(upTo: 30), portion: portion)
    }
}

@Test func `a verdict that was written is the one that is read`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<1_500 {
        let isSpam = Bool.random(using: &generator)
        let tenths = Int.random(in: 0...9_999, using: &generator)
        let end = Bool.random(using: &generator) ? "\r\n" : "\n"
        func blank() -> String {
            [" ", "\t", end + " ", end + "\t", " " + end + "\t "][Int.random(in: 0..<5, using: &generator)]
        }
        let name = Bool.random(using: &generator) ? "score" : "hits"
        let status =
            "X-Spam-Status:" + blank() + (isSpam ? "Yes," : "No,") + blank() + "\(name)=\(tenths / 10).\(tenths % 10)"
            + blank() + "required=5.0" + blank() + "tests=A,B" + end
        var lines = [status, "Subject:" + blank() + "x" + end, "X: " + String(repeating: "y", count: 600) + end]
        if Bool.random(using: &generator) { lines.append("X-Spam-Flag:" + blank() + (isSpam ? "YES" : "NO") + end) }
        lines.shuffle(using: &generator)
        let message = bytes(lines.joined() + end + "X-Spam-Flag: \(isSpam ? "NO" : "YES")" + end)
        let portion = Int.random(in: 1...700, using: &generator)
        #expect(
            outcome(of: message, cut: .portions(portion), by: { FedHeader() })
                == SpamdVerdict(isSpam: isSpam, score: Double(tenths) / 10, threshold: 5), "\(shown(message))")
        checkHeader(message, portion: portion)
    }
}
