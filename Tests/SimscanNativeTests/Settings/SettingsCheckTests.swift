import SimscanNative
import Testing

@Suite struct SettingsCheckTests {
    private func check(_ text: String) -> CheckedSettings { checkSettings(Array(text.utf8), file: "simscan.conf") }

    /// Severity, line, column and message of each diagnostic, as `3:7: error: …`.
    private func told(_ text: String) -> [String] {
        check(text).diagnostics.map { $0.description.replacingOccurrences(of: "simscan.conf:", with: "") }
    }

    @Test(arguments: [
        "", "\n", "# only a comment", "   \t\n#\n\n", "\u{feff}# mark\n",
    ]) func `A file without settings says the defaults`(text: String) {
        let checked = check(text)
        #expect(checked.diagnostics.isEmpty)
        #expect(checked.named.isEmpty)
        #expect(checked.settings == Settings())
    }

    @Test(arguments: [
        "spam-hits = 15\n", "spam-hits=15", "\t spam-hits \t=\t 15 \t\n", "spam-hits = 15\r\n",
        "spam-hits = 15 # fifteen\n", "spam-hits = 15\t# fifteen", "\u{feff}spam-hits = 15\n", "spam-hits = 15 #\n",
        "# latin-1 may stand in a comment \u{1}\n\nspam-hits = 15",
    ]) func `One setting is read in every layout`(text: String) {
        let checked = check(text + (text.hasSuffix("\n") ? "" : "\n") + "spam = yes")
        #expect(checked.diagnostics == [])
        #expect(checked.settings.spamHits == 15)
        #expect(checked.records.map(\.name) == ["spam-hits", "spam"])
        #expect(checked.records.map(\.value) == ["15.0", "yes"])
    }

    @Test func `A number sign inside a value is a part of it`() {
        #expect(check("workdir = /a#b\n").settings.workdir == "/a#b")
        #expect(check("workdir = /a # b\n").settings.workdir == "/a")
        #expect(check("workdir = /a=b\n").settings.workdir == "/a=b")
    }

    @Test(arguments: [
        ("foo\n", "1:1: error: found 'foo', allowed: name = value, or a # comment"),
        ("\n  = yes\n", "2:3: error: found '= yes', allowed: name = value, or a # comment"),
        ("clamav\n", "1:1: error: found 'clamav', allowed: name = value, or a # comment"),
        ("clamav yes\n", "1:1: error: found 'clamav yes', allowed: name = value, or a # comment"),
        ("clamav =\n", "1:9: error: clamav: found nothing, allowed: yes or no"),
        ("clamav = # yes\n", "1:9: error: clamav: found nothing, allowed: yes or no"),
        (" clamav =   on\n", "1:13: error: clamav: found 'on', allowed: yes or no"),
        ("clamav = yes\nclamav = yes\n", "2:1: error: found 'clamav' again, allowed: once; it is set in line 1"),
        ("calmav = yes\n", "1:1: error: found unknown setting 'calmav', nearest known name: clamav"),
        ("  spam_hits = 5\n", "1:3: error: found unknown setting 'spam_hits', nearest known name: spam-hits"),
        ("Spam = yes\n", "1:1: error: found unknown setting 'Spam', nearest known name: spam"),
        ("bananas = 5\n", "1:1: error: found unknown setting 'bananas', allowed: the names of simscan.conf(5)"),
        ("deadline = 5\u{0}\n", "1:13: error: found control character 0, allowed: text"),
        ("deadline = 5\rclamav = no\n", "1:13: error: found control character 13, allowed: text"),
    ]) func `An error tells line, column, what was found and what is allowed`(text: String, expected: String) {
        #expect(told(text) == [expected])
        #expect(check(text).hasErrors)
    }

