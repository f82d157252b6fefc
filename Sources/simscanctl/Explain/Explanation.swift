import SimscanNative

/// How each value of the policy for one envelope came to be.
///
/// Built from what the records and settings say, on a way of its own beside `Policy`; that both come to the same end
/// is a test.
struct Explanation {
    let sender: [UInt8]
    let recipients: [[UInt8]]
    /// Whether the client has RELAYCLIENT.
    let isRelay: Bool
    let settings: Settings
    /// Empty without `per-domain`.
    private(set) var lookUps: [LookUp] = []
    var values: [ExplainedValue] = []

    /// Where a setting was said.
    let origin: (SettingName) -> Origin

    /// The policy that is the settings alone, which hold for everybody.
    ///
    /// - Parameters:
    ///   - suffixes: the list of `control/ssattach`.
    ///   - origin: where a setting was said.
    init(
        _ settings: Settings, suffixes: [[UInt8]], sender: [UInt8], recipients: [[UInt8]], isRelay: Bool,
        origin: @escaping (SettingName) -> Origin
    ) {
        self.init(settings, sender, recipients, isRelay, origin)
        values = [
            value("clam", of: .clamav, settings.clamav ? "yes" : "no"),
            value("trophie", of: .trophieSocket, settings.trophieSocket.isEmpty ? "no" : "yes"),
            value("spam", of: .spam, settings.spam ? "yes" : "no"),
            suffixList(suffixes),
            spamTreatment([Trail()]),
            value("size_limit", of: .sizeLimit, String(settings.sizeLimit)),
            spamUser(settingsOnly: true, Trail()),
            ExplainedValue(name: "regex", value: "none", setBy: [.unsaid("regex")], inPlaceOf: []),
            value("qmailqueue", of: .qmailQueue, settings.qmailQueue),
            value("shadow", of: .shadow, settings.shadow ? "yes" : "no"),
            value("clamd_failure", of: .clamdFailure, settings.clamdFailure.rawValue),
            value("clamd_oversize", of: .clamdOversize, settings.clamdOversize.rawValue),
            value("trophie_failure", of: .trophieFailure, settings.trophieFailure.rawValue),
            value("spamd_failure", of: .spamdFailure, settings.spamdFailure.rawValue),
        ]
        addCommonValues()
    }

    /// The policy of records.
    ///
    /// - Throws: `SimcontrolError` where a record has a value that it cannot have.
    init(
        _ settings: Settings, lookUps: [LookUp], sender: [UInt8], recipients: [[UInt8]], isRelay: Bool,
        origin: @escaping (SettingName) -> Origin
    ) throws(SimcontrolError) {
        self.init(settings, sender, recipients, isRelay, origin)
        self.lookUps = lookUps
        let found = lookUps.compactMap(\.found)
        let whole = try Trail(found)
        var trails = [whole]
        if settings.perDomainMerge == .strictest && recipients.count > 1 {
            trails = []
            for index in recipients.indices {
                let own = found.filter { record in
                    switch record.party {
                    case .everybody, .sender: true
                    case .recipient(let number): number == index
                    }
                }
                trails.append(try Trail(own))
            }
        }
        let clam = scanned(trails, settings.clamav) { $0.clam }
        let trophie = scanned(trails, !settings.trophieSocket.isEmpty) { $0.trophie }
        let spam = scanned(trails, settings.spam) { $0.spam }
        values = [
            scan(.clam, .clamav, settings.clamav, trails) { $0.clam },
            scan(.trophie, .trophieSocket, !settings.trophieSocket.isEmpty, trails) { $0.trophie },
            scan(.spam, .spam, settings.spam, trails) { $0.spam },
            attachments(trails),
            spamTreatment(spam),
            strictest(.sizeLimit, .sizeLimit, spam, { $0.sizeLimit ?? settings.sizeLimit }, { $0.max() }, String.init),
            spamUser(settingsOnly: recipients.count != 1, whole),
            regexes(trails),
            strictest(.qmailqueue, .qmailQueue, [whole], { $0.qmailqueue ?? settings.qmailQueue }, { $0.last }) { $0 },
            strictest(
                .shadow, .shadow, trails, { $0.shadow ?? settings.shadow }, { all in all.allSatisfy { $0 } },
                { $0 ? "yes" : "no" }),
            failure(.clamdFailure, .clamdFailure, clam) { $0.clamdFailure ?? settings.clamdFailure },
            strictest(
                .clamdOversize, .clamdOversize, clam, { $0.clamdOversize ?? settings.clamdOversize },
                { all in [.reject, .defer, .pass].first { all.contains($0) } }, { $0.rawValue }),
            failure(.trophieFailure, .trophieFailure, trophie) { $0.trophieFailure ?? settings.trophieFailure },
            failure(.spamdFailure, .spamdFailure, spam) { $0.spamdFailure ?? settings.spamdFailure },
        ]
        addCommonValues()
    }

    private init(
        _ settings: Settings, _ sender: [UInt8], _ recipients: [[UInt8]], _ isRelay: Bool,
        _ origin: @escaping (SettingName) -> Origin
    ) {
        self.settings = settings
        self.sender = sender
        self.recipients = recipients
        self.isRelay = isRelay
        self.origin = origin
    }

