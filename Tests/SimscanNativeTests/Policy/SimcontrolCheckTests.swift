import Foundation
import SimscanNative
import Testing

@Suite struct SimcontrolCheckTests {
    private func check(
        _ text: String, _ settings: Settings = PerDomainPolicyTests.settings()
    ) -> CheckedSimcontrol {
        checkSimcontrol(Array(text.utf8), file: "simcontrol", settings: settings)
    }

    /// The diagnostics, as `3:7: error: …`.
    private func told(_ text: String, _ settings: Settings = PerDomainPolicyTests.settings()) -> [String] {
        check(text, settings).diagnostics.map { $0.description.replacingOccurrences(of: "simcontrol:", with: "") }
    }

    /// The records as `key:text` lines.
    private func compiled(_ text: String) -> [String] {
        check(text).records.map {
            String(decoding: $0.key, as: UTF8.self) + ":" + String(decoding: $0.value, as: UTF8.self)
        }
    }

    @Test func `The records are those of the text, comments and blank lines are not`() {
        let text = """
            # the classic's example
            postmaster@example.com:clam=yes,spam=no,attach=.txt:.com

            example.com:clam=no,spam=yes,attach=.mp3
              # the default
            :clam=yes,spam=yes,trophie=yes,spam_hits=20.1
            """
        #expect(told(text) == [])
        #expect(compiled(text) == text.split(separator: "\n").map(String.init).filter { !$0.contains("#") })
        #expect(check(text).lines == [2, 4, 6])
    }

    @Test(arguments: [
        ("A@B.Example:CLAM=Yes", "a@b.example:clam=yes"),
        ("  a@b.example : clam = yes ,  spam = no  \r", "a@b.example:clam=yes,spam=no"),
        ("b.example:attach= .EXE:.Com", "b.example:attach=.exe:.com"),
        ("b.example:spamuser=Joe,qmailqueue=/Var/Q", "b.example:spamuser=Joe,qmailqueue=/Var/Q"),
        ("b.example:regex=^Subject\\x3a Buy it,clam=YES", "b.example:regex=^Subject\\x3a Buy it,clam=yes"),
        ("\u{feff}:clam=yes", ":clam=yes"),
        ("a-b_c+d=e@b.example:clam=yes", "a-b_c+d=e@b.example:clam=yes"),
        ("a@b@c.example:clam=yes", "a@b@c.example:clam=yes"),
        ("localhost:clam=yes", "localhost:clam=yes"),
        ("müller@bücher.example:clam=yes", "müller@bücher.example:clam=yes"),
        (":attach=no", ":attach=no"),
    ]) func `A record is compiled in lower case and without needless blanks`(text: String, expected: String) {
        #expect(told(text) == [])
        #expect(compiled(text) == [expected])
    }

    static let form = "address:name=value,… or domain:name=value,… or :name=value,…"

    @Test(arguments: [
        ("exmaple.com:calm=yes", "1:13: error: found unknown name 'calm', nearest known name: clam"),
        ("b.com:spam-hits=5", "1:7: error: found unknown name 'spam-hits', nearest known name: spam_hits"),
        ("b.com:clam=yess", "1:12: error: clam: found 'yess', allowed: yes or no"),
        ("b.com: clam = yess", "1:15: error: clam: found 'yess', allowed: yes or no"),
        (
            "\nb.com:clam=yes,spam_hits=abc",
            "2:26: error: spam_hits: found 'abc', allowed: a score above 0, up to 10000, with up to three decimals"
        ),
        ("no colon here", "1:1: error: found 'no colon here', allowed: \(form)"),
        ("  clam=yes", "1:3: error: found 'clam=yes', allowed: \(form)"),
        ("b.com:", "1:7: error: found a record without values, allowed: \(form)"),
        ("b.com: , ", "1:7: error: found a record without values, allowed: \(form)"),
        ("b.com:clam", "1:7: error: found 'clam', allowed: name=value between commas"),
        ("b.com:clam=", "1:12: error: clam: found nothing, allowed: yes or no"),
        ("b.com:clam=yes,,spam=no", "1:16: error: found an empty item, allowed: name=value between commas"),
        ("b.com:clam=yes,", "1:16: error: found an empty item, allowed: name=value between commas"),
        ("b.com:clam=yes,clam=yes", "1:16: error: found clam again in this record, allowed: once"),
        (
            "b.com:clam=yes\nB.com:spam=yes",
            "2:1: error: found a record for 'b.com' again, allowed: one; it is in line 1"
        ),
        (":clam=yes\n:spam=yes", "2:1: error: found a record for the default again, allowed: one; it is in line 1"),
        (
            "b.com:attach=.exe::.com",
            "1:14: error: attach: found an empty entry in '.exe::.com', allowed: suffixes between colons, as .exe:.com, or no"
        ),
        ("b.com:attach=", "1:14: error: attach: found nothing, allowed: suffixes between colons, as .exe:.com, or no"),
        ("b.com:attach=yes", "1:14: error: attach: found 'yes', allowed: suffixes between colons, as .exe:.com, or no"),
        ("b.com:attach=.exe # no", "1:14: error: attach: found a comment, allowed: comments in lines of their own"),
        (
            "b.com:regex=a(b",
            "1:13: error: regex: found 'a(b': missing closing parenthesis (at byte 4); "
                + "a colon or comma inside an expression is written \\x3a or \\x2c"
        ),
        ("b.com:clam=yes\u{0}", "1:15: error: found control character 0, allowed: text"),
    ]) func `A mistake is told with line, column, what was found and what is allowed`(text: String, expected: String) {
        #expect(told(text) == [expected])
        #expect(check(text).hasErrors)
    }

