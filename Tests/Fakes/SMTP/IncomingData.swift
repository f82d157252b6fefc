/// The text behind DATA, as qmail-smtpd reads it: lines end in CR LF and are handed on with LF, a dot at the start of
/// a line is taken off, a dot alone ends the message (RFC 5321, section 4.5.2). A CR that ends no line stays.
struct IncomingData {
    /// What a byte means for the message.
    enum Progress {
        case more
        case complete
        /// A LF without CR: qmail-smtpd breaks off.
        case strayNewline
    }

    private enum State {
        case lineStart
        case inLine
        /// A dot at the start of a line.
        case dot
        /// The dot and a CR.
        case dotCR
        case cr
    }

    private(set) var message: [UInt8] = []
    private var state = State.lineStart

    mutating func received(_ byte: UInt8) -> Progress {
        let cr = UInt8(ascii: "\r")
        let lf = UInt8(ascii: "\n")
        switch (state, byte) {
        case (.dotCR, lf): return .complete
        case (.cr, lf):
            message.append(lf)
            state = .lineStart
        case (_, lf): return .strayNewline
        case (.cr, cr): message.append(cr)
        case (.lineStart, UInt8(ascii: ".")): state = .dot
        case (.dot, cr): state = .dotCR
        case (.lineStart, cr), (.inLine, cr): state = .cr
        case (.dotCR, _):
            // The CR ended no line after all.
            message.append(cr)
            if byte == cr { state = .cr } else { add(byte) }
        case (.cr, _):
            message.append(cr)
            add(byte)
        case (.lineStart, _), (.inLine, _), (.dot, _): add(byte)
        }
        return .more
    }

    private mutating func add(_ byte: UInt8) {
        message.append(byte)
        state = .inLine
    }
}
