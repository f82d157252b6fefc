package import SpamdProtocol

/// One line of the log, an event a line:
///
///     simscan:[PPID]:STATE (SCORE/REQUIRED/LIMIT):SECONDSs:SUBJECT:IP:FROM:RCPT,RCPT
///     simscan:[PPID]:STATE:SECONDSs:WHAT:IP:FROM:RCPT,RCPT
///
/// The first form where there is a score. Where `log-message-id` is set, `:MESSAGE-ID` follows. No field holds a `:` or a control byte of its own.
package struct LogLine {
    /// A line is one `write(2)`, whole for every reader.
    package static let maximumBytes = 4096
    /// Of a subject, a name or an error; the fields behind it must find room.
    private static let maximumWhatBytes = 1250
    private static let maximumMessageIDBytes = 250

    package var parentProcessID: Int32
    package var state: String
    package var score: Score?
    package var elapsed: Duration
    /// The subject, or what the state is about; any bytes.
    package var what: [UInt8]?
    package var clientAddress: [UInt8]?
    package var envelope: Envelope?

    /// The Message-ID field, where `log-message-id` asks for it: a last field in the classic form.
    package var messageID: [UInt8]?
    /// The name of the message's files.
    package var name: MessageName?
    /// What is done with the message.
    package var action: String?
    /// Bytes in the message.
    package var size: Int64?
    package var scanners: [ScannerReport] = []

    /// spamd's verdict, and the score from which mail is refused here.
    package typealias Score = (verdict: SpamdVerdict, limit: Double)

    package init(parentProcessID: Int32, state: String, elapsed: Duration) {
        self.parentProcessID = parentProcessID
        self.state = state
        self.elapsed = elapsed
    }

    /// The line with its newline, at most `maximumBytes`.
    package var bytes: [UInt8] {
        var line = Array("simscan:[".utf8)
        line.reserveCapacity(512)
        line += String(parentProcessID).utf8
        line += "]:".utf8
        line += state.utf8
        if let score {
            line += " (".utf8
            line += Text.decimal(score.verdict.score, digits: 2).utf8
            line += "/".utf8
            line += Text.decimal(score.verdict.threshold, digits: 2).utf8
            line += "/".utf8
            line += Text.decimal(score.limit, digits: 2).utf8
            line += ")".utf8
        }
        line += ":".utf8
        line += Text.decimal(Double(elapsed.nanoseconds) / 1e9, digits: 4).utf8
        line += "s:".utf8
        line += field(what.map { Text.logField($0.prefix(Self.maximumWhatBytes)) })
        line += ":".utf8
        line += field(clientAddress.map { Text.logField($0.prefix(64)) })
        line += ":".utf8
        let last = messageID.map { ":".utf8 + field(Text.logField($0.prefix(Self.maximumMessageIDBytes))) } ?? []
        if let envelope {
            line += field(Text.logAddress(envelope.address(envelope.sender)))
            line += ":".utf8
            appendRecipients(of: envelope, to: &line, leaving: last.count)
        } else {
            line += "-:-".utf8
        }
        line += last
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func field(_ bytes: [UInt8]?) -> [UInt8] {
        guard let bytes, !bytes.isEmpty else { return [UInt8(ascii: "-")] }
        return bytes
    }

    /// As many as there is room for, then `,+N`.
    private func appendRecipients(of envelope: Envelope, to line: inout [UInt8], leaving last: Int) {
        // Room for `,+100000000` and the newline.
        let room = Self.maximumBytes - 12 - last
        for (index, range) in envelope.recipients.enumerated() {
            let address = field(Text.logAddress(envelope.address(range)))
            guard line.count + 1 + address.count <= room else {
                line += (index == 0 ? "+" : ",+").utf8
                line += String(envelope.recipients.count - index).utf8
                return
            }
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line += address
        }
    }
}
