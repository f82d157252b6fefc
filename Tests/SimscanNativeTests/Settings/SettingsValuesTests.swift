import SimscanNative
import Testing

/// One setting: its default, texts that it takes with what they become, texts that it refuses.
private struct Row {
    var name: SettingName
    var standard: String
    var accepted: [(text: String, canonical: String)]
    var refused: [String]

    init(_ name: SettingName, _ standard: String, _ accepted: [(String, String)], refused: [String]) {
        self.name = name
        self.standard = standard
        self.accepted = accepted.map { (text: $0.0, canonical: $0.1) }
        self.refused = refused
    }

    static func yesOrNo(_ name: SettingName, _ standard: String) -> Row {
        Row(
            name, standard, [("yes", "yes"), ("no", "no")],
            refused: ["", "on", "off", "true", "1", "Yes", "YES", "yess", "yes no", "y"])
    }

    static func words(_ name: SettingName, _ standard: String, _ words: [String], refused: [String] = []) -> Row {
        Row(
            name, standard, words.map { ($0, $0) },
            refused: ["", "yes", words[0].uppercased(), words[0] + "x"] + refused)
    }

    static func number(_ name: SettingName, _ standard: String, _ least: Int, _ most: Int) -> Row {
        Row(
            name, standard,
            [
                (String(least), String(least)), (String(most), String(most)),
                ("00" + String(most), String(most)),
            ],
            refused: [
                "", "-1", "+5", "1.5", "10k", "ten", "0x10", String(least - 1), String(most + 1), "1 2",
                "99999999999999999999",
            ])
    }

    static func seconds(_ name: SettingName, _ standard: String, zero: Bool = false, most: Int) -> Row {
        Row(
            name, standard,
            [
                ("1", "1"), ("0.5", "0.5"), (".25", "0.25"), ("1.000", "1"), ("1.050", "1.05"), ("0.001", "0.001"),
                ("007", "7"), (String(most), String(most)),
            ] + (zero ? [("0", "0"), ("0.0", "0")] : []),
            refused: [
                "", ".", "1.", "-1", "+1", "1s", "1e2", "inf", "nan", "0x1", "1.2345", "1,5", "1.2.3",
                String(most + 1), String(most) + ".001", "1000000000", "999999999999999999999999",
            ] + (zero ? [] : ["0", "0.000"]))
    }

    static func path(_ name: SettingName, _ standard: String, off: Bool) -> Row {
        Row(
            name, standard,
            [("/", "/"), ("/a b/c", "/a b/c"), ("/x/", "/x"), ("/x//", "/x"), ("/é", "/é")]
                + [("/" + String(repeating: "x", count: 4094), "/" + String(repeating: "x", count: 4094))]
                + (off ? [("off", "off"), ("", "off")] : []),
            refused: ["x", "./x", "~/x", "no", "yes", "\"/x\"", "/a\0b", "/" + String(repeating: "x", count: 4095)]
                + (off ? [] : ["", "off"]))
    }

    static func hosts(_ name: SettingName, _ standard: String, port: String?) -> Row {
        var row = Row(
            name, standard,
            [
                ("unix:/run/x.sock", "unix:/run/x.sock"), ("/run/x.sock", "unix:/run/x.sock"),
                ("tcp:a:1", "tcp:a:1"), ("a.example:65535", "tcp:a.example:65535"),
                ("tcp:[2001:db8::1]:99", "tcp:[2001:db8::1]:99"),
                ("/a , tcp:b:2,[::1]:3", "unix:/a,tcp:b:2,tcp:[::1]:3"),
                ("/a weight=2, tcp:b:2   weight=1000,c:3 weight=1", "unix:/a weight=2,tcp:b:2 weight=1000,tcp:c:3"),
                ("/a weight=3 weight=4", "unix:/a weight=3 weight=4"),
            ],
            refused: ["", ",", "/a,", ",/a", "/a,,/b", "/a,/a", "yes", "no", "a:0", "a b:1", "unix:run/x"]
                + ["0", "1001", "-1", "+1", "01001", "1.5", "", "x"].map { "tcp:a:1 weight=" + $0 }
                + ["/a weight=2,/a", "weight=2", "tcp:a:1weight=2", "tcp:a:1 weight =2", "tcp:a:1 Weight=2"])
        if let port {
            row.accepted += [("scanner1", "tcp:scanner1:" + port), ("[::1]", "tcp:[::1]:" + port)]
            row.refused.append("off")
        } else {
            row.accepted.append(("off", "off"))
            row.refused += ["scanner1", "[::1]"]
        }
        return row
    }
}

