import Fakes

/// What became of a sample.
struct Outcome {
    let name: String
    let logLines: [String]
    let reply: QmailReply
    let destination: Sample.Destination
    let milliseconds: Double
    /// What the queue got.
    let queued: [QueuedMessage]
    /// What is not as it must be.
    let complaints: [String]
    private let ending: FilterResult.Ending

    init(of sample: Sample, _ result: FilterResult, queued: [QueuedMessage]) {
        name = sample.name
        logLines = result.logLines
        reply = QmailReply(to: result)
        ending = result.ending
        self.queued = queued
        milliseconds = result.duration.inSeconds * 1000
        destination = Self.destination(reply, isQueued: !queued.isEmpty)

        var complaints: [String] = []
        if (reply.code == 250) != (destination == .queue) {
            complaints.append("\(sample.name): “\(reply)”, and \(queued.count) messages in the queue")
        }
        for message in queued {
            if message.envelope != Envelope(from: sample.sender, to: sample.recipients) {
                complaints.append("\(sample.name): another envelope: \(visible(message.envelopeBytes))")
            }
            if !message.message.ends(with: sample.message.body) {
                complaints.append("\(sample.name): another body than the sender's")
            }
        }
        if let expected = sample.expected {
            let state = Self.state(in: result.logLines)
            let seen = "“\(state)”, \(result.ending), \(destination.rawValue)"
            let wanted =
                "“\(expected.state)”, \(FilterResult.Ending.exited(expected.exitStatus)), \(expected.destination.rawValue)"
            if seen != wanted {
                complaints.append("\(sample.name): \(seen); it must be \(wanted)")
                complaints += result.logLines.map { "  its log: " + $0 }
            }
        }
        self.complaints = complaints
    }

    /// The state that the log line tells.
    var verdict: String { Self.state(in: logLines) }

    var exit: String {
        switch ending {
        case .exited(let status): "\(status)"
        case .signalled(let number): "signal \(number)"
        case .timedOut: "-"
        }
    }

    var colour: Colour {
        switch destination {
        case .queue: .green
        case .refused, .dropped: .red
        case .deferred: .yellow
        }
    }

    private static func destination(_ reply: QmailReply, isQueued: Bool) -> Sample.Destination {
        if isQueued { return .queue }
        switch reply.code {
        case 250: return .dropped
        case 451: return .deferred
        default: return .refused
        }
    }

    /// The third field of the line `simscan:[PPID]:STATE …:`, without the scores that stand behind a spam state.
    private static func state(in logLines: [String]) -> String {
        for line in logLines.reversed() {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 3, fields[0] == "simscan", fields[2] != "NOTE" else { continue }
            return String(fields[2].prefix { $0 != "(" }).trimmingSuffix(" ")
        }
        return "no log line"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        last == character ? String(dropLast()) : self
    }
}

extension [UInt8] {
    /// What follows the header's empty line.
    fileprivate var body: ArraySlice<UInt8> {
        for index in indices.dropLast() where self[index] == 10 && self[index + 1] == 10 {
            return self[(index + 2)...]
        }
        return []
    }

    fileprivate func ends(with suffix: ArraySlice<UInt8>) -> Bool {
        self.suffix(suffix.count) == suffix
    }
}
