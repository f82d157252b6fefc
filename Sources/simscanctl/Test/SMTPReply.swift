/// What qmail-smtpd tells the sending server of the end of its queue program (qmail.c of notqmail; qmail-queue(8)).
///
/// The one table: doc/troubleshooting.md has the same, and a test compares them.
enum SMTPReply {
    static let taken = "250 ok"
    static let killed = "451 qq crashed (#4.3.0)"
    static let refused = known(31)
    static let deferred = known(71)

    /// Statuses with words of their own.
    private static let words: [(statuses: ClosedRange<Int32>, reply: String)] = [
        (11...11, "554 envelope address too long for qq (#5.1.3)"),
        (31...31, "554 mail server permanently rejected message (#5.3.0)"),
        (51...51, "451 qq out of memory (#4.3.0)"),
        (52...52, "451 qq timeout (#4.3.0)"),
        (53...53, "451 qq write error or disk full (#4.3.0)"),
        (54...54, "451 qq read error (#4.3.0)"),
        (55...55, "451 qq unable to read configuration (#4.3.0)"),
        (56...56, "451 qq trouble making network connection (#4.3.0)"),
        (61...61, "451 qq trouble in home directory (#4.3.0)"),
        (62...66, "451 qq trouble creating files in queue (#4.3.0)"),
        (71...71, "451 mail server temporarily rejected message (#4.3.0)"),
        (72...72, "451 connection to mail server timed out (#4.4.1)"),
        (73...73, "451 connection to mail server rejected (#4.4.1)"),
        (74...74, "451 communication with mail server failed (#4.4.2)"),
        (81...81, "451 qq internal bug (#4.3.0)"),
        (91...91, "451 qq internal bug (#4.3.0)"),
        (115...115, "554 envelope address too long for qq (#5.1.3)"),
        (120...120, "451 unable to exec qq (#4.3.0)"),
    ]

    /// The status that says: the reply is on the reject channel.
    private static let customReject: Int32 = 82

    /// - Parameters:
    ///   - status: nil where a signal ended it.
    ///   - text: what came on the reject channel, `D` or `Z` and words.
    static func reply(toStatus status: Int32?, text: [UInt8]) -> String {
        guard let status else { return killed }
        if status == 0 { return taken }
        if status == customReject {
            switch text.first {
            case UInt8(ascii: "D"): return "554 " + SafeText.text(text.dropFirst())
            case UInt8(ascii: "Z"): return "451 " + SafeText.text(text.dropFirst())
            default: break
            }
        }
        return known(status)
    }

    private static func known(_ status: Int32) -> String {
        if let reply = words.first(where: { $0.statuses.contains(status) })?.reply { return reply }
        return (11...40).contains(status) ? "554 qq permanent problem (#5.3.0)" : "451 qq temporary problem (#4.3.0)"
    }
}
