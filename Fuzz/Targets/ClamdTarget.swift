import ClamdProtocol

/// clamd's answers: to INSTREAM and FILDES, in a session, and to VERSION.
let clamdTarget = FuzzTarget(name: "clamd") { input, plant in
    let piece = 1 + Int(input.last ?? 0) % 7
    for command in [ClamdScanCommand.instream, .fildes] {
        let verdict = scanVerdict(of: input, to: command, piece: max(input.count, 1))
        require(scanVerdict(of: input, to: command, piece: piece) == verdict, "pieces of \(piece) make a difference")
        switch verdict {
        case .clean:
            require(saysNothingButOK(input, to: command), "clean, and not the known answer")
        case .infected(let name):
            require(saysFound(input), "infected without FOUND")
            require(!name.isEmpty, "a virus without a name")
            if command == .instream { plant.step(on: name) }
        case .sizeLimitExceeded:
            break
        case .failed(let failure):
            require(isLogText(failure.description), "the description is not printable")
        }
        if saysFound(input), input.count < ClamdLimits.lineBytes {
            require(verdict.isInfected, "FOUND is not an infection")
        }
        require(
            sessionReplies(to: input, command: command, piece: piece)
                == sessionReplies(to: input, command: command, piece: max(input.count, 1)),
            "a session: pieces of \(piece) make a difference")
    }
    let version = versionText(of: input, piece: max(input.count, 1))
    require(versionText(of: input, piece: piece) == version, "version: pieces of \(piece) make a difference")
}

extension ClamdVerdict {
    fileprivate var isInfected: Bool {
        if case .infected = self { true } else { false }
    }
}

private func scanVerdict(of input: [UInt8], to command: ClamdScanCommand, piece: Int) -> ClamdVerdict {
    var reply = ClamdScanReply(command: command)
    for start in stride(from: 0, to: input.count, by: piece) {
        if let verdict = reply.received(input.span.extracting(start..<min(start + piece, input.count))) {
            require(reply.reachedEnd() == verdict, "the end changes a verdict")
            return verdict
        }
    }
    return reply.reachedEnd()
}

/// The replies of a session, and whether it failed; more than this many bytes for one is never held.
private func sessionReplies(to input: [UInt8], command: ClamdScanCommand, piece: Int) -> [ClamdSessionReply] {
    var session = ClamdSessionReplies(command: command)
    var replies: [ClamdSessionReply] = []
    for start in stride(from: 0, to: input.count, by: piece) {
        replies += session.received(input.span.extracting(start..<min(start + piece, input.count)))
    }
    do throws(ClamdFailure) { try session.reachedEnd() } catch {
        require(isLogText(error.description), "the description is not printable")
    }
    return replies
}

private func versionText(of input: [UInt8], piece: Int) -> [UInt8]? {
    var reply = ClamdVersionReply()
    for start in stride(from: 0, to: input.count, by: piece) {
        if reply.received(input.span.extracting(start..<min(start + piece, input.count))) { break }
    }
    do throws(ClamdFailure) { return try reply.reachedEnd() } catch { return nil }
}

/// Whether a line, the last one complete or not, ends in the word FOUND; blanks behind it do not matter.
private func saysFound(_ bytes: [UInt8]) -> Bool {
    let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
    return bytes.split { $0 == 0 || $0 == UInt8(ascii: "\n") }.contains { line in
        line.split(whereSeparator: blanks.contains).last?.elementsEqual("FOUND".utf8) ?? false
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
