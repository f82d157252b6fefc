/// What qmail-smtpd tells the sending client of the end of its qmail-queue.
package struct QmailReply: Sendable, Equatable, CustomStringConvertible {
    /// 250, 451 (try again later) or 554 (never).
    package var code: Int
    package var text: String

    /// The reply as a line, without its CR LF.
    package var description: String { "\(code) \(text)" }

    /// How many bytes of a reject text qmail reads.
    private static let longestRejectText = 255
    /// The exit status that says: the reply is on the reject channel.
    private static let customReject: Int32 = 82

    /// The reply for a status of qmail-queue's (`qmail-queue(8)`, EXIT CODES), and the bytes from the reject channel.
    package init(ending: FilterResult.Ending, rejectText: [UInt8]) {
        guard case .exited(let status) = ending else {
            self.init(code: 451, text: "qq crashed (#4.3.0)")
            return
        }
        if status == 0 {
            self.init(code: 250, text: "ok")
        } else if status == Self.customReject, let reply = Self(rejectText: rejectText.prefix(Self.longestRejectText)) {
            self = reply
        } else if let (text, isPermanent) = Self.meaning(of: status) {
            self.init(code: isPermanent ? 554 : 451, text: text)
        } else if (11...40).contains(status) {
            self.init(code: 554, text: "qq permanent problem (#5.3.0)")
        } else {
            self.init(code: 451, text: "qq temporary problem (#4.3.0)")
        }
    }

    /// The reply for a whole run; of several reject channels the lowest that got a text counts.
    package init(to result: FilterResult) {
        self.init(ending: result.ending, rejectText: Array(result.rejectText.utf8))
    }

    private init(code: Int, text: String) {
        self.code = code
        self.text = text
    }

    /// `D` and a text is permanent, `Z` and a text temporary; anything else is no reply.
    private init?(rejectText: ArraySlice<UInt8>) {
        let text = String(decoding: rejectText.dropFirst(), as: UTF8.self)
        switch rejectText.first {
        case UInt8(ascii: "D"): self.init(code: 554, text: text)
        case UInt8(ascii: "Z"): self.init(code: 451, text: text)
        default: return nil
        }
    }

    private static func meaning(of status: Int32) -> (text: String, isPermanent: Bool)? {
        switch status {
        case 11, 115: ("envelope address too long for qq (#5.1.3)", true)
        case 31: ("mail server permanently rejected message (#5.3.0)", true)
        case 51: ("qq out of memory (#4.3.0)", false)
        case 52: ("qq timeout (#4.3.0)", false)
        case 53: ("qq write error or disk full (#4.3.0)", false)
        case 54: ("qq read error (#4.3.0)", false)
        case 55: ("qq unable to read configuration (#4.3.0)", false)
        case 56: ("qq trouble making network connection (#4.3.0)", false)
        case 61: ("qq trouble in home directory (#4.3.0)", false)
        case 62...66: ("qq trouble creating files in queue (#4.3.0)", false)
        case 71: ("mail server temporarily rejected message (#4.3.0)", false)
        case 72: ("connection to mail server timed out (#4.4.1)", false)
        case 73: ("connection to mail server rejected (#4.4.1)", false)
        case 74: ("communication with mail server failed (#4.4.2)", false)
        case 81, 91: ("qq internal bug (#4.3.0)", false)
        case 120: ("unable to exec qq (#4.3.0)", false)
        default: nil
        }
    }
}
