import Foundation

/// An SMTP server as small as qmail-smtpd, with qmail-smtpd's pipes: each message goes to the program that
/// QMAILQUEUE would name, and the client is told what qmail-smtpd tells it of the program's end.
///
///     let smtp = try FakeSMTPServer(queue: BuiltPrograms.simscan, rejectFD: 6, environment: […])
///     defer { smtp.stop() }
///     … swaks --server 127.0.0.1 --port \(smtp.port) …
package struct FakeSMTPServer: Fake {
    package let server: FakeServer
    private let runs: Runs

    /// Starts one.
    ///
    /// - Parameters:
    ///   - place: where it listens.
    ///   - queue: the path of the program that takes the messages.
    ///   - rejectFD: the descriptor of the reject channel, 4 or 6; nil is a qmail without one.
    ///   - environment: the program's environment; TCPREMOTEIP and PROTO are added.
    ///   - patience: how long it waits for a client.
    ///   - afterEach: is called with the end of each run of the program, before the client hears of it.
    /// - Throws: `Errno` of the socket calls.
    package init(
        at place: Place = .tcp(), queue: String, rejectFD: Int32?, environment: [String: String],
        patience: Duration = .seconds(60), afterEach: @escaping @Sendable (FilterResult) -> Void = { _ in }
    ) throws {
        let runs = Runs(afterEach)
        self.runs = runs
        server = try FakeServer(at: place, patience: patience) { client in
            var session = SMTPSession(
                client: client, queue: queue, rejectFD: rejectFD, environment: environment, runs: runs)
            try session.serve()
        }
    }

    /// The runs of the program so far, in the order in which they ended.
    package var results: [FilterResult] { runs.all }

    /// The TCP port; nil on a unix socket.
    package var port: UInt16? {
        if case .tcp(_, let port) = Place(address) { port } else { nil }
    }
}

/// The runs of the program, gathered over all connections.
private final class Runs: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [FilterResult] = []
    private let afterEach: @Sendable (FilterResult) -> Void

    init(_ afterEach: @escaping @Sendable (FilterResult) -> Void) {
        self.afterEach = afterEach
    }

    var all: [FilterResult] { lock.withLock { results } }

    func add(_ result: FilterResult) {
        lock.withLock { results.append(result) }
        afterEach(result)
    }
}

/// One connection (RFC 5321).
private struct SMTPSession {
    let client: Conversation
    let queue: String
    let rejectFD: Int32?
    let environment: [String: String]
    let runs: Runs

    private var heloName = "unknown"
    private var sender: String?
    private var recipients: [String] = []

    init(client: Conversation, queue: String, rejectFD: Int32?, environment: [String: String], runs: Runs) {
        self.client = client
        self.queue = queue
        self.rejectFD = rejectFD
        self.environment = environment
        self.runs = runs
    }

    mutating func serve() throws {
        try reply("220 mail.example.com ESMTP")
        while let line = try readCommand() {
            let word = line.prefix { $0 != " " }.uppercased()
            let argument = line.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
            switch word {
            case "HELO":
                greet(argument)
                try reply("250 mail.example.com")
            case "EHLO":
                greet(argument)
                try reply("250-mail.example.com")
                try reply("250-PIPELINING")
                try reply("250 8BITMIME")
            case "MAIL":
                sender = Self.address(in: argument)
                recipients = []
                try reply("250 ok")
            case "RCPT":
                if sender == nil {
                    try reply("503 MAIL first (#5.5.1)")
                } else {
                    recipients.append(Self.address(in: argument))
                    try reply("250 ok")
                }
            case "DATA": try takeMessage()
            case "RSET":
                sender = nil
                try reply("250 flushed")
            case "NOOP": try reply("250 ok")
            case "QUIT":
                try reply("221 mail.example.com")
                return
            default: try reply("502 unimplemented (#5.5.1)")
            }
        }
    }

    private mutating func greet(_ name: String) {
        heloName = name
        sender = nil
    }

    /// The next line without its end; nil where the client has closed the connection between two commands.
    private func readCommand() throws -> String? {
        if try client.isAtEnd() { return nil }
        let line = try client.readLine(endingIn: UInt8(ascii: "\n"))
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }

    private func reply(_ line: String) throws {
        try client.send(line + "\r\n")
    }

    /// What stands in `<…>`, or behind the colon where there is no `<`; a source route is taken off.
    private static func address(in argument: String) -> String {
        var address = argument.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        if address.first == "<" {
            address = address.dropFirst().prefix { $0 != ">" }
        } else {
            address = address.prefix { $0 != " " }
        }
        if address.first == "@", let colon = address.firstIndex(of: ":") {
            address = address[address.index(after: colon)...]
        }
        return String(address)
    }

    // MARK: The message

    private mutating func takeMessage() throws {
        guard let sender else {
            try reply("503 MAIL first (#5.5.1)")
            return
        }
        guard !recipients.isEmpty else {
            try reply("503 RCPT first (#5.5.1)")
            return
        }
        try reply("354 go ahead")
        guard let message = try readData() else {
            try reply("451 a line must end in CR LF")
            try client.close()
        }
        let result = try handOver(Array(receivedField.utf8) + message, from: sender)
        try reply(QmailReply(to: result).description)
        self.sender = nil
    }

    /// The message; nil where a line ends in LF alone.
    private func readData() throws -> [UInt8]? {
        var data = IncomingData()
        while let byte = try client.readByte() {
            switch data.received(byte) {
            case .more: continue
            case .complete: return data.message
            case .strayNewline: return nil
            }
        }
        throw ConversationEnd.clientLeft("left in the middle of a message")
    }

    private func handOver(_ message: [UInt8], from sender: String) throws -> FilterResult {
        var run = FilterRun(of: queue, message: message, from: sender, to: recipients)
        run.environment = environment
        run.environment["PROTO"] = "TCP"
        run.environment["TCPREMOTEIP"] = environment["TCPREMOTEIP"] ?? "127.0.0.1"
        run.rejectChannels = rejectFD.map { [$0: .pipe] } ?? [:]
        run.timeLimit = .seconds(600)
        let result: FilterResult
        do {
            result = try run.run()
        } catch {
            // qmail's child, which cannot exec the program, exits so.
            result = FilterResult(notStarted: "\(queue): \(error)")
        }
        runs.add(result)
        return result
    }

    private var receivedField: String {
        let date = DateFormatter()
        date.locale = Locale(identifier: "en_US_POSIX")
        date.timeZone = TimeZone(identifier: "UTC")
        date.dateFormat = "d MMM yyyy HH:mm:ss '-0000'"
        return """
            Received: from unknown (HELO \(heloName)) (\(environment["TCPREMOTEIP"] ?? "127.0.0.1"))
              by mail.example.com with SMTP; \(date.string(from: Date()))

            """
    }
}
