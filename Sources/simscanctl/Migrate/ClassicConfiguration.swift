/// What a classic installation was configured with, as one configure line.
struct ClassicConfiguration: Equatable {
    /// As a shell would be given it.
    let line: String
    /// Where it was found.
    let origin: String

    init(line: String, origin: String) {
        self.line = line
        self.origin = origin
    }

    /// The line that `config.log` begins with; nil where there is none.
    init?(configLog bytes: [UInt8], origin: String) {
        let text = String(decoding: bytes, as: UTF8.self)
        // autoconf's own words: "It was created by …" and, a line of its own, "  $ ./configure --enable-…".
        let line = text.split(separator: "\n").first { $0.hasPrefix("  $ ") && $0.contains("configure") }
        guard let line else { return nil }
        self.init(line: String(line.dropFirst(4)), origin: origin)
    }

    /// The options that a `config.h` stands for; nil where it is not simscan's.
    init?(configHeader bytes: [UInt8], origin: String) {
        let defines = Self.defines(String(decoding: bytes, as: UTF8.self))
        guard defines.contains(where: { $0.name == "ENABLE_CLAMAV" }), defines.contains(where: { $0.name == "WORKDIR" })
        else { return nil }
        var words = ["./configure"]
        for (name, option) in Self.switches {
            guard let define = defines.first(where: { $0.name == name }) else { continue }
            words.append((define.value == nil ? "--disable-" : "--enable-") + option)
        }
        for (name, option) in Self.values {
            guard let value = defines.first(where: { $0.name == name })?.value, !value.isEmpty else { continue }
            words.append(shellWord("--enable-" + option + "=" + value))
        }
        self.init(line: words.joined(separator: " "), origin: origin)
    }

    private static let switches = [
        ("ENABLE_CLAMAV", "clamav"), ("ENABLE_SPAM", "spam"), ("ENABLE_SPAM_PASSTHRU", "spam-passthru"),
        ("ENABLE_SPAMC_USER", "spamc-user"), ("ENABLE_SPAM_AUTH_USER", "spam-auth-user"), ("ENABLE_ATTACH", "attach"),
        ("ENABLE_PER_DOMAIN", "per-domain"), ("ENABLE_CUSTOM_SMTP_REJECT", "custom-smtp-reject"),
        ("ENABLE_DROPMSG", "dropmsg"), ("ENABLE_RECEIVED", "received"), ("ENABLE_REGEX", "regex"),
        ("ENABLE_DSPAM", "dspam"),
    ]

    private static let values = [
        ("SPAM_HITS", "spam-hits"), ("SPAMC_ARGS", "spamc-args"), ("QUARANTINEDIR", "quarantinedir"),
        ("WORKDIR", "workdir"), ("QMAILQUEUE", "qmail-queue"), ("TROPHIESOCKET", "trophie-socket"),
        ("TROPHIEBINARY", "trophie-path"), ("CLAMAVDBPATH", "clamavdb-path"), ("CLAMDSCAN", "clamdscan"),
        ("SPAMC", "spamc"), ("RIPMIME", "ripmime"), ("SIGTOOLPATH", "sigtool-path"),
        ("SPAMASSASSINPATH", "spamassassin-path"), ("CONTROLDIR", "controldir"), ("QMAILDIR", "qmaildir"),
    ]

    /// Every name with its value, without quotes; nil where it is `#undef`.
    private static func defines(_ text: String) -> [(name: String, value: String?)] {
        text.split(separator: "\n").compactMap { line in
            var words = line.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
            let isComment = words.first == "/*"
            if isComment { words = line.dropFirst(2).split(maxSplits: 2) { $0 == " " || $0 == "\t" } }
            guard words.count >= 2, words[0] == "#define" || words[0] == "#undef" else { return nil }
            if words[0] == "#undef" { return (String(words[1]), nil) }
            guard !isComment else { return nil }
            let value = words.count < 3 || words[2].hasPrefix("/*") ? "" : words[2]
            let quoted = value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
            return (String(words[1]), String(quoted ? value.dropFirst().dropLast() : value))
        }
    }
}
