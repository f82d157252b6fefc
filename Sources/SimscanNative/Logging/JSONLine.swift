extension LogLine {
    /// The line as one JSON object with a newline; nothing in it is cut or replaced but what is no UTF-8.
    ///
    /// `action`, `size` and `scanners` stand in the line of a verdict alone; what is not known is left out.
    package var json: [UInt8] {
        var text = JSONText()
        text.object { text in
            if let name {
                text.key("id")
                text.string(name.description)
            }
            text.key("ppid")
            text.number(Int64(parentProcessID))
            text.key("state")
            text.string(state)
            if let action {
                text.key("action")
                text.string(action)
            }
            text.key("seconds")
            text.number(Double(elapsed.nanoseconds) / 1e9, digits: 4)
            if let score { append(score, to: &text) }
            append("what", what, to: &text)
            append("message_id", messageID, to: &text)
            append("client", clientAddress, to: &text)
            if let envelope { append(envelope, to: &text) }
            if let size {
                text.key("size")
                text.number(size)
            }
            if !scanners.isEmpty { appendScanners(to: &text) }
        }
        return text.bytes + [UInt8(ascii: "\n")]
    }

    private func append(_ key: StaticString, _ value: [UInt8]?, to text: inout JSONText) {
        guard let value else { return }
        text.key(key)
        text.string(value)
    }

    private func append(_ score: Score, to text: inout JSONText) {
        text.key("score")
        text.number(score.verdict.score, digits: 2)
        text.key("required")
        text.number(score.verdict.threshold, digits: 2)
        text.key("limit")
        text.number(score.limit, digits: 2)
    }

    private func append(_ envelope: Envelope, to text: inout JSONText) {
        text.key("from")
        text.string(envelope.address(envelope.sender))
        text.key("recipients")
        text.array { text in
            for recipient in envelope.recipients { text.string(envelope.address(recipient)) }
        }
    }

    private func appendScanners(to text: inout JSONText) {
        text.key("scanners")
        text.array { text in
            for scanner in scanners {
                text.object { text in
                    text.key("name")
                    text.string(scanner.name)
                    if let host = scanner.host {
                        text.key("host")
                        text.string(host)
                    }
                    text.key("verdict")
                    text.string(scanner.verdict)
                    if !scanner.detail.isEmpty {
                        text.key("detail")
                        text.string(scanner.detail)
                    }
                    if let elapsed = scanner.elapsed {
                        text.key("milliseconds")
                        text.number(Double(elapsed.nanoseconds) / 1e6, digits: 1)
                    }
                }
            }
        }
    }
}
