import SimscanNative
import Testing

@testable import simscanctl

/// Explanations of envelopes by records, and that they come to the same end as the policy.
@Suite struct ExplanationTests {
    /// A site without files: its settings, and the records `key:text`, a line each from 1 on.
    struct Site {
        var settings = Settings()
        var records: [String] = []
        var suffixes: [[UInt8]] = []

        private func text(of key: [UInt8]) -> [UInt8]? {
            let prefix = String(decoding: key, as: UTF8.self) + ":"
            return records.first { $0.hasPrefix(prefix) }.map { Array($0.utf8.dropFirst(prefix.utf8.count)) }
        }

        private func line(of key: [UInt8], _ text: [UInt8]) -> Int? {
            let record = String(decoding: key, as: UTF8.self) + ":" + String(decoding: text, as: UTF8.self)
            return records.firstIndex(of: record).map { $0 + 1 }
        }

        func explanation(
            from sender: String, to recipients: [String], isRelay: Bool = false
        ) throws -> Explanation {
            let sender = Array(sender.utf8)
            let recipients = recipients.map { Array($0.utf8) }
            let origin = { (name: SettingName) in
                settings.text(of: name) == Settings().text(of: name)
                    ? Origin.standard(name) : Origin.setting(name, line: nil)
            }
            guard settings.perDomain else {
                return Explanation(
                    settings, suffixes: suffixes, sender: sender, recipients: recipients, isRelay: isRelay,
                    origin: origin)
            }
            let found = lookUps(
                sender: settings.perDomainSender ? sender : nil, recipients: recipients, text: text(of:),
                line: line)
            return try Explanation(
                settings, lookUps: found, sender: sender, recipients: recipients, isRelay: isRelay, origin: origin)
        }

        func policy(from sender: String, to recipients: [String]) throws -> Policy {
            let recipients = recipients.map { Array($0.utf8) }
            guard settings.perDomain else {
                return Policy(settings, attachSuffixes: suffixes, firstRecipient: recipients.first ?? [])
            }
            return try Policy(settings, sender: Array(sender.utf8), recipients: recipients) {
                (key) throws(ControlFileFailure) in
                guard let text = text(of: key) else { return nil }
                return try? SimcontrolRecord(text: text)
            }
        }
    }

    /// A policy as an explanation shows it.
    static func texts(_ policy: Policy) -> [String: String] {
        func text(_ isOn: Bool) -> String { isOn ? "yes" : "no" }
        return [
            "clam": text(policy.scanClamd), "trophie": text(policy.scanTrophie), "spam": text(policy.scanSpam),
            "attach": Explanation.list(policy.attachSuffixes), "spam treatment": Explanation.text(policy.spamMode),
            "size_limit": String(policy.sizeLimit),
            "spamuser": policy.spamUser.map { String(decoding: $0, as: UTF8.self) } ?? "none",
            "regex": policy.regexes.isEmpty ? "none" : Explanation.list(policy.regexes),
            "qmailqueue": policy.qmailQueue, "shadow": text(policy.shadow),
            "clamd_failure": policy.clamdFailure.rawValue, "clamd_oversize": policy.clamdOversize.rawValue,
            "trophie_failure": policy.trophieFailure.rawValue, "spamd_failure": policy.spamdFailure.rawValue,
            "mime-limits": policy.mimeLimits.rawValue, "custom-smtp-reject": text(policy.customReply),
            "dropmsg": text(policy.drops),
        ]
    }

