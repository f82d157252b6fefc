/// A request to spamd, `SPAMC/1.x`, checked line by line (SpamAssassin's spamd/PROTOCOL).
struct SpamcRequest {
    private(set) var method = ""
    private(set) var head: [UInt8] = []
    /// Names in lower case, in the order of the request.
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var message: [UInt8] = []
    private(set) var halfClosed = false
    /// What spamd says of a request that it does not understand.
    private(set) var error: String?

    /// The methods that have a message.
    private static let withMessage = ["CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM", "PROCESS", "HEADERS", "TELL"]
    private static let knownFields = ["content-length", "user", "compress"]

    /// Reads one; what a client must not send is reported, and where it makes the request useless, `error` says so.
    init(from client: Conversation) throws {
        try readHead(from: client)
        guard error == nil, Self.withMessage.contains(method) else { return }
        guard let length = contentLength else {
            client.report("no Content-length")
            message = try client.readToEnd()
            halfClosed = true
            return
        }
        try readMessage(of: length, from: client)
    }

    var user: String? { value(of: "user") }

    func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    private var contentLength: Int? {
        value(of: "content-length").flatMap(Int.init)
    }

    private mutating func readHead(from client: Conversation) throws {
        let request = try readLine(from: client).split(separator: " ", omittingEmptySubsequences: false)
        guard request.count == 2, let version = Double(request[1].dropFirst("SPAMC/".count)),
            request[1].hasPrefix("SPAMC/"), version >= 1, version <= 1.5
        else {
            refuse("a first line like “\(visible(head))”", client)
            return
        }
        method = String(request[0])
        if method != "PING", !Self.withMessage.contains(method) { refuse("the method \(method)", client) }
        while true {
            let line = try readLine(from: client)
            if line.isEmpty { return }
            guard let colon = line.firstIndex(of: ":"), line[colon...].hasPrefix(": ") else {
                refuse("a field like “\(line)”", client)
                continue
            }
            let name = line[..<colon].lowercased()
            let value = String(line[colon...].dropFirst(2))
            if !Self.knownFields.contains(name) { client.report("an unknown field: \(name)") }
            if self.value(of: name) != nil { client.report("the field \(name) twice") }
            if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                refuse("a control byte in \(name): “\(visible(Array(value.utf8)))”", client)
            }
            fields.append((name, value))
        }
    }

    private mutating func readLine(from client: Conversation) throws -> String {
        let line = try client.readLine(endingIn: UInt8(ascii: "\n"))
        head += line + [UInt8(ascii: "\n")]
        if line.last != UInt8(ascii: "\r") { client.report("a line without CR: “\(visible(line))”") }
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }

    /// The message and the client's half close, for which the real spamd waits where the last line has no end.
    private mutating func readMessage(of length: Int, from client: Conversation) throws {
        message = try client.read(length)
        let rest = try client.readToEnd()
        halfClosed = true
        if !rest.isEmpty {
            message += rest
            refuse("Content-length \(length) and \(message.count) bytes", client)
        }
        guard let compression = value(of: "compress") else { return }
        guard compression == "zlib", let plain = inflated(message) else {
            refuse("Compress: \(compression), and \(message.count) bytes that are something else", client)
            return
        }
        message = plain
    }

    private mutating func refuse(_ reason: String, _ client: Conversation) {
        client.report("not understood: \(reason)")
        error = error ?? "Bad header line: (\(reason))"
    }
}
