/// The answer of a fake spamd to a request that it understands.
struct SpamdAnswer {
    private let request: SpamcRequest
    private let behaviour: FakeSpamd.Behaviour

    init(to request: SpamcRequest, _ behaviour: FakeSpamd.Behaviour) {
        self.request = request
        self.behaviour = behaviour
    }

    /// The whole answer, head and body, with what `Corruption` does to it.
    var bytes: [UInt8] {
        guard let body else {
            return Array((statusLine + spamLine + "\r\n").utf8)
        }
        var sent = body
        var length = "\(body.count)"
        switch behaviour.corruption {
        case nil: break
        case .shorterBody(let count):
            sent = sent.dropLast(count)
            length = "\(sent.count)"
        case .longerBody(let count):
            sent += [UInt8](repeating: UInt8(ascii: "x"), count: count)
            length = "\(sent.count)"
        case .otherBody:
            if let last = sent.indices.dropLast().last { sent[last] ^= 1 }
        case .cutShort(let count): sent = sent.dropLast(count)
        case .overlong(let count): sent += [UInt8](repeating: UInt8(ascii: "x"), count: count)
        case .noLength: length = ""
        case .length(let text): length = text
        }
        let lengthLine = length.isEmpty ? "" : "Content-length: \(length)\r\n"
        return Array((statusLine + lengthLine + spamLine + "\r\n").utf8) + sent
    }

    private let statusLine = "SPAMD/1.1 0 EX_OK\r\n"

    private var spamLine: String {
        behaviour.hasSpamLine ? "Spam: \(flag) ; \(score) / \(threshold)\r\n" : ""
    }

    /// What follows the head; nil where the method has none.
    private var body: [UInt8]? {
        switch request.method {
        case "SYMBOLS": Array((isSpam ? "GTUBE,MISSING_MID" : "ALL_TRUSTED").utf8)
        case "PROCESS": isSpam && behaviour.wrapsSpam ? wrapped : Array(spamFields.utf8) + request.message
        case "HEADERS": Array(spamFields.utf8) + request.message.prefix(headerLength)
        default: nil
        }
    }

    // MARK: The verdict

    private var words: (flag: String, score: String, threshold: String) {
        switch behaviour.verdict {
        case .fixed(let flag, let score, let threshold): (flag, score, threshold)
        case .byContent:
            TestPatterns.hasGTUBE(request.message) ? ("True", "1003.3", "5.0") : ("False", "-0.1", "5.0")
        }
    }

    private var flag: String { words.flag }
    private var score: String { words.score }
    private var threshold: String { words.threshold }
    private var isSpam: Bool { flag == "True" || flag == "Yes" }

    // MARK: The message

    private var lineEnd: String {
        let firstLine = request.message.prefix { $0 != UInt8(ascii: "\n") }
        return firstLine.last == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }

    private var spamFields: String {
        var lines = ["X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-26) on fake.example.com"]
        if isSpam { lines.append("X-Spam-Flag: YES") }
        lines.append("X-Spam-Level: " + (isSpam ? "**************************************************" : ""))
        lines.append("X-Spam-Status: \(isSpam ? "Yes" : "No"), score=\(score) required=\(threshold)")
        lines.append("\ttests=\(isSpam ? "GTUBE" : "ALL_TRUSTED") autolearn=no version=4.0.1")
        return lines.map { $0 + lineEnd }.joined()
    }

    /// The length of the header with its empty line; the whole message where there is none.
    private var headerLength: Int {
        var position = 0
        for line in request.message.splitLines() {
            position += line.count + 1
            if line.isEmpty || line == [UInt8(ascii: "\r")] { break }
        }
        return min(position, request.message.count)
    }

    /// As report_safe wraps spam: the old message is an attachment of a new one.
    private var wrapped: [UInt8] {
        let top = """
            From: Alice <alice@example.org>
            To: Bob <bob@example.com>
            Subject: You have won
            \(spamFields)MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="spam-report"

            --spam-report
            Content-Type: text/plain; charset=us-ascii

            Spam detection software has found this to be spam.

            --spam-report
            Content-Type: message/rfc822; x-spam-type=original
            Content-Disposition: attachment


            """
        return Array(top.utf8) + request.message + Array("\n--spam-report--\n".utf8)
    }
}