    @Test(arguments: 0..<50) func `An explanation comes to the same values as the policy`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        for _ in 0..<100 {
            let site = dice.site()
            let sender = dice.address()
            let recipients = (0...dice.number(below: 4)).map { _ in dice.address() }
            let explained = try site.explanation(from: sender, to: recipients).values
            // What is shown only where it is not as by default is no part of a policy.
            let seldom = Set(Explanation.seldom.map(\.rawValue))
            let values = Dictionary(
                uniqueKeysWithValues: explained.filter { !seldom.contains($0.name) }.map { ($0.name, $0.value) })
            #expect(
                values == Self.texts(try site.policy(from: sender, to: recipients)),
                "from \(sender) to \(recipients) by \(site.records), \(site.settings.perDomainMerge)")
            for value in explained {
                #expect(!value.setBy.isEmpty)
                #expect(!value.inPlaceOf.contains { value.setBy.contains($0) })
            }
        }
    }

    @Test func `The winner and what it overrode are named, the last one first`() throws {
        var site = Site()
        site.settings.perDomain = true
        site.settings.spam = true
        site.settings.spamHits = 12
        site.records = [
            "postmaster@example.com:spam=no", "example.com:spam=yes,spam_hits=7", ":spam=yes,spam_hits=20.1,clam=yes",
        ]
        let values = try site.explanation(from: "x@else.example", to: ["postmaster@example.com"]).values
        let spam = try #require(values.first { $0.name == "spam" })
        #expect(spam.value == "no")
        #expect(spam.setBy.map(\.text) == ["simcontrol:1 postmaster@example.com spam=no"])
        #expect(spam.inPlaceOf.map(\.text) == ["simcontrol:2 example.com spam=yes", "simcontrol:3 (default) spam=yes"])
        let treatment = try #require(values.first { $0.name == "spam treatment" })
        #expect(treatment.value == "refuse from 7.0 points on")
        #expect(treatment.setBy.map(\.text) == ["simcontrol:2 example.com spam_hits=7"])
        #expect(
            treatment.inPlaceOf.map(\.text).prefix(2) == [
                "simcontrol:3 (default) spam_hits=20.1", "simscan.cdb spam-hits=12.0",
            ])
    }

    @Test func `A master switch wins over the records, and says so`() throws {
        var site = Site()
        site.settings.perDomain = true
        site.settings.clamav = false
        site.records = [":clam=yes"]
        let values = try site.explanation(from: "a@b", to: ["c@d"]).values
        let clam = try #require(values.first { $0.name == "clam" })
        #expect(clam.value == "no")
        #expect(clam.setBy.map(\.text) == ["simscan.cdb clamav=no"])
        #expect(clam.inPlaceOf.map(\.text) == ["simcontrol:1 (default) clam=yes"])
        #expect(clam.remark == "a master switch: no record turns it on")
    }

    @Test func `What decides seldom is shown where it is not as by default`() throws {
        var site = Site()
        let usual = try site.explanation(from: "a@b", to: ["c@d"]).values.map(\.name)
        #expect(!usual.contains("attach-encrypted") && !usual.contains("mime-depth"))
        site.settings.attach = true
        site.settings.attachEncrypted = .reject
        site.settings.mimeDepth = 20
        site.settings.attachAllow = ["*.pdf"]
        let explanation = try site.explanation(from: "a@b", to: ["c@d"])
        let shown = explanation.values.filter { !usual.contains($0.name) }
        #expect(shown.map(\.name) == ["attach-allow", "attach-encrypted", "mime-depth"])
        #expect(shown.map(\.value) == ["*.pdf", "reject", "20"])
        #expect(shown.map { $0.setBy.map(\.text) }[1] == ["simscan.cdb attach-encrypted=reject"])
        #expect(shown.map { $0.inPlaceOf.map(\.text) }[1] == ["default attach-encrypted=pass"])
    }

    @Test(arguments: [RecordMerge.last, .strictest])
    func `A record that two recipients share is named once`(merge: RecordMerge) throws {
        var site = Site()
        site.settings.perDomain = true
        site.settings.perDomainMerge = merge
        site.settings.spam = true
        site.settings.attach = true
        site.records = [
            "example.com:spam=no,clam=yes,attach=.exe,regex=one", "ann@example.com:spam=yes,clam=no,attach=.scr",
            ":spam=yes,spam_hits=5,size_limit=9",
        ]
        let to = ["joe@example.com", "ann@example.com", "jim@example.com"]
        for value in try site.explanation(from: "x@else.example", to: to).values {
            let texts = (value.setBy + value.inPlaceOf).map(\.text)
            #expect(Set(texts).count == texts.count, "\(value.name): \(texts)")
        }
    }

    @Test func `No line of an explanation ends in blanks`() throws {
        var site = Site()
        site.settings.perDomain = true
        site.records = ["example.com:spam=no"]
        let text = try site.explanation(from: "a@b.example", to: ["c@example.com", "d@example.com"])
            .text(for: Terminal(-1))
        #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") }, "\(text)")
    }

    @Test func `Look-ups stand in the order in which the filter asks`() throws {
        var site = Site()
        site.settings.perDomain = true
        let explanation = try site.explanation(from: "Me@Sender.example", to: ["a-list-owner@b.example", "c"])
        #expect(
            explanation.lookUps.map { String(decoding: $0.key, as: UTF8.self) } == [
                "", "sender.example", "me@sender.example", "b.example", "a@b.example", "a-list@b.example",
                "a-list-owner@b.example", "c",
            ])
    }

    @Test(arguments: [(false, true), (true, false)])
    func `RELAYCLIENT skips the spam scan unless spam-auth-user is set`(scansRelays: Bool, skips: Bool) throws {
        var site = Site()
        site.settings.spam = true
        site.settings.spamAuthUser = scansRelays
        let explanation = try site.explanation(from: "a@b", to: ["c@d"], isRelay: true)
        #expect(explanation.relayEffect?.skipsSpam == skips)
        let text = explanation.text(for: Terminal(-1))
        #expect(text.contains("not scanned for this client") == skips)
    }
}
