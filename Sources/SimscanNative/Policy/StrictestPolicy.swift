extension Policy {
    /// What both ask for together (`per-domain-merge = strictest`, simscan.conf(5)).
    ///
    /// A scan that one asks for is made, lists are joined, and where both ask for a scan the stricter treatment of
    /// its outcome counts. What only bears on a scan that one of them does not ask for is the other's.
    func merged(strictestWith other: Policy) -> Policy {
        var result = self
        if other.scanClamd {
            result.clamdFailure = scanClamd ? strictest(clamdFailure, other.clamdFailure) : other.clamdFailure
            result.clamdOversize = scanClamd ? strictest(clamdOversize, other.clamdOversize) : other.clamdOversize
            result.scanClamd = true
        }
        if other.scanTrophie {
            result.trophieFailure = scanTrophie ? strictest(trophieFailure, other.trophieFailure) : other.trophieFailure
            result.scanTrophie = true
        }
        if other.scanSpam {
            result.spamMode = scanSpam ? strictest(spamMode, other.spamMode) : other.spamMode
            result.spamdFailure = scanSpam ? strictest(spamdFailure, other.spamdFailure) : other.spamdFailure
            result.sizeLimit = scanSpam ? max(sizeLimit, other.sizeLimit) : other.sizeLimit
            result.scanSpam = true
        }
        if let suffixes = other.attachSuffixes { result.attachSuffixes = joined(attachSuffixes ?? [], suffixes) }
        result.regexes = joined(regexes, other.regexes)
        result.shadow = shadow && other.shadow
        return result
    }
}

/// The first list, and what only the second has.
private func joined(_ first: [[UInt8]], _ second: [[UInt8]]) -> [[UInt8]] {
    first == second ? first : first + second.filter { !first.contains($0) }
}

private func strictest(_ first: FailurePolicy, _ second: FailurePolicy) -> FailurePolicy {
    first == .defer || second == .defer ? .defer : .pass
}

private func strictest(_ first: NotScannedPolicy, _ second: NotScannedPolicy) -> NotScannedPolicy {
    for policy in [NotScannedPolicy.reject, .defer] where first == policy || second == policy { return policy }
    return .pass
}

private func strictest(_ first: Policy.SpamMode, _ second: Policy.SpamMode) -> Policy.SpamMode {
    let hits = [first, second].compactMap { $0.score }.min()
    let refuses = first.refusesWhatSpamdDoes || second.refusesWhatSpamdDoes
    guard let hits else { return refuses ? .refuse : .passthru }
    return refuses ? .refuseOrHits(hits) : .hits(hits)
}

extension Policy.SpamMode {
    /// The score from which it refuses.
    fileprivate var score: Double? {
        switch self {
        case .hits(let score), .refuseOrHits(let score): score
        case .refuse, .passthru: nil
        }
    }

    /// Whether it refuses what spamd calls spam.
    fileprivate var refusesWhatSpamdDoes: Bool {
        switch self {
        case .refuse, .refuseOrHits: true
        case .hits, .passthru: false
        }
    }
}
