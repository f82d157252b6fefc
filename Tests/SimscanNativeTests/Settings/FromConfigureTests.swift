import SimscanNative
import Testing

@Suite struct FromConfigureTests {
    /// The settings that a translation says, by the check that simscanmk makes; all of it must be sound.
    private func settings(_ line: String) throws -> Settings {
        let translation = settingsFromConfigure(line)
        let checked = checkSettings(Array(translation.text.utf8), file: "simscan.conf")
        #expect(!checked.hasErrors, "\(checked.diagnostics)")
        return checked.settings
    }

    /// The lines without the comment that tells their origin.
    private func entries(_ line: String) -> [String] {
        settingsFromConfigure(line).text.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
            .map { $0.components(separatedBy: "  # ")[0] }
    }

    private func remarks(_ line: String) -> [String] {
        settingsFromConfigure(line).text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("#   ") }
    }

    @Test func `A usual line becomes the settings that mean the same`() throws {
        let line = """
            ./configure --enable-user=simscan --enable-clamav=y --enable-clamdscan=/usr/bin/clamdscan \\
              --enable-custom-smtp-reject=y --enable-attach=y --enable-spam=y --enable-spam-hits=15 \\
              --enable-spamc-user=y --enable-spamc-args='-d 10.0.0.5 -p 784 -u vpopmail -s 500000' \\
              --enable-dropmsg=n --enable-quarantinedir=/var/qmail/quarantine --enable-received=y
            """
        #expect(
            entries(line)
                == [
                    "clamav = yes", "spamd = tcp:10.0.0.5:784", "spam-hits = 15.0", "spamc-user = yes",
                    "spamd-user = vpopmail", "size-limit = 500000", "attach = yes", "custom-smtp-reject = yes",
                    "dropmsg = no", "quarantinedir = /var/qmail/quarantine", "received = yes",
                ].reduce(into: []) { lines, line in
                    // spam stands ahead of spamd in the manual.
                    if line.hasPrefix("spamd = ") { lines.append("spam = yes") }
                    lines.append(line)
                })
        let settings = try settings(line)
        #expect(settings.spamHits == 15)
        #expect(settings.spamd == [.tcp(host: "10.0.0.5", port: 784)])
        #expect(remarks(line).count == 2)
        #expect(settingsFromConfigure(line).problems == [])
    }

    @Test(arguments: [
        ("--enable-clamav=n", "clamav = no"), ("--disable-clamav", "clamav = no"), ("--enable-clamav", "clamav = yes"),
        ("--enable-custom-smtp-reject", "custom-smtp-reject = yes"), ("--enable-attach=yes", "attach = yes"),
        ("--enable-spam=no", "spam = no"), ("--enable-spam-passthru=y", "spam-passthru = yes"),
        ("--enable-spamc-user=y", "spamc-user = yes"), ("--enable-spam-auth-user=y", "spam-auth-user = yes"),
        ("--enable-dropmsg", "dropmsg = yes"), ("--enable-received=y", "received = yes"),
        ("--enable-spam-hits", "spam-hits = 10.0"), ("--enable-spam-hits=y", "spam-hits = 10.0"),
        ("--enable-spam-hits=1", "spam-hits = 1.0"), ("--enable-spam-hits=12.5", "spam-hits = 12.5"),
        ("--disable-spam-hits", "spam-hits = off"), ("--enable-quarantinedir=/q", "quarantinedir = /q"),
        ("--disable-quarantinedir", "quarantinedir = off"), ("--enable-workdir=/w/", "workdir = /w"),
        ("--enable-qmail-queue=/q/other", "qmail-queue = /q/other"),
        ("--enable-trophie-path=/usr/bin/trophie", "trophie-path = /usr/bin/trophie"),
        ("--enable-trophie-socket=/run/trophie", "trophie-socket = unix:/run/trophie"),
        ("--enable-clamavdb-path=/var/lib/clamav", "clamavdb-path = /var/lib/clamav"),
        ("--enable-spam=n --enable-spam=y", "spam = yes"),
        ("--enable-quarantinedir='/a b'", "quarantinedir = /a b"),
        ("--enable-quarantinedir=\"/a\\\"b\"", "quarantinedir = /a\"b"),
        ("--enable-quarantinedir=/a\\ b", "quarantinedir = /a b"),
    ]) func `An option becomes its setting`(option: String, expected: String) throws {
        #expect(entries(option) == [expected])
        #expect(settingsFromConfigure(option).problems == [])
        _ = try settings(option)
    }

    @Test(
        arguments: [
            ("", []),
            ("-d 10.0.0.5", ["spamd = tcp:10.0.0.5:783"]),
            ("-p 784", ["spamd = tcp:127.0.0.1:784"]),
            ("-d a,b -p 99", ["spamd = tcp:a:99,tcp:b:99"]),
            ("-d ::1", ["spamd = tcp:[::1]:783"]),
            ("-da -p99", ["spamd = tcp:a:99"]),
            ("--dest=a --port 99", ["spamd = tcp:a:99"]),
            ("-U /tmp/spamd.sock", ["spamd = unix:/tmp/spamd.sock"]),
            ("-U /tmp/spamd.sock -d a", ["spamd = unix:/tmp/spamd.sock"]),
            ("-u vpopmail", ["spamd-user = vpopmail"]),
            ("-s 300000", ["size-limit = 300000"]),
            ("-t 30", ["first-byte-spamd = 30"]),
            ("-t 400", ["deadline = 400", "first-byte-spamd = 400"]),
            ("-t 0", ["deadline = 3600", "first-byte-spamd = 600"]),
            ("-n 5", ["connect-timeout = 5"]),
            ("-x", ["spamd-failure = defer"]),
            ("-f", ["spamd-failure = pass"]),
            ("--headers", ["spamd-command = headers"]),
            ("-xu joe", ["spamd-user = joe", "spamd-failure = defer"]),
            ("-fs300000", ["size-limit = 300000", "spamd-failure = pass"]),
            ("-l -4 -c -F /etc/spamc.conf", []),
        ] as [(String, [String])]) func `spamc's arguments become settings`(arguments: String, expected: [String])
        throws
    {
        let line = "--enable-spamc-args=\"\(arguments)\""
        #expect(entries(line) == expected)
        #expect(settingsFromConfigure(line).problems == [])
        _ = try settings(line)
    }

    /// spamc gives up on spamd alone; here a time for one scanner ends nothing.
    @Test(arguments: [("-t 30", true), ("-t 300", false), ("-t 301", false), ("-t 0", false)])
    func `That a single spamd is waited for until the deadline is said where spamc gave up earlier`(
        arguments: String, isSaid: Bool
    ) {
        let text = settingsFromConfigure("--enable-spamc-args=\"\(arguments)\"").text
        #expect(text.contains("\n# Not quite the same:\n#   spamc \(arguments): spamc gave up then. ") == isSaid)
        #expect(text.contains("until deadline, 300 s for all scanners together") == isSaid)
    }

    @Test(arguments: [
        ("-H", "spamd-order = spread"), ("-z", "spamd-compress = yes"),
    ]) func `The options of spamc have settings`(
        argument: String, entry: String
    ) throws {
        let line = "--enable-spamc-args=\(argument)"
        #expect(entries(line) == [entry])
        #expect(settingsFromConfigure(line).text.hasPrefix(entry))
    }

    @Test(arguments: [
        "--enable-user=clamav", "--enable-clamdscan=/usr/bin/clamdscan", "--enable-spamc=/usr/bin/spamc",
        "--enable-ripmime=/usr/bin/ripmime", "--disable-ripmime", "--enable-spamassassin-path=/usr/bin/spamassassin",
        "--enable-sigtool-path=/usr/bin/sigtool", "--enable-regex=y", "--enable-controldir=/etc/qmail/control",
        "--enable-controldir=/var/qmail/control", "--enable-qmaildir=/var/qmail", "--enable-dspam=y",
        "--enable-dspam-path=/x", "--with-pcre-include=/usr/include", "--prefix=/usr",
        "--enable-spamc-args=-S", "--enable-workdir=y",
    ]) func `What has no setting any more is told in one comment`(option: String) {
        #expect(entries(option) == [])
        let remarks = remarks(option)
        #expect(remarks.count == 1)
        #expect(remarks.first?.contains(": ") == true)
        #expect(settingsFromConfigure(option).problems == [])
    }

    @Test func `Another qmail directory moves what lies below it, unless that is said`() throws {
        let moved = try settings("--enable-qmaildir=/opt/qmail")
        #expect(moved.workdir == "/opt/qmail/simscan")
        #expect(moved.qmailQueue == "/opt/qmail/bin/qmail-queue")
        for line in [
            "--enable-qmaildir=/opt/qmail --enable-workdir=/w", "--enable-workdir=/w --enable-qmaildir=/opt/qmail",
        ] {
            #expect(try settings(line).workdir == "/w")
        }
    }

    @Test(arguments: [
        "--enable-spam=maybe", "--enable-spam-hits=lots", "--enable-quarantinedir=q", "--enable-bananas", "bananas",
        "--enable-spamc-args='-d a:b:c'", "--enable-spamc-args=-Q", "--enable-spamc-args='-p 0'",
        "--enable-spamc-args='-t soon'", "--enable-spamc-args='stray'", "--enable-trophie-socket=run/x",
    ]) func `What is not understood is a problem, and stands in a comment`(option: String) {
        let translation = settingsFromConfigure("./configure --enable-clamav=y " + option)
        #expect(translation.problems.count == 1)
        #expect(translation.text.contains("# Not understood:\n#   "))
        #expect(entries("--enable-clamav=y " + option) == ["clamav = yes"])
    }

    @Test func `A line break in a value cannot add a setting`() throws {
        let translation = settingsFromConfigure("--enable-user='x\nspam = yes' '--foo=\ndropmsg = yes'")
        #expect(checkSettings(Array(translation.text.utf8), file: "f").named.isEmpty)
    }
}
