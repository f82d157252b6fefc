import SimscanNative

/// A message whose verdict is known, and what the settings promise for it.
struct SelfTestPromise {
    let name: String
    let message: [UInt8]
    /// The states of the log line that keep the promise.
    let states: [String]
    /// In words.
    let promise: String

    private static let passing = ["CLEAN", "SPAM PASS", "PASSTHRU"]
    /// What spamd gives GTUBE, or a little less.
    private static let gtubeScore = 999.0

    static func all(_ policy: Policy, _ settings: Settings, _ from: String, _ to: String) -> [SelfTestPromise] {
        func refused(_ state: String) -> [String] { [(policy.shadow ? "SHADOW " : "") + state] }
        let shadow = policy.shadow ? ", though it passes (shadow)" : ""
        var all = [
            SelfTestPromise(
                name: "clean", message: SelfTestMessages.clean(from, to), states: passing, promise: "passes")
        ]
        let infected = SelfTestMessages.infected(from, to)
        if policy.scanClamd || policy.scanTrophie {
            all.append(
                SelfTestPromise(
                    name: "EICAR", message: infected, states: refused(policy.drops ? "VIRUS DROPPED" : "VIRUS"),
                    promise: (policy.drops ? "dropped as a virus" : "refused as a virus") + shadow))
        } else {
            all.append(
                SelfTestPromise(
                    name: "EICAR", message: infected, states: passing, promise: "passes: no virus scanner is on"))
        }
        all.append(spam(policy, from, to, refused(policy.drops ? "SPAM DROPPED" : "SPAM REJECT"), shadow))
        if let suffix = policy.attachSuffixes?.first {
            all.append(
                SelfTestPromise(
                    name: "attachment", message: SelfTestMessages.blocked(from, to, suffix: suffix),
                    states: refused("ATTACH"),
                    promise: "refused: its name ends in " + SafeText.text(suffix) + shadow))
        } else {
            let why = settings.attach ? "no suffix is listed" : "attach = no"
            all.append(
                SelfTestPromise(
                    name: "attachment", message: SelfTestMessages.blocked(from, to, suffix: Array(".exe".utf8)),
                    states: passing, promise: "passes: " + why))
        }
        return all
    }

    private static func spam(
        _ policy: Policy, _ from: String, _ to: String, _ refused: [String], _ shadow: String
    ) -> SelfTestPromise {
        let message = SelfTestMessages.spam(from, to)
        func promise(_ states: [String], _ text: String) -> SelfTestPromise {
            SelfTestPromise(name: "GTUBE", message: message, states: states, promise: text)
        }
        guard policy.scanSpam else { return promise(passing, "passes: spamd is not asked") }
        guard message.count < policy.sizeLimit else { return promise(passing, "passes: larger than size-limit") }
        let word = policy.drops ? "dropped as spam" : "refused as spam"
        switch policy.spamMode {
        case .passthru: return promise(["PASSTHRU"], "delivered, marked as spam")
        case .hits(let hits) where hits > gtubeScore: return promise(passing, "passes: spam-hits is \(hits)")
        case .hits, .refuse, .refuseOrHits: return promise(refused, word + shadow)
        }
    }
}
