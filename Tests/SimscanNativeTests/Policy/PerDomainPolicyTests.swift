import SimscanNative
import Testing

/// The policy from records, settings and envelope.
@Suite struct PerDomainPolicyTests {
    /// All master switches on, per-domain on.
    static func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        settings.perDomain = true
        settings.clamav = true
        settings.spam = true
        settings.attach = true
        settings.trophieSocket = [.unix(path: "/run/trophie")]
        change(&settings)
        return settings
    }

    /// The policy for this mail by these records, `key:text` each, and the keys that were looked up.
    static func policy(
        _ records: [String], _ settings: Settings = settings(), from sender: String, to recipients: [String]
    ) throws -> (policy: Policy, keys: [String]) {
        var keys: [String] = []
        let policy = try Policy(
            settings, sender: Array(sender.utf8), recipients: recipients.map { Array($0.utf8) }
        ) { (key) throws(ControlFileFailure) in
            let key = String(decoding: key, as: UTF8.self)
            keys.append(key)
            guard let line = records.first(where: { $0.hasPrefix(key + ":") }) else { return nil }
            do throws(SimcontrolError) {
                return try SimcontrolRecord(text: line.utf8.dropFirst(key.utf8.count + 1))
            } catch {
                throw ControlFileFailure(path: "simcontrol.cdb", reason: error.description)
            }
        }
        return (policy, keys)
    }

    /// What a policy scans, in one word: C for clamd, T for trophie, S for spamd, and the suffixes.
    static func summary(_ policy: Policy) -> String {
        (policy.scanClamd ? "C" : "") + (policy.scanTrophie ? "T" : "") + (policy.scanSpam ? "S" : "")
            + (policy.attachSuffixes ?? []).map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// The three lines of the classic's README.
    static let example = [
        "postmaster@example.com:clam=yes,spam=no,attach=.txt:.com",
        "example.com:clam=no,spam=yes,attach=.mp3",
        ":clam=yes,spam=yes,trophie=yes,spam_hits=20.1",
    ]

    @Test(arguments: [
        (["postmaster@example.com"], "CT.txt.com"),
        (["joe@example.com"], "TS.mp3"),
        (["anybody@else.example"], "CTS"),
        (["POSTMASTER@Example.COM"], "CT.txt.com"),
        (["postmaster-list@example.com"], "CT.txt.com"),
        (["postmasters@example.com"], "TS.mp3"),
        (["postmaster@example.com", "joe@example.com"], "TS.mp3"),
        (["joe@example.com", "postmaster@example.com"], "CT.txt.com"),
        (["postmaster@example.com", "anybody@else.example"], "CT.txt.com"),
        (["anybody@else.example", "postmaster@example.com"], "CT.txt.com"),
        (["joe@example.com", "anybody@else.example"], "TS.mp3"),
        (["anybody@else.example", "joe@example.com"], "TS.mp3"),
        (["joe@example.com", "postmaster@example.com", "anybody@else.example"], "CT.txt.com"),
    ]) func `The classic's example means what it always meant`(recipients: [String], expected: String) throws {
        let policy = try Self.policy(Self.example, from: "someone@sender.example", to: recipients).policy
        #expect(Self.summary(policy) == expected)
        #expect(policy.spamMode == .hits(20.1))
    }

    @Test func `The sender's records come before the recipients'`() throws {
        let records = [
            "sender.example:clam=no", ":clam=yes", "boss@sender.example:clam=yes,spam=yes", "r.example:spam=no",
        ]
        func summary(_ sender: String, _ recipient: String, _ settings: Settings = Self.settings()) throws -> String {
            Self.summary(try Self.policy(records, settings, from: sender, to: [recipient]).policy)
        }
        #expect(try summary("x@sender.example", "y@other.example") == "")
        #expect(try summary("boss@sender.example", "y@other.example") == "CS")
        #expect(try summary("boss@sender.example", "y@r.example") == "C")
        #expect(try summary("", "y@other.example") == "C")
        // Without the sender, nobody can switch the scan off from outside.
        #expect(try summary("x@sender.example", "y@other.example", Self.settings { $0.perDomainSender = false }) == "C")
    }

    @Test(
        arguments: [
            ("joe@example.com", ["example.com", "joe@example.com"]),
            (
                "Test-List-Owner@Test.CH",
                ["test.ch", "test@test.ch", "test-list@test.ch", "test-list-owner@test.ch"]
            ),
            ("a--b@x.org", ["x.org", "a@x.org", "a-@x.org", "a--b@x.org"]),
            ("-a-@x.org", ["x.org", "-a@x.org", "-a-@x.org"]),
            ("a@b@x.org", ["x.org", "a@b@x.org"]),
            ("a@b-c@x.org", ["x.org", "a@b@x.org", "a@b-c@x.org"]),
            ("dash@my-domain.org", ["my-domain.org", "dash@my-domain.org"]),
            ("root", ["root"]),
            ("list-owner", ["list", "list-owner"]),
            ("@x.org", ["x.org", "@x.org"]),
            ("joe@", ["joe@"]),
            ("@", ["@"]),
            ("", []),
        ] as [(String, [String])]) func `An address is looked up as its domain, then dash by dash`(
            address: String, keys: [String]
        ) throws
    {
        let asSender = try Self.policy([], from: address, to: [""])
        #expect(asSender.keys == [""] + keys)
        let asRecipient = try Self.policy([], from: "", to: [address])
        #expect(asRecipient.keys == [""] + keys)
    }

    @Test func `An address without a domain does not bring the default record again`() throws {
        let records = [":clam=yes", "a.example:clam=no"]
        let policy = try Self.policy(records, from: "", to: ["x@a.example", "y@", "root"]).policy
        #expect(!policy.scanClamd)
    }

    @Test func `The domain of many recipients is looked up once while it is the same`() throws {
        let recipients = (0..<100).map { "user\($0)@example.com" } + ["x@other.example", "y@example.com"]
        let keys = try Self.policy(Self.example, from: "", to: recipients).keys
        #expect(keys.filter { $0 == "example.com" }.count == 2)
        #expect(keys.count == 1 + 100 + 2 + 3)
    }

    @Test func `Without any record nothing is scanned, whatever the settings say`() throws {
        let settings = Self.settings { $0.spamHits = 5 }
        let policy = try Self.policy([], settings, from: "a@b.c", to: ["d@e.f"]).policy
        #expect(Self.summary(policy) == "")
        #expect(policy.attachSuffixes == nil)
        #expect(policy.regexes == [])
        // A record without a scan leaves it so.
        #expect(Self.summary(try Self.policy([":spam_hits=5"], from: "", to: ["d@e.f"]).policy) == "")
    }

    @Test(arguments: 0..<16) func `A master switch that is off stays off whatever the records say`(mask: Int) throws {
        let settings = Self.settings {
            $0.clamav = mask & 1 != 0
            $0.trophieSocket = mask & 2 != 0 ? [.unix(path: "/t")] : []
            $0.spam = mask & 4 != 0
            $0.attach = mask & 8 != 0
        }
        for merge in RecordMerge.allCases {
            var settings = settings
            settings.perDomainMerge = merge
            let policy = try Self.policy(
                [":clam=yes,trophie=yes,spam=yes,attach=.x"], settings, from: "", to: ["a@b.c", "d@e.f"]
            ).policy
            #expect(policy.scanClamd == (mask & 1 != 0))
            #expect(policy.scanTrophie == (mask & 2 != 0))
            #expect(policy.scanSpam == (mask & 4 != 0))
            #expect((policy.attachSuffixes != nil) == (mask & 8 != 0))
        }
    }

    @Test(
        arguments: [
            ("spam=yes", nil, false, Policy.SpamMode.refuse),
            ("spam=yes", nil, true, .passthru),
            ("spam=yes", 7, false, .hits(7)),
            ("spam=yes", 7, true, .hits(7)),
            ("spam=yes,spam_passthru=yes", nil, false, .passthru),
            ("spam=yes,spam_passthru=no", nil, true, .refuse),
            ("spam=yes,spam_hits=20.1", nil, true, .hits(20.1)),
            ("spam=yes,spam_hits=20.1,spam_passthru=yes", nil, false, .hits(20.1)),
            ("spam=yes,spam_passthru=yes", 7, false, .hits(7)),
            ("spam=yes,spam_hits=3", 7, false, .hits(3)),
        ] as [(String, Double?, Bool, Policy.SpamMode)]) func `spam_hits beats spam_passthru, a record beats a setting`(
            record: String, hits: Double?, passthru: Bool, expected: Policy.SpamMode
        ) throws
    {
        let settings = Self.settings {
            $0.spamHits = hits
            $0.spamPassthru = passthru
        }
        #expect(try Self.policy([":" + record], settings, from: "", to: ["a@b.c"]).policy.spamMode == expected)
    }

    @Test func `Every other value of a record takes the place of its setting`() throws {
        let record = """
            :size_limit=77,qmailqueue=/q,regex=A:b,clamd_failure=pass,clamd_oversize=reject,trophie_failure=pass,\
            spamd_failure=defer,shadow=yes
            """
        let policy = try Self.policy([record], from: "", to: ["a@b.c"]).policy
        #expect(policy.sizeLimit == 77)
        #expect(policy.qmailQueue == "/q")
        #expect(policy.regexes == [Array("A".utf8), Array("b".utf8)])
        #expect(policy.clamdFailure == .pass)
        #expect(policy.clamdOversize == .reject)
        #expect(policy.trophieFailure == .pass)
        #expect(policy.spamdFailure == .defer)
        #expect(policy.shadow)

        let settings = Self.settings {
            $0.sizeLimit = 5
            $0.qmailQueue = "/other"
            $0.clamdFailure = .pass
            $0.shadow = true
        }
        let untouched = try Self.policy([":clam=yes"], settings, from: "", to: ["a@b.c"]).policy
        #expect(untouched.sizeLimit == 5)
        #expect(untouched.qmailQueue == "/other")
        #expect(untouched.clamdFailure == .pass)
        #expect(untouched.shadow)
    }

    @Test func `A record's spamuser counts where there is one recipient`() throws {
        func user(_ recipients: [String], _ change: @escaping (inout Settings) -> Void = { _ in }) throws -> String? {
            let records = ["joe@b.c:spam=yes,spamuser=Joe", ":spam=yes"]
            let policy = try Self.policy(records, Self.settings(change), from: "", to: recipients).policy
            return policy.spamUser.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try user(["joe@b.c"]) == "Joe")
        #expect(try user(["joe@b.c", "eve@b.c"]) == nil)
        #expect(try user(["eve@b.c"]) == nil)
        #expect(try user(["JOE@b.c", "eve@b.c"]) { $0.spamcUser = true } == "joe@b.c")
        #expect(try user(["joe@b.c"]) { $0.spamcUser = true } == "Joe")
        #expect(try user(["eve@b.c"]) { $0.spamdUser = "vpopmail" } == "vpopmail")
    }

    @Test func `A failing look-up and a bad record are passed on`() {
        #expect(throws: ControlFileFailure(path: "simcontrol.cdb", reason: "clam: found 'x', allowed: yes or no")) {
            try Self.policy(["b.c:clam=x"], from: "", to: ["a@b.c"])
        }
    }
}
