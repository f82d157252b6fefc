import Glibc
import SimscanNative
import SystemPackage

/// What the quarantine knows of one message.
struct QuarantineEntry {
    let name: QuarantineName
    /// Bytes in the message.
    let size: Int64
    /// Nil where the envelope is missing or damaged.
    let envelope: Envelope?
    let subject: [UInt8]
    /// The log line, without its newline.
    let logLine: [UInt8]
    /// The state of the log line and what it is about, `VIRUS Eicar-Signature`; `?` where there is none.
    let reason: [UInt8]
    /// The last line of the mark that it was released; nil where it was not.
    let released: String?

    /// An envelope beyond this is nobody's.
    static let maximumEnvelopeBytes = 1 << 28
    private static let maximumLogBytes = 1 << 20

    /// Nil where the message is gone.
    ///
    /// - Throws: `Failure` where a file of it is no regular file, or cannot be read.
    init?(_ name: QuarantineName, in directory: borrowing QuarantineDirectory) throws(Failure) {
        guard let message = try directory.open(.message, of: name) else { return nil }
        self.name = name
        size = message.size
        envelope = try directory.open(.envelope, of: name).flatMap(Self.envelope)
        let spooled = SpooledMessage(
            descriptor: FileDescriptor(rawValue: message.descriptor), start: 0, size: message.size)
        subject = spooled.headerField("subject:") ?? []
        let line = try directory.open(.log, of: name)?.bytes(atMost: Self.maximumLogBytes) ?? []
        logLine = Array(line.prefix { $0 != UInt8(ascii: "\n") })
        reason = Self.reason(logLine)
        released = try directory.open(.released, of: name).map { mark in
            let lines = mark.bytes(atMost: 1 << 16).split(separator: UInt8(ascii: "\n"))
            return String(decoding: lines.last ?? [], as: UTF8.self)
        }
    }

    var sender: [UInt8] {
        guard let envelope else { return Array("?".utf8) }
        return envelope.sender.isEmpty ? Array("<>".utf8) : Array(envelope.address(envelope.sender))
    }

    var recipients: [[UInt8]] {
        envelope.map { envelope in envelope.recipients.map { Array(envelope.address($0)) } } ?? []
    }

    static func envelope(_ file: QuarantineFile) -> Envelope? {
        guard file.size <= maximumEnvelopeBytes else { return nil }
        var parser = EnvelopeParser()
        let envelope = try? parser.received(file.bytes(atMost: Int(file.size)).span)
        return envelope.flatMap { Int64($0.bytes.count) == file.size ? $0 : nil }
    }

    private static func reason(_ line: [UInt8]) -> [UInt8] {
        var parser = LogParser()
        return line.withUnsafeBytes { bytes in
            guard let event = parser.read(bytes) else { return Array("?".utf8) }
            let state = Array((event.isShadow ? "SHADOW " : "").utf8) + Array(event.state.word.description.utf8)
            switch event.state {
            case .virus, .virusDropped: return state + [0x20] + Array(event.what)
            default: return state
            }
        }
    }

    // MARK: Output

    var json: JSON {
        .object([
            ("name", .string(name.description)), ("time", .string(ClockText.utc(name.seconds))),
            ("size", .integer(size)),
            ("sender", envelope == nil ? .null : .bytes(envelope.map { $0.address($0.sender) } ?? [])),
            ("recipients", .array(recipients.map { .bytes($0) })), ("subject", .bytes(subject)),
            ("reason", .bytes(reason)), ("released", released.map { .string($0) } ?? .null),
            ("log", .bytes(logLine)),
        ])
    }

    static func table(_ entries: [QuarantineEntry]) -> Table {
        var table = Table([
            .left("NAME"), .right("AGE"), .right("SIZE"), .text("REASON"), .text("SENDER"), .text("RECIPIENTS"),
            .text("SUBJECT"),
        ])
        let now = Int64(time(nil))
        for entry in entries {
            var recipients = SafeText.text(entry.recipients.first ?? Array("?".utf8))
            if entry.recipients.count > 1 { recipients += " +" + String(entry.recipients.count - 1) }
            let reason = SafeText.text(entry.reason) + (entry.released == nil ? "" : ", released")
            table.add([
                .init(entry.name.description), .init(Units.age(seconds: now - entry.name.seconds)),
                .init(Units.bytes(entry.size)), .init(reason, entry.released == nil ? .red : .green),
                .init(SafeText.text(entry.sender)), .init(recipients), .init(SafeText.text(entry.subject)),
            ])
        }
        return table
    }
}
