import Testing
import TrophieProtocol

/// What must hold for any answer to a path, so that a fuzzer can ask it too.
func checkTrophieReply(_ bytes: [UInt8], portion: Int) {
    let verdict = outcome(of: bytes) { FedTrophie() }
    let inPortions = outcome(of: bytes, cut: .portions(portion)) { FedTrophie() }
    #expect(inPortions == verdict, "\(shown(bytes)) in portions of \(portion)")

    let line = bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
    let isClean = line.elementsEqual("0".utf8) || line.starts(with: "0:".utf8)
    let isInfected = line.elementsEqual("1".utf8) || line.starts(with: "1:".utf8)
    #expect((verdict == .clean) == isClean, "\(shown(bytes)) gives \(verdict)")
    let saysInfected = if case .infected(let name) = verdict { !name.isEmpty } else { false }
    #expect(saysInfected == isInfected, "\(shown(bytes)) gives \(verdict)")
}

@Test func `garbage is clean only where its first line is the known answer`() {
    var generator = SeededGenerator(seed: 3)
    let words = ["0", "1", "-1", "-2", ":", "\n", "\0", "\r", " ", "0:", "1:", "EICAR", "FOUND", "+", "é"]
    for _ in 0..<5_000 {
        let portion = Int.random(in: 1...9, using: &generator)
        checkTrophieReply(generator.soup(of: words, upTo: 5), portion: portion)
        checkTrophieReply(generator.garbage(upTo: 8), portion: portion)
    }
}
