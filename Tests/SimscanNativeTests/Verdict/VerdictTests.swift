import SimscanNative
import SpamdProtocol
import Testing

/// One row: what was found under which policy, and what follows.
struct VerdictCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var findings: Findings
    var policy: Policy
    /// Nil: not certain yet.
    var action: Verdict.Action?
    var state: Verdict.State?

    init(
        _ description: String, _ findings: Findings, _ change: (inout Policy) -> Void,
        _ action: Verdict.Action?, _ state: Verdict.State?
    ) {
        testDescription = description
        self.findings = findings
        var policy = Policy(Settings(), attachSuffixes: [], firstRecipient: [])
        change(&policy)
        self.policy = policy
        self.action = action
        self.state = state
    }

    init(_ description: String, _ findings: Findings, _ action: Verdict.Action?, _ state: Verdict.State?) {
        self.init(description, findings, { _ in }, action, state)
    }
}

@Suite("The verdict")
struct VerdictTests {
    private static let name = Array("Worm.Bagle.AU".utf8)
    private static let match = AttachmentMatch(name: Array("trojan.exe".utf8), part: "1.2", rule: Array(".exe".utf8))
    private static let blocked = AttachmentFinding.blocked(match)
    private static let infected = VirusFinding.infected(name: name)
    private static let failed = VirusFinding.failed("clamd unix:/x: cannot connect")
    private static let tooLarge = VirusFinding.notScanned("clamd unix:/x: StreamMaxLength")
    private static let ham = SpamFinding.scored(SpamdVerdict(isSpam: false, score: 1.5, threshold: 5))
    private static let spam = SpamFinding.scored(SpamdVerdict(isSpam: true, score: 12.25, threshold: 5))
    private static let spamFailed = SpamFinding.failed("spamd unix:/y: no answer")

    static let precedence: [VerdictCase] = [
        .init("nothing found", Findings(), .deliver, .clean),
        .init("all clean", Findings(clamd: .clean, trophie: .clean, spam: ham), .deliver, .clean),
        .init(
            "an attachment beats a virus, spam and failures",
            Findings(attachment: blocked, clamd: infected, trophie: failed, spam: spam), .refuse(reply: nil),
            .attachment(name: match.name)),
        .init(
            "an attachment beats what is pending",
            Findings(attachment: blocked, clamd: .pending, trophie: .pending, spam: .pending), .refuse(reply: nil),
            .attachment(name: match.name)),
        .init(
            "a virus beats spam and failures", Findings(clamd: infected, trophie: failed, spam: spam),
            .refuse(reply: nil), .virus(name: name)),
        .init(
            "a virus beats what is pending", Findings(clamd: .pending, trophie: infected, spam: .pending),
            .refuse(reply: nil), .virus(name: name)),
        .init("spam waits for clamd", Findings(clamd: .pending, spam: spam), nil, nil),
        .init("spam waits for trophie", Findings(clamd: .clean, trophie: .pending, spam: spam), nil, nil),
        .init("spam beats a failure", Findings(clamd: failed, spam: spam), .refuse(reply: nil), .spamReject),
        .init("spam beats not scanned", Findings(clamd: tooLarge, spam: spam), .refuse(reply: nil), .spamReject),
        .init("a failure waits for spamd", Findings(clamd: failed, spam: .pending), nil, nil),
        .init("clean waits for spamd", Findings(clamd: .clean, spam: .pending), nil, nil),
        .init(
            "a failure does not wait where spam is passed through", Findings(clamd: failed, spam: .pending),
            { $0.spamMode = .passthru }, .tryLater(reply: nil), .error("clamd unix:/x: cannot connect")),
        .init(
            "passing through waits for the rewritten message", Findings(clamd: .clean, spam: .pending),
            { $0.spamMode = .passthru }, nil, nil),
        .init(
            "a failure beats not scanned", Findings(clamd: tooLarge, trophie: failed, spam: ham),
            .tryLater(reply: nil), .error("clamd unix:/x: cannot connect")),
        .init(
            "not scanned beats clean", Findings(clamd: tooLarge, trophie: .clean, spam: ham), .tryLater(reply: nil),
            .error("clamd unix:/x: StreamMaxLength")),
    ]