    @Test func `Bytes that are not UTF-8 are an error at their place, but not in a comment`() {
        let bad = checkSettings(Array("workdir = /a".utf8) + [0xe9] + Array("/b\n".utf8), file: "f")
        #expect(
            bad.diagnostics.map(\.description) == ["f:1:13: error: found a byte that is not UTF-8, allowed: UTF-8 text"]
        )
        let comment = checkSettings(Array("clamav = no # caf".utf8) + [0xe9, 0x0a], file: "f")
        #expect(comment.diagnostics.isEmpty)
    }

    @Test func `All errors are told in the order of their lines, and no warning beside them`() {
        let text = """
            spam = no
            spam-hits = 5
            foo
            calmd = x
            deadline = never
            spam = yes
            """
        let diagnostics = check(text).diagnostics
        #expect(diagnostics.map(\.line) == [3, 4, 5, 6])
        #expect(diagnostics.allSatisfy { $0.severity == .error })
    }

    @Test(arguments: [
        "clamdscan", "spamc", "spamc-args", "ripmime", "sigtool-path", "spamassassin-path", "qmaildir", "user",
        "controldir", "regex",
    ]) func `A name of the classic that is gone is an error that says what replaces it`(name: String) {
        let told = told(name + " = x\n")
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("1:1: error: '\(name)' is no setting any more: ") == true)
    }

    @Test(arguments: [
        ("clamav = no\nclamd = scanner\n", "2:1: warning: clamd has no effect, because clamav = no"),
        ("spam-hits = 5\n", "1:1: warning: spam-hits has no effect, because spam = no"),
        ("spam-passthru = yes\n", "1:1: warning: spam-passthru has no effect, because spam = no"),
        (
            "spam = yes\nspam-hits = 5\nspam-passthru = yes\n",
            "3:1: warning: spam-passthru has no effect, because spam-hits is set"
        ),
        ("trophie-failure = pass\n", "1:1: warning: trophie-failure has no effect, because trophie-socket = off"),
        ("mime-depth = 5\n", "1:1: warning: mime-depth has no effect, because attach = no"),
        ("mime-limits = pass\n", "1:1: warning: mime-limits has no effect, because attach = no"),
        (
            "dropmsg = yes\ncustom-smtp-reject = yes\n",
            "2:1: warning: custom-smtp-reject has no effect, because dropmsg = yes"
        ),
        ("clamd = a weight=2,b\n", "1:1: warning: clamd: weight has no effect, because clamd-order = first"),
        (
            "spam = yes\nspamd = a weight=2,b\n",
            "2:1: warning: spamd: weight has no effect, because spamd-order = first"
        ),
        (
            "trophie-socket = /a weight=2,/b\n",
            "1:1: warning: trophie-socket: weight has no effect, because its list is taken in its order"
        ),
        ("reject-fd = 4\n", "1:1: warning: reject-fd has no effect, because custom-smtp-reject = no"),
    ]) func `A setting that another one makes void is warned of`(text: String, expected: String) {
        #expect(told(text) == [expected])
        #expect(!check(text).hasErrors)
    }

    @Test func `Settings that go together are not warned of`() {
        let text = """
            clamd = scanner1 weight=2,scanner2
            clamd-order = spread
            trophie-socket = /run/trophie
            trophie-failure = pass
            spam = yes
            spam-passthru = yes
            attach = yes
            mime-depth = 100
            custom-smtp-reject = yes
            reject-fd = 6
            dropmsg = no
            spam-hits = off
            """
        #expect(told(text) == [])
        // Records may have expressions, which are tried in the cage.
        #expect(told("per-domain = yes\nmime-limits = pass\n") == [])
        // The parts that scanners get are counted as well.
        #expect(told("trophie-socket = /run/trophie\nmime-depth = 100\n") == [])
        #expect(told("clamd-parts = yes\nmime-parts = 100\n") == [])
    }

    @Test(
        arguments: [
            ("calm", "clam", 1), ("clma", "clam", 1), ("CLAM", "clam", 0), ("spam_hits", "spam-hits", 0),
            ("trophy", "trophie", 2), ("clamscan", "clam", 4), ("s", nil, 0), ("", nil, 0), ("zzzz", nil, 0),
            (String(repeating: "x", count: 100_000), nil, 0),
        ] as [(String, String?, Int)]) func `The nearest name is found where one is near`(
            found: String, name: String?, edits: Int
        )
    {
        let nearest = nearestName(to: found, among: ["clam", "spam", "trophie", "attach", "spam-hits"])
        #expect(nearest?.name == name)
        #expect(nearest?.edits ?? 0 == edits)
    }
}
