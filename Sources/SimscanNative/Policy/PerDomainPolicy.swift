extension Policy {
    /// What the records of `simcontrol(5)` say for this sender and these recipients.
    ///
    /// Nothing is scanned at first. The default record, the records of the sender (unless `per-domain-sender` is
    /// off) and those of each recipient in the envelope's order then override each other name by name, or, with
    /// `per-domain-merge = strictest`, each recipient has a policy of its own and the strictest value counts. The
    /// master switches come last. What no record names is as the settings say. Pure but for `record`, which returns
    /// the record of a key, nil where there is none, and whose failure is passed on.
    package init<Address: Collection<UInt8>>(
        _ settings: Settings, sender: Address, recipients: some Collection<Address>,
        record: ([UInt8]) throws(ControlFileFailure) -> SimcontrolRecord?
    ) throws(ControlFileFailure) {
        let common = Policy(settings, attachSuffixes: [], firstRecipient: recipients.first?.asciiLowercased ?? [])
        let isSingle = recipients.count == 1
        var lookUps = LookUps()

        var merged = try record([]) ?? SimcontrolRecord()
        if settings.perDomainSender { merged.override(by: try lookUps.record(of: sender, record)) }
        let base = merged

        var strictest: Policy?
        var last: SimcontrolRecord?
        for recipient in recipients {
            let found = try lookUps.record(of: recipient, record)
            merged.override(by: found)
            guard settings.perDomainMerge == .strictest, found != last else { continue }
            last = found
            var own = base
            own.override(by: found)
            let policy = Policy(common, settings, own, isSingle: isSingle)
            strictest = strictest.map { $0.merged(strictestWith: policy) } ?? policy
        }
        self = strictest ?? Policy(common, settings, merged, isSingle: isSingle)
        qmailQueue = merged.qmailqueue ?? settings.qmailQueue
    }

    /// One record's values in place of the settings'.
    private init(_ common: Policy, _ settings: Settings, _ record: SimcontrolRecord, isSingle: Bool) {
        self = common
        scanClamd = settings.clamav && record.clam == true
        scanTrophie = !settings.trophieSocket.isEmpty && record.trophie == true
        scanSpam = settings.spam && record.spam == true
        attachSuffixes = settings.attach ? record.attach.flatMap { $0.isEmpty ? nil : $0 } : nil
        if let hits = record.spamHits ?? settings.spamHits {
            spamMode = .hits(hits)
        } else {
            spamMode = record.spamPassthru ?? settings.spamPassthru ? .passthru : .refuse
        }
        sizeLimit = record.sizeLimit ?? settings.sizeLimit
        if isSingle, let user = record.spamuser { spamUser = Array(user.utf8) }
        regexes = record.regex ?? []
        qmailQueue = record.qmailqueue ?? settings.qmailQueue
        shadow = record.shadow ?? settings.shadow
        clamdFailure = record.clamdFailure ?? settings.clamdFailure
        clamdOversize = record.clamdOversize ?? settings.clamdOversize
        trophieFailure = record.trophieFailure ?? settings.trophieFailure
        spamdFailure = record.spamdFailure ?? settings.spamdFailure
    }
}

/// Look-ups that remember the last domain: the recipients of one message are often of one domain.
private struct LookUps {
    private var lastDomain: [UInt8] = []
    private var lastRecord: SimcontrolRecord?

    /// All that the records of one address say together.
    mutating func record(
        of address: some Collection<UInt8>, _ record: ([UInt8]) throws(ControlFileFailure) -> SimcontrolRecord?
    ) throws(ControlFileFailure) -> SimcontrolRecord {
        let keys = SimcontrolKeys(address)
        var merged = SimcontrolRecord()
        if !keys.domain.isEmpty {
            if keys.domain != lastDomain {
                lastRecord = try record(keys.domain)
                lastDomain = keys.domain
            }
            merged = lastRecord ?? merged
        }
        try keys.forEachAddress { (key) throws(ControlFileFailure) in
            if let found = try record(key) { merged.override(by: found) }
        }
        return merged
    }
}
