/// Which attachment names are blocked: a list of suffixes, and the names that pass all the same.
package struct AttachmentRules: Sendable {
    /// Lower case, none empty.
    let suffixes: [[UInt8]]
    /// Lower case; `*` is any run of bytes, `?` any one byte.
    let allow: [[UInt8]]

    /// True where no name can be blocked, so that nothing needs to be looked at.
    package var isEmpty: Bool { suffixes.isEmpty }

    /// - Parameters:
    ///   - suffixes: the ends of blocked names, in any case. An empty one is left out: it would block every mail.
    ///   - allow: globs (`*`, `?`) of whole names that are never blocked, in any case.
    package init(suffixes: [[UInt8]], allow: [String]) {
        self.suffixes = suffixes.map { $0.map(asciiLowercase) }.filter { !$0.isEmpty }
        self.allow = allow.map { $0.utf8.map(asciiLowercase) }.filter { !$0.isEmpty }
    }

    /// The rule that blocks this name, which is in lower case already; nil where none does.
    func rule(blocking name: [UInt8]) -> [UInt8]? {
        for suffix in suffixes where name.count >= suffix.count && name[(name.count - suffix.count)...] == suffix[...] {
            return isAllowed(name) ? nil : suffix
        }
        return nil
    }

    /// Whether a name, in lower case, passes whatever its suffix.
    func isAllowed(_ name: [UInt8]) -> Bool {
        allow.contains { globMatches($0, name) }
    }
}

/// The suffixes of an `ssattach` file: one a line, in any case.
///
/// Blank lines and lines that begin with `#` say nothing; blanks and CR around a suffix are not part of it.
package func readSuffixList(_ bytes: [UInt8]) -> [[UInt8]] {
    var suffixes: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        let suffix = trimmed(line, of: isBlankOrControl)
        if let first = suffix.first, first != UInt8(ascii: "#") { suffixes.append(suffix.map(asciiLowercase)) }
    }
    return suffixes
}

/// Whether the whole text fits the glob: `*` is any run of bytes, `?` any one byte.
///
/// Only the last star is ever tried again, so the time is at most the product of both lengths.
func globMatches(_ glob: [UInt8], _ text: [UInt8]) -> Bool {
    var inGlob = 0
    var inText = 0
    var star: (glob: Int, text: Int)?
    while inText < text.count {
        if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "*") {
            star = (inGlob, inText)
            inGlob += 1
        } else if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "?") || glob[inGlob] == text[inText] {
            inGlob += 1
            inText += 1
        } else if let last = star {
            star = (last.glob, last.text + 1)
            inGlob = last.glob + 1
            inText = last.text + 1
        } else {
            return false
        }
    }
    return glob[inGlob...].allSatisfy { $0 == UInt8(ascii: "*") }
}
