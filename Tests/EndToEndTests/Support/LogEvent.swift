import Fakes
import Foundation

/// One line of the log, taken apart by its exact form:
///
///     simscan:[PPID]:STATE (SCORE/REQUIRED/LIMIT):SECONDSs:WHAT:IP:FROM:RCPT,RCPT
struct LogEvent {
    let state: String
    /// `SCORE/REQUIRED/LIMIT`, where the state has them.
    let scores: String?
    let seconds: Double
    /// The subject, or what the state is about.
    let what: String
    let client: String
    let sender: String
    let recipients: [String]

    /// Nil where the line has not this form.
    init?(_ line: String) {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 8, fields[0] == "simscan",
            Self.matches(fields[1], #"\[[0-9]+\]"#),
            Self.matches(
                fields[2], #"[A-Z]+( [A-Z]+)?( \((-?[0-9]+\.[0-9]{2}|-?inf)/-?[0-9]+\.[0-9]{2}/-?[0-9]+\.[0-9]{2}\))?"#),
            Self.matches(fields[3], #"[0-9]+\.[0-9]{4}s"#), let seconds = Double(fields[3].dropLast()),
            !fields[4...].contains("")
        else { return nil }
        let parts = fields[2].components(separatedBy: " (")
        state = parts[0]
        scores = parts.count == 2 ? String(parts[1].dropLast()) : nil
        self.seconds = seconds
        what = fields[4]
        client = fields[5]
        sender = fields[6]
        recipients = fields[7].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: "^(\(pattern))$", options: .regularExpression) != nil
    }
}

extension FilterResult {
    /// The lines that say what became of the message; there is to be one.
    var events: [LogEvent] {
        logLines.compactMap(LogEvent.init).filter { !["NOTE", "DEBUG"].contains($0.state) }
    }

    /// What the NOTE lines say.
    var notes: [String] {
        logLines.compactMap(LogEvent.init).filter { $0.state == "NOTE" }.map(\.what)
    }

    /// The lines that have not the form of the log.
    var strangeLines: [String] {
        logLines.filter { LogEvent($0) == nil }
    }

    /// The state of the log line; nil where there is not just one.
    var state: String? { events.count == 1 ? events.first?.state : nil }

    /// What the log line is about; nil where there is not just one.
    var what: String? { events.count == 1 ? events.first?.what : nil }
}
