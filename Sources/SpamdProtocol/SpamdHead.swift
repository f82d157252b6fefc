/// The status line and the header of a response, as far as they have been read.
struct SpamdHead {
    private(set) var contentLength: Int64?
    private(set) var verdict: SpamdVerdict?

    /// Takes the status line apart: `SPAMD/1.1 0 EX_OK`.
    ///
    /// - Throws: ``SpamdFailure/refused(code:text:)`` for any code but 0, and what the form allows.
    static func takeStatus(_ line: [UInt8], of method: SpamdMethod) throws(SpamdFailure) {
        let malformed = SpamdFailure.unexpectedStatus(text: line)
        guard !line.contains(where: isControl), let version = line[...].after(prefix: "SPAMD/") else { throw malformed }
        var text = version
        guard isVersion(text.takeWord()), case let digits = text.takeWord(), !digits.isEmpty,
            digits.count <= maximumCodeDigits, digits.allSatisfy(isDigit)
        else { throw malformed }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard code == 0 else { throw .refused(code: code, text: Array(text)) }
        if case .ping = method, !text.elementsEqual("PONG".utf8) { throw malformed }
    }

    /// Takes one header line, without its end.
    ///
    /// Names that are not known are passed over, in any number that ``SpamdLimits`` allows.
    mutating func takeField(_ line: [UInt8], maximumLength: Int64) throws(SpamdFailure) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            !line[..<colon].contains(where: isBlank),
            !line.contains(where: { isControl($0) && $0 != UInt8(ascii: "\t") })
        else { throw .malformedHeader(text: line) }
        let name = line[..<colon]
        let value = line[(colon + 1)...].trimmed
        if name.isEqualIgnoringCase("content-length") {
            guard let length = Self.length(value), length <= maximumLength else {
                throw .malformedLength(text: Array(value))
            }
            guard contentLength == nil || contentLength == length else { throw .contradiction }
            contentLength = length
        } else if name.isEqualIgnoringCase("spam") {
            guard let said = SpamdVerdict(line: value) else { throw .malformedVerdict(text: Array(value)) }
            guard verdict == nil || verdict == said else { throw .contradiction }
            verdict = said
        }
    }

    /// The empty line has come: what the method needs is there.
    func checkComplete(for method: SpamdMethod) throws(SpamdFailure) {
        if method.needsVerdictLine, verdict == nil { throw .missingVerdict }
        if method.returnsMessage {
            guard let contentLength else { throw .missingLength }
            guard contentLength > 0 else { throw .emptyMessage }
        }
    }

    /// Three digits hold every code of `sysexits.h`.
    private static let maximumCodeDigits = 3

    private static func isVersion(_ word: ArraySlice<UInt8>) -> Bool {
        guard let dot = word.firstIndex(of: UInt8(ascii: ".")) else { return false }
        let (major, minor) = (word[..<dot], word[(dot + 1)...])
        return !major.isEmpty && major.allSatisfy(isDigit) && !minor.isEmpty && minor.allSatisfy(isDigit)
    }

    private static func length(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard isDigit(digit) else { return nil }
            // Cannot overflow: the limit is far from the type's.
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            guard value <= SpamdLimits.contentLength else { return nil }
        }
        return value
    }
}
