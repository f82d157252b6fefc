import SimscanNative
import Testing

/// `per-domain-merge = strictest`.
@Suite struct StrictestPolicyTests {
    private static let strictest = PerDomainPolicyTests.settings { $0.perDomainMerge = .strictest }

    /// The policy for mail to a@a.example and b@b.example with these records, which must not depend on their order.
    private func policy(_ a: String, _ b: String, default: String = "", _ settings: Settings = strictest) throws
        -> Policy
    {
        let records = ["a.example:" + a, "b.example:" + b, ":" + `default`]
        let recipients = ["a@a.example", "b@b.example"]
        let policy = try PerDomainPolicyTests.policy(records, settings, from: "", to: recipients).policy
        var reversed = try PerDomainPolicyTests.policy(records, settings, from: "", to: recipients.reversed()).policy
        reversed.attachSuffixes = reversed.attachSuffixes.map { $0.reversed() }
        var inOrder = policy
        if inOrder.attachSuffixes?.count != 2 { inOrder.attachSuffixes = reversed.attachSuffixes }
        reversed.regexes = inOrder.regexes
        #expect(inOrder == reversed)
        return policy
    }

    @Test(arguments: [
        ("clam=yes", "clam=no", "", "C"),
        ("clam=yes,spam=no", "clam=no,spam=yes", "", "CS"),
        ("clam=no", "clam=no", "clam=yes", ""),
        ("clam=no", "trophie=yes", "clam=yes", "CT"),
        ("attach=.a", "attach=.b", "", ".a.b"),
        ("attach=no", "attach=.b", "attach=.c", ".b"),
        ("attach=no", "spam=no", "attach=.c", ".c"),
    ]) func `A scan that any recipient asks for is made, and lists are joined`(
        a: String, b: String, standard: String, expected: String
    ) throws {
        #expect(PerDomainPolicyTests.summary(try policy(a, b, default: standard)) == expected)
    }

    @Test func `The last record wins where it is not asked to be strict`() throws {
        let last = PerDomainPolicyTests.settings()
        let records = ["a.example:clam=yes,attach=.a", "b.example:clam=no,attach=.b"]
        let policy = try PerDomainPolicyTests.policy(records, last, from: "", to: ["a@a.example", "b@b.example"]).policy
        #expect(PerDomainPolicyTests.summary(policy) == ".b")
    }

    @Test(arguments: [
        ("spam_hits=5", "spam_hits=20", Policy.SpamMode.hits(5)),
        ("spam_hits=5", "spam_passthru=yes", .hits(5)),
        ("spam_passthru=yes", "spam_passthru=yes", .passthru),
        ("spam_passthru=yes", "spam_passthru=no", .refuse),
        // What one refuses on spamd's word must not pass because the other asks for a score.
        ("spam_hits=50", "spam_passthru=no", .refuseOrHits(50)),
        // Who does not ask for the scan has no say in it.
        ("spam_hits=50", "spam=no,spam_hits=1", .hits(50)),
        ("spam_passthru=yes", "spam=no,spam_passthru=no", .passthru),
    ]) func `The lowest score counts of those who ask for the spam scan`(
        a: String, b: String, expected: Policy.SpamMode
    ) throws {
        #expect(try policy(a, b, default: "spam=yes").spamMode == expected)
    }

    @Test func `The stricter treatment of an outcome counts`() throws {
        let lenient = "clamd_failure=pass,clamd_oversize=pass,trophie_failure=pass,spamd_failure=pass,shadow=yes"
        let strict = "clamd_failure=defer,clamd_oversize=reject,trophie_failure=defer,spamd_failure=defer,shadow=no"
        let scans = "clam=yes,spam=yes,trophie=yes,size_limit=100"
        let both = try policy(lenient, strict + ",size_limit=200", default: scans)
        #expect(both.clamdFailure == .defer)
        #expect(both.clamdOversize == .reject)
        #expect(both.trophieFailure == .defer)
        #expect(both.spamdFailure == .defer)
        #expect(both.sizeLimit == 200)
        #expect(!both.shadow)

        let neither = try policy(lenient, lenient, default: scans)
        #expect(neither.clamdFailure == .pass)
        #expect(neither.clamdOversize == .pass)
        #expect(neither.trophieFailure == .pass)
        #expect(neither.spamdFailure == .pass)
        #expect(neither.shadow)

        let middle = try policy("clamd_oversize=defer", "clamd_oversize=pass", default: scans)
        #expect(middle.clamdOversize == .defer)

        // The strict one does not scan: only the lenient one's treatment matters.
        let absent = try policy(lenient, strict + ",clam=no,spam=no,trophie=no", default: scans)
        #expect(absent.clamdFailure == .pass)
        #expect(absent.spamdFailure == .pass)
        #expect(absent.trophieFailure == .pass)
        #expect(absent.clamdOversize == .pass)
    }

    @Test func `Expressions are joined without doubles, the queue is the last one's`() throws {
        let records = ["a.example:regex=x:y,qmailqueue=/a", "b.example:regex=y:z,qmailqueue=/b"]
        func policy(_ recipients: [String]) throws -> Policy {
            try PerDomainPolicyTests.policy(records, Self.strictest, from: "", to: recipients).policy
        }
        #expect(try policy(["1@a.example", "2@b.example"]).regexes == ["x", "y", "z"].map { Array($0.utf8) })
        #expect(try policy(["1@a.example", "2@b.example"]).qmailQueue == "/b")
        #expect(try policy(["2@b.example", "1@a.example"]).qmailQueue == "/a")
        #expect(try policy(["1@a.example", "2@none.example"]).qmailQueue == "/a")
    }

    @Test func `A hundred thousand recipients cost a look-up each`() throws {
        let recipients = (0..<100_000).map { "user\($0)@a.example" }
        let found = try PerDomainPolicyTests.policy(
            ["a.example:clam=yes,attach=.a", "user99999@a.example:spam=yes"], Self.strictest, from: "", to: recipients)
        #expect(PerDomainPolicyTests.summary(found.policy) == "CS.a")
        #expect(found.keys.count == 100_002)
    }
}
