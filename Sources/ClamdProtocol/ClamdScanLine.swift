extension ClamdScanCommand {
    /// What one complete line says.
    ///
    /// - Parameter line: the bytes without the line's end.
    /// - Returns: never ``ClamdFailure/cutShort``, which only the end of the connection can tell.
    func verdict(of line: ArraySlice<UInt8>) -> ClamdVerdict {
        let answer = withoutPrefix(line)
        // FOUND comes first and is looked for with and without the prefix: an infection is never lost to a form
        // that we do not know. What precedes the last word is the name, spaces and further FOUNDs included.
        if let name = (answer ?? line).before(lastWord: "FOUND")?.withoutTrailingBlanks {
            return .infected(name: name.isEmpty ? ClamdVerdict.unnamed : Array(name))
        }
        // Only with the prefix, and to the byte.
        if let answer, answer.isExactly("OK") { return .clean }
        return failure(of: answer ?? line, in: line)
    }

    /// The verdict of a line that neither finds nor clears; these come with the prefix or without.
    private func failure(of answer: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) -> ClamdVerdict {
        switch self {
        case .instream where answer.isExactly("INSTREAM size limit exceeded. ERROR"):
            return .sizeLimitExceeded
        case .instream, .fildes:
            if answer.isExactly("COMMAND UNAVAILABLE") { return .failed(.unavailable) }
            if answer.before(lastWord: "ERROR") != nil { return .failed(.error(text: Array(line))) }
            return .failed(.unexpected(text: Array(line)))
        }
    }

    /// What follows the name of what was scanned, where the line begins with that.
    private func withoutPrefix(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        switch self {
        case .instream:
            return line.after(prefix: "stream: ")
        case .fildes:
            guard let number = line.after(prefix: "fd[") else { return nil }
            let rest = number.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard rest.startIndex > number.startIndex else { return nil }
            return rest.after(prefix: "]: ")
        }
    }
}