private let longUser = String(repeating: "u", count: 255)

private let rows: [Row] = [
    .yesOrNo(.clamav, "yes"),
    .hosts(.clamd, "unix:/run/clamav/clamd.ctl", port: "3310"),
    .words(.clamdOrder, "first", ["first", "spread"]),
    .words(.clamdFailure, "defer", ["defer", "pass"], refused: ["reject"]),
    .words(.clamdOversize, "defer", ["defer", "pass", "reject"]),
    .words(.clamdTransfer, "auto", ["instream", "fildes", "auto"]),
    .yesOrNo(.clamdParts, "no"),
    Row(
        .virusIgnore, "",
        [("", ""), ("PUA.*", "PUA.*"), ("Heuristics.Phishing.* , PUA.?", "Heuristics.Phishing.*,PUA.?")],
        refused: [",", "PUA.*,", "a,,b"]),
    .path(.clamavdbPath, "off", off: true),

    .hosts(.trophieSocket, "off", port: nil),
    .words(.trophieFailure, "defer", ["defer", "pass"], refused: ["reject"]),
    .path(.trophiePath, "off", off: true),

    .yesOrNo(.spam, "no"),
    .hosts(.spamd, "tcp:127.0.0.1:783", port: "783"),
    .words(.spamdOrder, "first", ["first", "spread"]),
    .yesOrNo(.spamPassthru, "no"),
    Row(
        .spamHits, "off",
        [
            ("off", "off"), ("no", "off"), ("yes", "10.0"), ("15", "15.0"), ("20.1", "20.1"), ("5.0", "5.0"),
            ("7.125", "7.125"), ("0.001", "0.001"), ("10000", "10000.0"), (".5", "0.5"),
        ],
        refused: ["", "0", "0.0", "-5", "+5", "abc", "10000.001", "1e3", "inf", "nan", "5,5", "5.", "0x5", "Yes", "on"]),
    .yesOrNo(.spamcUser, "no"),
    Row(
        .spamdUser, "",
        [("", ""), ("vpopmail", "vpopmail"), ("joe@example.com", "joe@example.com"), (longUser, longUser)],
        refused: ["two words", "a\r\nb", "tab\there", "é", "a\0", longUser + "u"]),
    .yesOrNo(.spamAuthUser, "no"),
    .number(.sizeLimit, "250000", 1, 1_000_000_000_000),
    .words(.spamdFailure, "pass", ["defer", "pass"], refused: ["reject"]),
    .words(.spamdCommand, "auto", ["process", "headers", "check", "auto"]),
    .yesOrNo(.spamdCompress, "no"),

    .yesOrNo(.attach, "no"),
    Row(
        .attachAllow, "", [("", ""), ("Winmail.DAT, *.Report.exe", "winmail.dat,*.report.exe")],
        refused: [",", "a,", ",a"]),
    .yesOrNo(.attachArchives, "no"),
    .yesOrNo(.attachTypes, "no"),
    .yesOrNo(.doubleExtension, "no"),
    .words(.attachEncrypted, "pass", ["pass", "reject"], refused: ["defer"]),
    .words(.attachBroken, "pass", ["pass", "reject"], refused: ["defer"]),
    .words(.attachPartial, "pass", ["pass", "reject"], refused: ["defer"]),
    .words(.mimeLimits, "reject", ["reject", "defer", "pass"]),
    .number(.mimeDepth, "1000", 1, 1000),
    .number(.mimeParts, "5000", 1, 100_000),
    .number(.mimeFields, "20000", 1, 1_000_000),
    .number(.mimeHeaderBytes, "4194304", 1024, 268_435_456),

    .yesOrNo(.perDomain, "no"),
    .words(.perDomainMerge, "last", ["last", "strictest"]),
    .yesOrNo(.perDomainSender, "yes"),
    .yesOrNo(.customSMTPReject, "no"),
    Row(
        .rejectFD, "auto", [("auto", "auto"), ("2", "2"), ("4", "4"), ("06", "6"), ("1023", "1023")],
        refused: ["", "0", "1", "1024", "-4", "+4", "four", "4 6", "off", "4294967300"]),
    .yesOrNo(.dropmsg, "no"),
    .path(.quarantinedir, "off", off: true),
    .yesOrNo(.shadow, "no"),

    .seconds(.deadline, "300", most: 3600),
    .seconds(.connectTimeout, "10", most: 600),
    .seconds(.firstByteClamd, "60", most: 600),
    .seconds(.firstByteSpamd, "20", most: 600),
    .seconds(.reloadWait, "30", zero: true, most: 600),

    .path(.workdir, "/var/qmail/simscan", off: false),
    .path(.statedir, "/var/qmail/simscan.state", off: true),
    .path(.qmailQueue, "/var/qmail/bin/qmail-queue", off: false),
    .yesOrNo(.received, "no"),
    .words(.logFormat, "classic", ["classic", "json"]),
    .yesOrNo(.logMessageID, "no"),
    .yesOrNo(.metrics, "no"),
]