    /// What RELAYCLIENT does to the spam scan; nil where the policy has none.
    var relayEffect: (skipsSpam: Bool, because: Contribution)? {
        guard values.contains(where: { $0.name == "spam" && $0.value == "yes" }) else { return nil }
        return (!settings.spamAuthUser, contributions(.spamAuthUser)[0])
    }
}

// MARK: - What the records say

extension Explanation {
    /// The trails that are scanned; where none is, the first one, whose values then stand for all.
    private func scanned(_ trails: [Trail], _ isOn: Bool, _ asked: (SimcontrolRecord) -> Bool?) -> [Trail] {
        let scanned = trails.filter { isOn && asked($0.record) == true }
        return scanned.isEmpty ? Array(trails.prefix(1)) : scanned
    }

    private func scan(
        _ name: SimcontrolName, _ master: SettingName, _ isOn: Bool, _ trails: [Trail],
        _ asked: (SimcontrolRecord) -> Bool?
    ) -> ExplainedValue {
        let said = trails.flatMap { $0.contributions(name) }.unique
        let asking = trails.filter { asked($0.record) == true }
        guard isOn else {
            return ExplainedValue(
                name: name.rawValue, value: "no", setBy: [contributions(master)[0]], inPlaceOf: said,
                remark: asking.isEmpty ? nil : "a master switch: no record turns it on")
        }
        let winning = asking.isEmpty ? trails : asking
        var setBy = winning.compactMap { $0.contributions(name).first }.unique
        if setBy.isEmpty { setBy = [.unsaid(name.rawValue)] }
        return ExplainedValue(
            name: name.rawValue, value: asking.isEmpty ? "no" : "yes", setBy: setBy,
            inPlaceOf: said.without(setBy))
    }

    /// A value of which several trails have one, and one counts.
    private func strictest<Value: Equatable>(
        _ name: SimcontrolName, _ setting: SettingName, _ trails: [Trail], _ value: (SimcontrolRecord) -> Value,
        _ combine: ([Value]) -> Value?, _ text: (Value) -> String
    ) -> ExplainedValue {
        let combined = combine(trails.map { value($0.record) }) ?? value(SimcontrolRecord())
        let winning = trails.filter { value($0.record) == combined }
        func said(_ trail: Trail) -> [Contribution] { trail.contributions(name) + contributions(setting) }
        let setBy = (winning.isEmpty ? trails : winning).map { said($0)[0] }.unique
        return ExplainedValue(
            name: name.rawValue, value: text(combined), setBy: setBy,
            inPlaceOf: trails.flatMap(said).without(setBy))
    }

    private func failure(
        _ name: SimcontrolName, _ setting: SettingName, _ trails: [Trail],
        _ value: (SimcontrolRecord) -> FailurePolicy
    ) -> ExplainedValue {
        strictest(name, setting, trails, value, { $0.contains(.defer) ? .defer : .pass }, { $0.rawValue })
    }

    /// The lists of all trails, one after the other.
    private func attachments(_ trails: [Trail]) -> ExplainedValue {
        guard settings.attach else { return scan(.attach, .attach, false, trails) { $0.attach.map { !$0.isEmpty } } }
        let lists = trails.map { $0.record.attach ?? [] }
        return joined(.attach, trails, lists, Self.list(join(lists)))
    }

    private func regexes(_ trails: [Trail]) -> ExplainedValue {
        let lists = trails.map { $0.record.regex ?? [] }
        let all = join(lists)
        return joined(.regex, trails, lists, all.isEmpty ? "none" : Self.list(all))
    }

    private func joined(
        _ name: SimcontrolName, _ trails: [Trail], _ lists: [[[UInt8]]], _ value: String
    ) -> ExplainedValue {
        let adding = zip(trails, lists).filter { !$1.isEmpty }.map(\.0)
        var setBy = (adding.isEmpty ? trails : adding).compactMap { $0.contributions(name).first }.unique
        if setBy.isEmpty { setBy = [.unsaid(name.rawValue)] }
        return ExplainedValue(
            name: name.rawValue, value: value, setBy: setBy,
            inPlaceOf: trails.flatMap { $0.contributions(name) }.without(setBy))
    }

    private func join(_ lists: [[[UInt8]]]) -> [[UInt8]] {
        lists.reduce(into: []) { all, list in
            let known = all
            all += list.filter { !known.contains($0) }
        }
    }

    private func spamUser(settingsOnly: Bool, _ trail: Trail) -> ExplainedValue {
        let said = trail.contributions(.spamuser)
        let setting = settings.spamcUser ? contributions(.spamcUser) : contributions(.spamdUser)
        let first = recipients.first.map { String(decoding: $0.asciiLowercased, as: UTF8.self) }
        let byDefault = settings.spamcUser ? first : settings.spamdUser
        guard !settingsOnly, let user = trail.record.spamuser else {
            return ExplainedValue(
                name: "spamuser", value: byDefault ?? "none", setBy: [setting[0]],
                inPlaceOf: (said + setting.dropFirst()).unique,
                remark: said.isEmpty ? nil : "a record's spamuser holds for mail to one recipient only")
        }
        return ExplainedValue(
            name: "spamuser", value: user, setBy: [said[0]], inPlaceOf: (said.dropFirst() + setting).without([said[0]]))
    }
}

extension Contribution {
    fileprivate static func unsaid(_ name: String) -> Contribution {
        Contribution(name: name, value: "no", origin: .unsaid)
    }
}
