extension Verdict.Reply {
    /// What qmail-smtpd reads from the reject channel at most.
    package static let maximumBytes = 255

    /// The text for the reject channel, of printable ASCII: `D` and the reason for a permanent failure, `Z` for
    /// a temporary one.
    package func text(isPermanent: Bool) -> [UInt8] {
        let kind = isPermanent ? "D" : "Z"
        switch self {
        case .attachment(let name):
            return text(kind + "Your email was rejected because it contains a bad attachment: ", name, "")
        case .regex(let number):
            let filter = "matches a filter (#" + String(number) + ")"
            return text(kind + "Your email was rejected because it " + filter, [], "")
        case .virus(let name):
            return text(kind + "Your email was rejected because it contains the ", name, " virus")
        case .spam(let score):
            let hits = Text.decimal(score, digits: 1)
            return text(kind + "Your email is considered spam (" + hits + " spam-hits)", [], "")
        case .tooComplex:
            return text(kind + "Your email was rejected because it is too complex to check", [], "")
        case .cannotBeChecked(let name):
            let because = "because it contains an attachment that cannot be checked: "
            return text(kind + "Your email was rejected " + because, name, "")
        case .tooComplexNow:
            return text(kind + "Your email is too complex to check", [], "")
        case .virusScannerFailed:
            return text(kind + "Your email could not be checked for viruses now, please try again later", [], "")
        case .filterFailed:
            return text(kind + "Your email could not be checked now, please try again later", [], "")
        case .spamScannerFailed:
            return text(kind + "Your email could not be checked for spam now, please try again later", [], "")
        case .tooLargeForVirusScanner:
            return text(kind + "Your email is too large to be checked for viruses", [], "")
        }
    }

    /// A name that is too long is cut; the words around it are not.
    private func text(_ before: String, _ name: [UInt8], _ after: String) -> [UInt8] {
        let room = Self.maximumBytes - before.utf8.count - after.utf8.count
        return Array(before.utf8) + Text.printableASCII(name.prefix(room)) + Array(after.utf8)
    }
}