    static let spamModes: [VerdictCase] = [
        .init("spam is refused", Findings(spam: spam), .refuse(reply: nil), .spamReject),
        .init(
            "spam is refused with its score", Findings(spam: spam), custom, .refuse(reply: .spam(score: 12.25)),
            .spamReject),
        .init("spam is dropped", Findings(spam: spam), { $0.drops = true }, .drop, .spamDropped),
        .init("spam above hits is refused", Findings(spam: spam), hits(12.25), .refuse(reply: nil), .spamReject),
        .init("spam below hits passes", Findings(spam: spam), hits(12.26), .deliver, .spamPass),
        .init("ham above hits is refused", Findings(spam: ham), hits(1.5), .refuse(reply: nil), .spamReject),
        .init("ham below hits passes", Findings(spam: ham), hits(10), .deliver, .clean),
        .init("spam is passed through", Findings(spam: spam), { $0.spamMode = .passthru }, .deliver, .passthru),
        .init(
            "spam is passed through though drops are on", Findings(spam: spam),
            {
                $0.spamMode = .passthru
                $0.drops = true
            }, .deliver, .passthru),
        .init("ham is passed through as clean", Findings(spam: ham), { $0.spamMode = .passthru }, .deliver, .clean),
        .init(
            "infinite spam is above any hits",
            Findings(spam: .scored(SpamdVerdict(isSpam: true, score: .infinity, threshold: 5))), hits(1e9),
            .refuse(reply: nil), .spamReject),
        .init("a skipped scan for RELAYCLIENT", Findings(spam: .notAsked(.relayClient)), .deliver, .relayClient),
        .init("a skipped scan for size", Findings(spam: .notAsked(.size(9))), .deliver, .clean),
    ]

    static let failures: [VerdictCase] = [
        .init("spamd failed passes", Findings(spam: spamFailed), .deliver, .clean),
        .init(
            "spamd failed defers", Findings(spam: spamFailed), { $0.spamdFailure = .defer }, .tryLater(reply: nil),
            .error("spamd unix:/y: no answer")),
        .init(
            "clamd failed defers with a text", Findings(clamd: failed), custom, .tryLater(reply: .virusScannerFailed),
            .error("clamd unix:/x: cannot connect")),
        .init("clamd failed passes", Findings(clamd: failed), { $0.clamdFailure = .pass }, .deliver, .clean),
        .init("trophie failed passes", Findings(trophie: failed), { $0.trophieFailure = .pass }, .deliver, .clean),
        .init(
            "too large defers with a text", Findings(clamd: tooLarge), custom,
            .tryLater(reply: .tooLargeForVirusScanner), .error("clamd unix:/x: StreamMaxLength")),
        .init(
            "too large is refused", Findings(clamd: tooLarge), { $0.clamdOversize = .reject }, .refuse(reply: nil),
            .limit("clamd unix:/x: StreamMaxLength")),
        .init("too large passes", Findings(clamd: tooLarge), { $0.clamdOversize = .pass }, .deliver, .clean),
        .init(
            "beyond a limit is refused", Findings(attachment: .limit(.depth), clamd: infected), custom,
            .refuse(reply: .tooComplex), .limit("mime-depth")),
        .init(
            "beyond a limit defers", Findings(attachment: .limit(.parts)), { $0.mimeLimits = .defer },
            .tryLater(reply: nil), .limit("mime-parts")),
        .init(
            "beyond a limit passes", Findings(attachment: .limit(.fields), clamd: .clean), { $0.mimeLimits = .pass },
            .deliver, .clean),
    ]

    static let drops: [VerdictCase] = [
        .init("a virus is dropped", Findings(clamd: infected), { $0.drops = true }, .drop, .virusDropped(name: name)),
        .init(
            "dropping keeps its reasons to itself", Findings(attachment: blocked),
            {
                $0.drops = true
                $0.customReply = true
            }, .refuse(reply: nil), .attachment(name: match.name)),
        .init(
            "a drop waits for a scanner that may defer it", Findings(clamd: infected, trophie: .pending),
            { $0.drops = true }, nil, nil),
        .init(
            "a drop does not wait for one that may not", Findings(clamd: infected, trophie: .pending, spam: .pending),
            {
                $0.drops = true
                $0.trophieFailure = .pass
            }, .drop, .virusDropped(name: name)),
        .init(
            "nothing is dropped while a scanner has failed", Findings(clamd: failed, trophie: infected),
            { $0.drops = true }, .tryLater(reply: nil), .error("clamd unix:/x: cannot connect")),
        .init(
            "no spam is dropped while a scanner has failed", Findings(clamd: failed, spam: spam), { $0.drops = true },
            .tryLater(reply: nil), .error("clamd unix:/x: cannot connect")),
        .init(
            "a virus is dropped though spamd, which passes, has failed", Findings(clamd: infected, spam: spamFailed),
            { $0.drops = true }, .drop, .virusDropped(name: name)),
        .init(
            "no virus is dropped while spamd, which defers, is at work", Findings(clamd: infected, spam: .pending),
            {
                $0.drops = true
                $0.spamdFailure = .defer
            }, nil, nil),
    ]