@Suite struct SettingsValuesTests {
    @Test func `The table below has every setting, in the manual's order`() {
        #expect(rows.map(\.name) == SettingName.allCases)
    }

    @Test(arguments: rows.indices) func `A setting has the default that the manual gives`(index: Int) {
        #expect(Settings().text(of: rows[index].name) == rows[index].standard)
    }

    @Test(arguments: rows.indices) func `A setting takes each of its forms and gives its canonical text back`(
        index: Int
    ) throws {
        let row = rows[index]
        for (text, canonical) in row.accepted {
            var settings = Settings()
            try settings.apply(row.name, value: text)
            #expect(settings.text(of: row.name) == canonical, "\(row.name.rawValue) = \(text)")
            var again = Settings()
            try again.apply(row.name, value: canonical)
            #expect(again == settings, "\(row.name.rawValue) = \(canonical)")
        }
    }

    @Test(arguments: rows.indices) func `A setting refuses what it cannot mean, names it, and stays as it was`(
        index: Int
    ) {
        let row = rows[index]
        for text in row.refused {
            var settings = Settings()
            let error = #expect(throws: SettingError.self, "\(row.name.rawValue) = \(text)") {
                try settings.apply(row.name, value: text)
            }
            #expect(settings == Settings())
            if case .badValue(let found, let allowed) = error {
                #expect(text.contains(found) || found.isEmpty)
                #expect(!allowed.isEmpty)
            }
        }
    }

    @Test(arguments: rows.indices) func `Only its own setting changes`(index: Int) throws {
        let row = rows[index]
        for (text, canonical) in row.accepted {
            var settings = Settings()
            try settings.apply(row.name, value: text)
            for other in SettingName.allCases where other != row.name {
                #expect(settings.text(of: other) == Settings().text(of: other))
            }
            #expect((settings == Settings()) == (canonical == row.standard))
        }
    }

    @Test func `The values arrive in their own types and units`() throws {
        var settings = Settings()
        try settings.apply(.spamHits, value: "yes")
        #expect(settings.spamHits == 10.0)
        try settings.apply(.spamHits, value: "20.1")
        #expect(settings.spamHits == 20.1)
        try settings.apply(.connectTimeout, value: "2.5")
        #expect(settings.connectTimeout == .milliseconds(2500))
        try settings.apply(.clamd, value: "[2001:db8::1]:99,/run/x")
        #expect(settings.clamd == [.tcp(host: "2001:db8::1", port: 99), .unix(path: "/run/x")])
        try settings.apply(.rejectFD, value: "6")
        #expect(settings.rejectFD == 6)
        try settings.apply(.attachAllow, value: "*.TXT, a")
        #expect(settings.attachAllow == ["*.txt", "a"])
    }

    @Test func `An error quotes what was found, without control characters and not at any length`() {
        #expect(
            SettingError.badValue(found: "a\u{1b}[31m\nb", allowed: "x").description == "found 'a?[31m?b', allowed: x")
        #expect(SettingError.badValue(found: "", allowed: "x").description == "found nothing, allowed: x")
        let long = SettingError.badValue(found: String(repeating: "y", count: 5000), allowed: "x").description
        #expect(long.count < 200)
    }
}