    @Test(arguments: [
        "@b.com", "a@", "@", "a b@c.com", "*@b.com", "*.b.com", ".b.com", "a@.b.com", "b..com", "b.com.", "a@b..com",
        "clam=yes,spam", "a/b.com", "a,b.com", String(repeating: "a", count: 1000) + "@b.com",
    ]) func `An address that no look-up asks for is an error`(key: String) {
        let diagnostics = check(key + ":clam=yes").diagnostics
        #expect(diagnostics.map(\.severity) == [.error])
        #expect(diagnostics.first?.column == 1)
        #expect(diagnostics.first?.message.contains("allowed: ") == true)
    }

    @Test(arguments: [
        ("b.com:foobar=1", "1:7: warning: found unknown name 'foobar', which is ignored"),
        (
            "b.com:spamusers_are=1",
            "1:7: warning: found unknown name 'spamusers_are', which is ignored, nearest known name: spamuser"
        ),
        ("b.com:spam_hits=5,spam_passthru=yes", "1:19: warning: spam_passthru has no effect, because spam_hits is set"),
        ("b.com:spam_passthru=yes,spam_hits=5", "1:7: warning: spam_passthru has no effect, because spam_hits is set"),
    ]) func `What older releases ignored is a warning`(text: String, expected: String) {
        #expect(told(text) == [expected])
        #expect(!check(text).hasErrors)
        #expect(check(text).records.count == 1)
    }

    @Test(arguments: [
        ("clam=yes", "clam", "clamav = no"), ("clamd_failure=pass", "clamd_failure", "clamav = no"),
        ("clamd_oversize=pass", "clamd_oversize", "clamav = no"), ("spam=yes", "spam", "spam = no"),
        ("spam_hits=5", "spam_hits", "spam = no"), ("spam_passthru=yes", "spam_passthru", "spam = no"),
        ("size_limit=5", "size_limit", "spam = no"), ("spamuser=x", "spamuser", "spam = no"),
        ("spamd_failure=pass", "spamd_failure", "spam = no"), ("trophie=yes", "trophie", "trophie-socket = off"),
        ("trophie_failure=pass", "trophie_failure", "trophie-socket = off"), ("attach=.exe", "attach", "attach = no"),
    ]) func `A record that a master switch makes void is a warning`(text: String, name: String, reason: String) {
        var off = Settings()
        off.perDomain = true
        off.clamav = false
        #expect(told(":" + text, off) == ["1:2: warning: \(name) has no effect, because \(reason)"])
        #expect(told(":" + text) == [])
    }

    @Test func `Switching off what is off already is no reason to warn`() {
        var off = Settings()
        off.perDomain = true
        off.clamav = false
        #expect(told(":clam=no,spam=no,trophie=no,attach=no,qmailqueue=/q,regex=x", off) == [])
    }

    @Test func `Without per-domain one warning says that no record has an effect`() {
        let settings = PerDomainPolicyTests.settings { $0.perDomain = false }
        let expected = "2:1: warning: the records have no effect, because per-domain = no"
        #expect(told("#\na.com:clam=yes\nb.com:clam=yes", settings) == [expected])
        #expect(told("# nothing", settings) == [])
    }

    @Test func `Every error of a file is told, in the order of lines and columns`() {
        let diagnostics = check("a.com:calm=x,spam=y\nfoo\n:clam=yes\n@x:clam=yes\n").diagnostics
        #expect(diagnostics.map { "\($0.line):\($0.column)" } == ["1:7", "1:19", "2:1", "4:1"])
        #expect(diagnostics.allSatisfy { $0.severity == .error })
    }

    @Test func `A long line and many records are no trouble`() {
        let long = "b.com:attach=" + (0..<5000).map { ".ext\($0)" }.joined(separator: ":")
        #expect(told(long) == [])
        #expect(compiled(long) == [long])
        let many = (0..<10_000).map { "d\($0).example:clam=yes\n" }.joined()
        #expect(check(many).diagnostics.isEmpty)
        #expect(check(many).records.count == 10_000)
    }
}
