/// Messages that are made to cost a parser much time or memory, each named after what there is much of.
package enum HostileShape: String, CaseIterable {
    case plainBase64, oneLineParts, partsWithHeader, tinyFields, longField, foldedField, levels, levelsWithDashes
    case dashes, dashesMatchingLong, longDashes, messages, preamble, longLine, newlines, bareCR, junkHeader, semicolons,
        equalsSigns
    case quotes, encodedWords, continuations, comments, boundaries, patch, guesses, crHeader, contentTypes, backslashes
    case longLineHeader, prefixes

    /// A message of at least this many bytes.
    package func message(size: Int) -> [UInt8] {
        let multipart = "From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        let base64 = String(repeating: "QUJDREVGR0hJSktM", count: 4) + "QUJDREVGR0hJ\n"
        let named = "From: a@b\nContent-Disposition: attachment; "
        switch self {
        case .plainBase64:
            return repeated(
                multipart + "--b\nContent-Type: application/zip; name=x.zip\nContent-Transfer-Encoding: base64\n\n",
                base64, size)
        case .oneLineParts: return repeated(multipart, "--b\n", size)
        case .partsWithHeader: return repeated(multipart, "--b\nContent-Type: text/plain; name=a.txt\n\nx\n", size)
        case .tinyFields: return repeated("From: a@b\n", "a:\n", size)
        case .longField: return repeated(named + "filename=", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", size)
        case .foldedField: return repeated(named + "filename=\n", " a\n", size)
        case .levels: return nested(1000, then: "x\n", size)
        case .levelsWithDashes: return nested(999, then: "--\n", size)
        case .dashes: return repeated(multipart, "--\n", size)
        case .dashesMatchingLong: return nested(999, then: "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n", size)
        case .longDashes: return repeated(multipart, "--b" + String(repeating: " ", count: 60_000) + "x\n", size)
        case .messages: return repeated("From: a@b\n", "Content-Type: message/rfc822\n\n", size)
        case .preamble: return repeated(multipart, "preamble of some length, in plain words, without an end\n", size)
        case .longLine: return repeated(multipart, "--b --b --b --b ", size)
        case .newlines: return repeated(multipart, "\n", size)
        case .bareCR: return repeated("From: a@b\rContent-Type: text/plain\r\r", "some text: with colons\r", size)
        case .junkHeader: return repeated(named + "\n", "filename\n", size)
        case .semicolons: return repeated(named, ";", size)
        case .equalsSigns: return repeated(named, "=", size)
        case .quotes: return repeated(named + "filename=", "\"", 4_000_000)
        case .encodedWords: return repeated(named + "filename=\"", "=?a?q?b?= ", 4_000_000)
        case .continuations: return repeated(named, "; filename*1=a", 4_000_000)
        case .comments: return repeated(named, "(", 4_000_000)
        case .boundaries: return repeated("Content-Type: multipart/mixed", "; boundary=b", 4_000_000)
        case .patch: return repeated(multipart + "--b\n\n", "-- a line that a patch takes out\n", size)
        case .guesses: return repeated("Content-Type: multipart/mixed\n\n", "--\n", size)
        case .crHeader: return repeated(named + "filename=", "\ra", 4_000_000)
        case .contentTypes: return repeated("From: a@b\n", "Content-Type: multipart/mixed; boundary=\"a\"\n", size)
        case .backslashes: return repeated(named + "filename=\"", "\\\"(", 4_000_000)
        case .longLineHeader: return repeated(named, "filename=x;", 4_000_000)
        case .prefixes: return nested(999, then: "--b999 \n--b999x\n", size)
        }
    }

    private func repeated(_ head: String, _ piece: String, _ size: Int) -> [UInt8] {
        var bytes = Array(head.utf8)
        bytes.reserveCapacity(size + piece.utf8.count)
        let piece = Array(piece.utf8)
        while bytes.count < size { bytes += piece }
        return bytes
    }

    private func nested(_ levels: Int, then piece: String, _ size: Int) -> [UInt8] {
        var head = "From: a@b\n"
        for level in 0..<levels { head += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        return repeated(head + "\n", piece, size)
    }
}
