/// What spamd says of a message.
package struct SpamdVerdict: Equatable, Sendable {
    /// The server's own judgement, which need not follow from the two numbers.
    package var isSpam: Bool
    /// Never not-a-number; infinite only where `isSpam`.
    package var score: Double
    /// From which score on the server calls a message spam.
    package var threshold: Double

    /// All three by themselves.
    package init(isSpam: Bool, score: Double, threshold: Double) {
        self.isSpam = isSpam
        self.score = score
        self.threshold = threshold
    }

    /// From the texts of a line; nil where one of them is not what it should be.
    init?(isSpam: Bool, score: ArraySlice<UInt8>, threshold: ArraySlice<UInt8>) {
        guard let score = spamdNumber(score), let threshold = spamdNumber(threshold), threshold.isFinite,
            score.isFinite || isSpam
        else { return nil }
        self.init(isSpam: isSpam, score: score, threshold: threshold)
    }

    /// From the value of a `Spam:` line: `True ; 1003.3 / 5.0`, or with False, Yes, No; blanks do not matter.
    init?(line value: ArraySlice<UInt8>) {
        guard let semicolon = value.firstIndex(of: UInt8(ascii: ";")),
            let slash = value[semicolon...].firstIndex(of: UInt8(ascii: "/"))
        else { return nil }
        let word = value[..<semicolon].trimmed
        let isSpam = word.isEqualIgnoringCase("true") || word.isEqualIgnoringCase("yes")
        guard isSpam || word.isEqualIgnoringCase("false") || word.isEqualIgnoringCase("no") else { return nil }
        self.init(
            isSpam: isSpam,
            score: value[(semicolon + 1)..<slash].trimmed,
            threshold: value[(slash + 1)...].trimmed)
    }

    /// From the value of an `X-Spam-Status` field: `Yes, score=15.3 required=5.0 …`, or with `hits=`, or No.
    init?(status value: ArraySlice<UInt8>) {
        let comma = UInt8(ascii: ",")
        let text = value.trimmed
        let answer = text.prefix { !isBlank($0) && $0 != comma }
        let isSpam = answer.isEqualIgnoringCase("yes")
        guard isSpam || answer.isEqualIgnoringCase("no") else { return nil }
        var score: ArraySlice<UInt8>?
        var threshold: ArraySlice<UInt8>?
        var rest = text[answer.endIndex...].drop { $0 == comma }
        while case let part = rest.takeWord(), !part.isEmpty {
            // A comma may follow a word, but not divide a number: `15,3` is not 15.
            let word = part.last == comma ? part.dropLast() : part
            score = score ?? word.after(prefix: "score=") ?? word.after(prefix: "hits=")
            threshold = threshold ?? word.after(prefix: "required=")
        }
        guard let score, let threshold else { return nil }
        self.init(isSpam: isSpam, score: score, threshold: threshold)
    }
}
