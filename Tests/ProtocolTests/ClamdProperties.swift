import ClamdProtocol
import Testing

/// What must hold for any answer to a scan, so that a fuzzer can ask it too.
func checkScanReply(_ bytes: [UInt8], to command: ClamdScanCommand, portion: Int) {
    let verdict = outcome(of: bytes) { FedScanReply(command) }
    let inPortions = outcome(of: bytes, cut: .portions(portion)) { FedScanReply(command) }
    #expect(inPortions == verdict, "\(shown(bytes)) in portions of \(portion)")

    let isInfected = if case .infected = verdict { true } else { false }
    #expect(isInfected == saysFound(bytes), "\(shown(bytes)) gives \(verdict)")
    #expect((verdict == .clean) == saysNothingButOK(bytes, to: command), "\(shown(bytes)) gives \(verdict)")
}

/// Whether a line, the last one complete or not, ends in the word FOUND; blanks behind it do not matter.
private func saysFound(_ bytes: [UInt8]) -> Bool {
    bytes.split(omittingEmptySubsequences: true) { $0 == 0 || $0 == UInt8(ascii: "\n") }
        .contains { line in
            let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
            return line.split(whereSeparator: blanks.contains).last?.elementsEqual("FOUND".utf8) ?? false
        }
}

/// Whether the known answer is all there is, once or several times.
private func saysNothingButOK(_ bytes: [UInt8], to command: ClamdScanCommand) -> Bool {
    guard bytes.last == 0 else { return false }
    return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).allSatisfy { line in
        switch command {
        case .instream:
            return line.elementsEqual("stream: OK".utf8)
        case .fildes:
            guard line.starts(with: "fd[".utf8), line.reversed().starts(with: "]: OK".utf8.reversed()) else {
                return false
            }
            let number = line.dropFirst(3).dropLast(5)
            return !number.isEmpty && number.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}

@Test func `garbage that looks like clamd's answers is clean only where nothing but OK is said`() {
    var generator = SeededGenerator(seed: 1)
    let words = [
        "stream: ", "stream: OK\0", "fd[", "7", "]: ", "fd[12]: OK\0", "OK", "FOUND", " FOUND\0", "ERROR", " ", "\t",
        "\r", "\n", "\0", "\0", "x", "Eicar", "INSTREAM size limit exceeded. ERROR\0", "COMMAND UNAVAILABLE\0",
    ]
    for _ in 0..<4_000 {
        let command = Bool.random(using: &generator) ? ClamdScanCommand.instream : .fildes
        let portion = Int.random(in: 1...9, using: &generator)
        checkScanReply(generator.soup(of: words, upTo: 6), to: command, portion: portion)
    }
}

@Test func `known answers with a fault in them, and any bytes at all, are never clean`() {
    var generator = SeededGenerator(seed: 2)
    let answers: [(ClamdScanCommand, [UInt8])] = [
        (.instream, bytes("stream: OK\0")), (.fildes, bytes("fd[12]: OK\0")),
        (.instream, bytes("stream: Eicar-Signature.UNOFFICIAL FOUND\0")),
        (.instream, bytes("INSTREAM size limit exceeded. ERROR\0")),
    ]
    for round in 0..<4_000 {
        let (command, answer) = answers[round % answers.count]
        let portion = Int.random(in: 1...9, using: &generator)
        checkScanReply(generator.mutated(answer), to: command, portion: portion)
        checkScanReply(generator.garbage(upTo: 30), to: command, portion: portion)
    }
}
