import Fakes

/// What must be true after any run of the filter, whatever went wrong in it.
struct Judge: Sendable {
    /// The true verdict of a message.
    enum Verdict: Sendable {
        /// It belongs into the queue, in one of the forms that this takes for whole.
        case pass(isWhole: @Sendable ([UInt8]) -> Bool)
        /// It is refused for good.
        case refuse
        /// It is accepted, and kept in the quarantine alone.
        case drop
    }

    let verdict: Verdict
    let mail: Mail

    /// Looks at the queue and the quarantine, and empties them.
    ///
    /// - Parameters:
    ///   - title: what was done, for the words about what is wrong.
    ///   - isKilled: whether the run was killed: then what a later filter removes may be left.
    func look(at outcome: Outcome, in lab: Lab, _ title: String, into tally: inout Tally) throws {
        let words = title + ": " + outcome.ending + ", " + outcome.log.brief
        if outcome.timedOut { tally.note(.leftBehind, words + " (it did not end by itself)") }
        let arrivals = try lab.queue.arrivals()
        try lab.queue.empty()
        try judge(outcome, arrivals, kept: keptInQuarantine(lab, words, &tally), words, &tally)
    }

    private func judge(
        _ outcome: Outcome, _ arrivals: [QueuedMessage], kept: Bool, _ words: String, _ tally: inout Tally
    ) throws {
        for arrival in arrivals where arrival.envelopeBytes != mail.envelope || !mayPass(arrival.message) {
            tally.note(.wronglyAccepted, words + " (\(arrival.message.count) bytes are in the queue)")
        }
        switch outcome.reply {
        case .accepted:
            switch verdict {
            case .pass:
                if arrivals.count != 1 { tally.note(.lost, words + " (\(arrivals.count) in the queue)") }
            case .refuse: tally.note(.wronglyAccepted, words)
            case .drop:
                if !kept { tally.note(.lost, words + " (it is not in the quarantine)") }
            }
        case .permanent:
            if case .refuse = verdict {} else { tally.note(.lost, words + " (the sender is told that it is refused)") }
            if !arrivals.isEmpty { tally.note(.wronglyAccepted, words) }
        case .temporary:
            if !arrivals.isEmpty { tally.note(.wronglyAccepted, words + " (it will come again)") }
        }
    }

    private func mayPass(_ message: [UInt8]) -> Bool {
        if case .pass(let isWhole) = verdict { isWhole(message) } else { false }
    }

    /// Whether the message is in the quarantine, whole; a part of one there is left behind.
    private func keptInQuarantine(_ lab: Lab, _ words: String, _ tally: inout Tally) throws -> Bool {
        let names = try lab.quarantine.names()
        defer { for name in names { lab.quarantine.removeFile(name) } }
        let messages = names.filter { $0.hasPrefix("msg.") }
        for name in messages {
            let rest = name.dropFirst("msg.".count)
            guard try lab.quarantine.read(name) == mail.message, names.contains("addr." + rest),
                names.contains("log." + rest), try lab.quarantine.read("addr." + rest) == mail.envelope,
                try !lab.quarantine.read("log." + rest).isEmpty
            else {
                tally.note(.leftBehind, words + " (a part of a message is in the quarantine)")
                return false
            }
        }
        return !messages.isEmpty
    }
}

extension String {
    /// The beginning of a log line, without the end of the line.
    var brief: String {
        let line = prefix { $0 != "\n" }
        return line.count > 160 ? line.prefix(160) + "…" : String(line)
    }
}