    private static func custom(_ policy: inout Policy) { policy.customReply = true }

    private static func hits(_ hits: Double) -> (inout Policy) -> Void { { $0.spamMode = .hits(hits) } }

    @Test("follows from findings and policy", arguments: precedence + spamModes + failures + drops)
    func table(row: VerdictCase) {
        let verdict = Verdict.decide(row.findings, row.policy)
        #expect(verdict?.action == row.action)
        #expect(verdict?.state == row.state)
    }

    @Test("says in a note what was passed over")
    func notes() {
        var policy = Policy(Settings(), attachSuffixes: [], firstRecipient: [])
        policy.clamdFailure = .pass
        policy.mimeLimits = .pass
        let findings = Findings(attachment: .limit(.depth), clamd: Self.failed, spam: Self.spamFailed)
        #expect(
            Verdict.decide(findings, policy)?.notes == [
                "attachments not checked, beyond mime-depth", "not scanned, clamd unix:/x: cannot connect",
                "not scanned, spamd unix:/y: no answer",
            ])
        #expect(
            Verdict.decide(Findings(spam: .notAsked(.size(250_000))), policy)?.notes == [
                "spam scan skipped, size-limit, 250000 bytes"
            ])
        #expect(Verdict.decide(Findings(clamd: .clean, spam: Self.ham), policy)?.notes == [])
    }

    @Test("gives the limit in force")
    func limit() {
        var policy = Policy(Settings(), attachSuffixes: [], firstRecipient: [])
        #expect(Verdict.decide(Findings(spam: Self.ham), policy)?.limit == 5)
        policy.spamMode = .hits(10)
        #expect(Verdict.decide(Findings(spam: Self.ham), policy)?.limit == 10)
    }

    @Test("once certain, does not change whatever the pending scanners answer")
    func certainty() {
        let viruses: [VirusFinding] = [.notAsked, .pending, .clean, Self.infected, Self.tooLarge, Self.failed]
        let spams: [SpamFinding] = [.notAsked(.off), .pending, Self.ham, Self.spam, Self.spamFailed]
        var certain = 0
        for policy in Self.policies {
            for clamd in viruses {
                for trophie in viruses {
                    for spam in spams {
                        let early = Findings(clamd: clamd, trophie: trophie, spam: spam)
                        guard let verdict = Verdict.decide(early, policy), early != early.completions[0] else {
                            continue
                        }
                        certain += 1
                        for complete in early.completions {
                            let last = Verdict.decide(complete, policy)
                            #expect(last?.action.kind == verdict.action.kind, "\(early) \(complete) \(policy)")
                        }
                    }
                }
            }
        }
        #expect(certain > 100)
    }

    /// Every policy that a verdict can depend on.
    private static let policies: [Policy] = {
        var policies: [Policy] = []
        for mode in [Policy.SpamMode.refuse, .hits(10), .passthru] {
            for drops in [false, true] {
                for clamd in FailurePolicy.allCases {
                    for spamd in FailurePolicy.allCases {
                        for oversize in NotScannedPolicy.allCases {
                            var policy = Policy(Settings(), attachSuffixes: [], firstRecipient: [])
                            policy.spamMode = mode
                            policy.drops = drops
                            policy.clamdFailure = clamd
                            policy.trophieFailure = spamd
                            policy.spamdFailure = spamd
                            policy.clamdOversize = oversize
                            policies.append(policy)
                        }
                    }
                }
            }
        }
        return policies
    }()
}

extension Findings {
    /// Everything that these findings can become when what is pending has answered.
    fileprivate var completions: [Findings] {
        let virus: [VirusFinding] = [.clean, .infected(name: [1]), .notScanned("n"), .failed("f")]
        let spams: [SpamFinding] = [
            .scored(SpamdVerdict(isSpam: false, score: 1, threshold: 5)),
            .scored(SpamdVerdict(isSpam: true, score: 20, threshold: 5)), .failed("f"),
        ]
        var result: [Findings] = []
        for clamd in clamd == .pending ? virus : [clamd] {
            for trophie in trophie == .pending ? virus : [trophie] {
                for spam in spam == .pending ? spams : [spam] {
                    result.append(Findings(attachment: attachment, clamd: clamd, trophie: trophie, spam: spam))
                }
            }
        }
        return result
    }
}

extension Verdict.Action {
    /// The action without its text, which may name another virus when two scanners find one each.
    fileprivate var kind: String {
        switch self {
        case .deliver: "deliver"
        case .refuse: "refuse"
        case .drop: "drop"
        case .tryLater: "try later"
        }
    }
}
