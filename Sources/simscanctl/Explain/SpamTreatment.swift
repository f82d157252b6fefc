import SimscanNative

/// What becomes of spam.
extension Explanation {
    /// What one trail says of it.
    private struct Treatment {
        var hits: Double?
        var refusesWhatSpamdDoes = false
        /// Who said it, then whom they overrode.
        var said: [Contribution]
    }

    func spamTreatment(_ trails: [Trail]) -> ExplainedValue {
        let treatments = trails.map(treatment)
        let hits = treatments.compactMap(\.hits).min()
        let refuses = treatments.contains { $0.refusesWhatSpamdDoes }
        let winning = treatments.filter { own in
            (own.hits != nil && own.hits == hits) || own.refusesWhatSpamdDoes || (hits == nil && !refuses)
        }
        let setBy = winning.map { $0.said[0] }.unique
        return ExplainedValue(
            name: "spam treatment", value: Self.text(hits: hits, refuses: refuses), setBy: setBy,
            inPlaceOf: treatments.flatMap(\.said).without(setBy))
    }

    private func treatment(_ trail: Trail) -> Treatment {
        let record = trail.record
        let hits = trail.contributions(.spamHits)
        let passthru = trail.contributions(.spamPassthru)
        let hitsSetting = contributions(.spamHits)
        let passthruSetting = contributions(.spamPassthru)
        if let score = record.spamHits {
            return Treatment(hits: score, said: hits + hitsSetting + passthru + passthruSetting)
        }
        if let score = settings.spamHits {
            return Treatment(hits: score, said: hitsSetting + passthru + passthruSetting)
        }
        let passes = record.spamPassthru ?? settings.spamPassthru
        return Treatment(refusesWhatSpamdDoes: !passes, said: passthru + passthruSetting + hitsSetting)
    }

    static func text(_ mode: Policy.SpamMode) -> String {
        switch mode {
        case .refuse: text(hits: nil, refuses: true)
        case .hits(let hits): text(hits: hits, refuses: false)
        case .refuseOrHits(let hits): text(hits: hits, refuses: true)
        case .passthru: text(hits: nil, refuses: false)
        }
    }

    private static func text(hits: Double?, refuses: Bool) -> String {
        switch (hits, refuses) {
        case (nil, true): "refuse what spamd calls spam"
        case (nil, false): "deliver it, marked by spamd"
        case (.some(let hits), false): "refuse from \(hits) points on"
        case (.some(let hits), true): "refuse what spamd calls spam, and from \(hits) points on"
        }
    }
}
