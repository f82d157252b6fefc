/// One parameter as it stands in a header field: `filename*0*=utf-8''tro`.
struct RawParameter: Equatable {
    /// Lower case, with its stars.
    var attribute: [UInt8]
    /// Every reading of the value that some mail program has; the first is the standard's.
    var values: [[UInt8]]
}

/// Reads the parameters behind a Content-Type or Content-Disposition, however broken.
///
/// Mail programs disagree about broken quotes, backslashes, comments and missing semicolons, so each of their
/// readings is given. The time is linear in the length of the field.
struct ParameterReader {
    /// How many parameters that matter one field may have in one reading; no honest mail comes near it.
    static let maximumParameters = 2000

    private let text: [UInt8]
    private let skipsComments: Bool
    private let takesEscapes: Bool
    private var position = 0

    /// The parameters of a field's value that give a name or a boundary, in all readings.
    ///
    /// - Parameter value: unfolded.
    /// - Returns: nil where there are more than `maximumParameters`.
    static func parameters(of value: [UInt8]) -> [[RawParameter]]? {
        let hasComment = value.contains(UInt8(ascii: "("))
        let hasBackslash = value.contains(UInt8(ascii: "\\"))
        var readings: [[RawParameter]] = []
        for skipsComments in hasComment ? [true, false] : [true] {
            for takesEscapes in hasBackslash ? [true, false] : [true] {
                var reader = ParameterReader(text: value, skipsComments: skipsComments, takesEscapes: takesEscapes)
                let reading = reader.read()
                if reading.count > maximumParameters { return nil }
                readings.append(reading)
            }
        }
        return readings
    }

    private init(text: [UInt8], skipsComments: Bool, takesEscapes: Bool) {
        self.text = text
        self.skipsComments = skipsComments
        self.takesEscapes = takesEscapes
    }

    private mutating func read() -> [RawParameter] {
        var found: [RawParameter] = []
        while position < text.count, found.count <= Self.maximumParameters {
            let start = position
            // An attribute is what stands directly before an equals sign, whatever stands before it: a
            // semicolon may be missing.
            var attribute: [UInt8] = []
            var sawBlank = false
            scan: while position < text.count {
                let byte = text[position]
                switch byte {
                case UInt8(ascii: "="):
                    break scan
                case UInt8(ascii: ";"), UInt8(ascii: ","):
                    attribute.removeAll(keepingCapacity: true)
                    sawBlank = false
                case UInt8(ascii: "("):
                    if skipsComments {
                        skipComment()
                        continue
                    }
                    attribute.append(byte)
                case UInt8(ascii: "\""):
                    attribute.removeAll(keepingCapacity: true)
                case _ where isBlankOrControl(byte):
                    sawBlank = true
                default:
                    if sawBlank {
                        attribute.removeAll(keepingCapacity: true)
                        sawBlank = false
                    }
                    attribute.append(asciiLowercase(byte))
                }
                position += 1
            }
            guard position < text.count else { break }
            position += 1
            let values = readValue()
            if isWanted(attribute) { found.append(RawParameter(attribute: attribute, values: values)) }
            if position <= start { position = start + 1 }
        }
        return found
    }

    private func isWanted(_ attribute: [UInt8]) -> Bool {
        startsWithWord(attribute, "name") || startsWithWord(attribute, "filename")
            || startsWithWord(attribute, "boundary")
    }

    /// Reads what follows an equals sign and stops where the next parameter may begin.
    private mutating func readValue() -> [[UInt8]] {
        skipBlanks()
        var values: [[UInt8]] = []
        let start = position
        if position < text.count, text[position] == UInt8(ascii: "\"") {
            position += 1
            var quoted: [UInt8] = []
            var isClosed = false
            while position < text.count {
                let byte = text[position]
                if byte == UInt8(ascii: "\\"), takesEscapes, position + 1 < text.count {
                    quoted.append(text[position + 1])
                    position += 2
                    continue
                }
                position += 1
                if byte == UInt8(ascii: "\"") {
                    isClosed = true
                    break
                }
                quoted.append(byte)
            }
            add(quoted, to: &values)
            let afterQuote = position
            if !isClosed {
                // Some programs end a value without its closing quote at the semicolon.
                position = start
                let end = endOfToken()
                add(text[start..<end].filter { $0 != UInt8(ascii: "\"") }, to: &values)
                position = end
                return values
            }
            // What stands between the closing quote and the semicolon belongs to the value, for some: ""x.exe"".
            let end = endOfToken()
            if end > afterQuote {
                let behind = trimmed(text[afterQuote..<end], of: isBlankOrControl)
                if !behind.isEmpty, behind.first != UInt8(ascii: "(") || !skipsComments {
                    add(text[start..<end].filter { $0 != UInt8(ascii: "\"") }, to: &values)
                    add(behind.filter { $0 != UInt8(ascii: "\"") }, to: &values)
                }
            }
            // The next attribute may follow without a semicolon.
            position = afterQuote
            return values
        }
        var bare: [UInt8] = []
        var firstWord: Int?
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: ";") { break }
            if byte == UInt8(ascii: "("), skipsComments {
                skipComment()
                continue
            }
            if isBlankOrControl(byte), firstWord == nil { firstWord = bare.count }
            if byte == UInt8(ascii: "\""), let word = firstWord, bare[word...].contains(UInt8(ascii: "=")) {
                // "a.txt name="b.exe": the quote belongs to a parameter that follows without a semicolon.
                break
            }
            bare.append(byte)
            position += 1
        }
        let whole = Array(trimmed(bare[...], of: isBlankOrControl))
        add(whole, to: &values)
        if let word = firstWord, word > 0 { add(Array(bare[..<word]), to: &values) }
        if whole.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }) {
            add(whole.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }, to: &values)
        }
        if let word = firstWord, bare[word...].contains(UInt8(ascii: "=")) {
            // A missing semicolon: what follows the first word is read again as a parameter.
            position = start
            while position < text.count, !isBlankOrControl(text[position]), text[position] != UInt8(ascii: ";") {
                position += 1
            }
        }
        return values
    }

    private func add(_ value: [UInt8], to values: inout [[UInt8]]) {
        if !values.contains(value) { values.append(value) }
    }

    private func endOfToken() -> Int {
        var end = position
        while end < text.count, text[end] != UInt8(ascii: ";") { end += 1 }
        return end
    }

    private mutating func skipBlanks() {
        while position < text.count {
            if isBlankOrControl(text[position]) {
                position += 1
            } else if skipsComments, text[position] == UInt8(ascii: "(") {
                skipComment()
            } else {
                return
            }
        }
    }

    /// Leaves a comment behind; one without an end is no comment, only its first byte is left behind.
    private mutating func skipComment() {
        var depth = 0
        var index = position
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 {
                    position = index + 1
                    return
                }
            default: break
            }
            index += 1
        }
        position += 1
    }
}
