import SimscanNative
import Testing

@Suite struct SimcontrolRecordTests {
    private static func record(_ change: (inout SimcontrolRecord) -> Void) -> SimcontrolRecord {
        var record = SimcontrolRecord()
        change(&record)
        return record
    }

    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let texts: [(String, SimcontrolRecord)] = [
        ("", SimcontrolRecord()),
        ("clam=yes", record { $0.clam = true }),
        ("clam=no,spam=yes,trophie=no", record { ($0.clam, $0.spam, $0.trophie) = (false, true, false) }),
        ("CLAM=YES,Spam=No", record { ($0.clam, $0.spam) = (true, false) }),
        (" clam = yes , spam = no \r\n", record { ($0.clam, $0.spam) = (true, false) }),
        ("clam=yes,,spam=no,", record { ($0.clam, $0.spam) = (true, false) }),
        ("clam=yes,clam=no", record { $0.clam = false }),
        ("calm=yes,unknown,clam=yes", record { $0.clam = true }),
        ("attach=.txt:.COM", record { $0.attach = bytes(".txt", ".com") }),
        ("attach=.txt::.com:", record { $0.attach = bytes(".txt", ".com") }),
        ("attach= .txt : .com", record { $0.attach = bytes(".txt", ".com") }),
        ("attach=exe", record { $0.attach = bytes("exe") }),
        ("attach=no", record { $0.attach = [] }),
        ("attach=", record { $0.attach = [] }),
        ("spam_hits=20.1", record { $0.spamHits = 20.1 }),
        ("spam_hits=5", record { $0.spamHits = 5 }),
        ("spam_passthru=yes", record { $0.spamPassthru = true }),
        ("size_limit=10000000", record { $0.sizeLimit = 10_000_000 }),
        ("spamuser=Joe@Example.com", record { $0.spamuser = "Joe@Example.com" }),
        ("qmailqueue=/var/qmail/bin/Other-Queue", record { $0.qmailqueue = "/var/qmail/bin/Other-Queue" }),
        ("regex=^Subject\\x3a Buy:V[i1]agra", record { $0.regex = bytes("^Subject\\x3a Buy", "V[i1]agra") }),
        ("regex=A : b", record { $0.regex = bytes("A ", " b") }),
        ("regex=a=b", record { $0.regex = bytes("a=b") }),
        (
            "clamd_failure=pass,clamd_oversize=reject,trophie_failure=pass,spamd_failure=defer,shadow=yes",
            record {
                $0.clamdFailure = .pass
                $0.clamdOversize = .reject
                $0.trophieFailure = .pass
                $0.spamdFailure = .defer
                $0.shadow = true
            }
        ),
    ]

    @Test(arguments: texts) func `A record's text is read`(text: String, expected: SimcontrolRecord) throws {
        #expect(try SimcontrolRecord(text: Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("clam=", SimcontrolName.clam), ("clam", .clam), ("clam=yess", .clam), ("spam=1", .spam),
        ("trophie=on", .trophie),
        ("attach=yes", .attach), ("spam_hits=abc", .spamHits), ("spam_hits=", .spamHits), ("spam_hits=0", .spamHits),
        ("spam_hits=-1", .spamHits), ("spam_hits=nan", .spamHits), ("spam_hits=off", .spamHits),
        ("spam_passthru=maybe", .spamPassthru), ("size_limit=10k", .sizeLimit), ("size_limit=0", .sizeLimit),
        ("spamuser=", .spamuser), ("spamuser=a b", .spamuser), ("qmailqueue=bin/queue", .qmailqueue),
        ("clamd_failure=reject", .clamdFailure), ("clamd_oversize=drop", .clamdOversize),
        ("trophie_failure=reject", .trophieFailure), ("spamd_failure=yes", .spamdFailure), ("shadow=1", .shadow),
        ("spam=yes,clam=yes x", .clam),
    ]) func `A value that a name cannot have throws, and names the name`(text: String, name: SimcontrolName) {
        let error = #expect(throws: SimcontrolError.self) { try SimcontrolRecord(text: Array(text.utf8)) }
        #expect(error?.name == name)
        #expect(error?.description.hasPrefix(name.rawValue + ": found ") == true)
    }

    @Test func `Overriding takes over just the names that the later record carries`() throws {
        let full = try SimcontrolRecord(
            text: Array(
                """
                clam=yes,spam=yes,trophie=yes,attach=.a,spam_hits=1,spam_passthru=yes,size_limit=1,spamuser=u,\
                qmailqueue=/q,regex=r,clamd_failure=pass,clamd_oversize=pass,trophie_failure=pass,spamd_failure=pass,\
                shadow=yes
                """.utf8))
        var fromNothing = SimcontrolRecord()
        fromNothing.override(by: full)
        #expect(fromNothing == full)
        var unchanged = full
        unchanged.override(by: SimcontrolRecord())
        #expect(unchanged == full)
        for other in Self.texts.map(\.1) {
            var overridden = full
            overridden.override(by: other)
            // All that the later one says now holds, and the full one brings all the rest back.
            var again = overridden
            again.override(by: other)
            #expect(again == overridden)
            overridden.override(by: full)
            #expect(overridden == full)
        }
    }

    @Test func `Any bytes are read without harm`() {
        var state: UInt64 = 42
        let alphabet = Array("clam=yes,:spam_hits=20.1 attach=.exe\0\u{ff}\r\n\\".utf8)
        for _ in 0..<5000 {
            var text: [UInt8] = []
            for _ in 0..<(state % 40) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            _ = try? SimcontrolRecord(text: text)
        }
    }
}
