import SimscanNative

@testable import simscanctl

/// Random sites, the same for the same seed.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func isOne(of count: Int) -> Bool { number(below: count) == 0 }
    mutating func one<Item>(of items: [Item]) -> Item { items[number(below: items.count)] }

    private static let domains = ["a.example", "b.example", "c.example"]
    private static let locals = ["joe", "joe-list", "joe-list-owner", "ann", "Ann"]

    /// Of few domains and names, so that records are found, with and without dashes, `@` and a name.
    mutating func address() -> String {
        switch number(below: 12) {
        case 0: ""
        case 1: "joe"
        case 2: "@" + one(of: Self.domains)
        default: one(of: Self.locals) + "@" + one(of: Self.domains)
        }
    }

    private mutating func value(of name: SimcontrolName) -> String {
        switch name {
        case .clam, .spam, .trophie: isOne(of: 3) ? "no" : "yes"
        case .spamPassthru, .shadow: one(of: ["yes", "no"])
        case .attach: one(of: ["no", ".exe", ".exe:.com", ".txt:.exe:.exe", ".PIF"])
        case .spamHits: one(of: ["5", "7.5", "20.1"])
        case .sizeLimit: one(of: ["1000", "250000", "9"])
        case .spamuser: one(of: ["Nobody", "list"])
        case .qmailqueue: one(of: ["/bin/a", "/bin/B"])
        case .regex: one(of: ["one", "two:one", "Three"])
        case .clamdOversize: one(of: ["defer", "pass", "reject"])
        case .clamdFailure, .trophieFailure, .spamdFailure: one(of: ["defer", "pass"])
        }
    }

    private mutating func record() -> String {
        let all = SimcontrolName.allCases
        let names = (0...number(below: 5)).map { _ in one(of: isOne(of: 2) ? all : [.clam, .spam, .trophie, .attach]) }
        return names.map { $0.rawValue + "=" + value(of: $0) }.joined(separator: ",")
    }

    mutating func site() -> ExplanationTests.Site {
        var site = ExplanationTests.Site()
        site.settings.perDomain = !isOne(of: 8)
        site.settings.perDomainMerge = one(of: [.last, .strictest])
        site.settings.perDomainSender = !isOne(of: 4)
        site.settings.clamav = !isOne(of: 4)
        site.settings.spam = !isOne(of: 4)
        site.settings.attach = !isOne(of: 4)
        if !isOne(of: 4) { site.settings.trophieSocket = [.unix(path: "/run/trophie")] }
        if isOne(of: 3) { site.settings.spamHits = 12 }
        site.settings.spamPassthru = isOne(of: 3)
        site.settings.spamcUser = isOne(of: 3)
        if isOne(of: 3) { site.settings.spamdUser = "mail" }
        site.settings.clamdFailure = one(of: [.defer, .pass])
        site.settings.spamdFailure = one(of: [.defer, .pass])
        site.settings.shadow = isOne(of: 3)
        if isOne(of: 2) { site.suffixes = [Array(".scr".utf8)] }
        var keys = [""] + Self.domains
        for local in ["joe", "joe-list", "ann"] { keys += Self.domains.map { local + "@" + $0 } }
        keys.append("joe")
        for key in keys where isOne(of: 2) { site.records.append(key + ":" + record()) }
        return site
    }
}
