import Foundation

/// Messages as qmail-smtpd hands them on: lines end in LF.
package enum SampleMessages {
    /// A short message in plain text.
    package static let clean = text(
        subject: "Lunch on Friday",
        body: "Shall we meet at noon?\n\n-- \nAlice\n")

    /// The EICAR test file as a base64 attachment, `eicar.com`.
    package static let eicar = attachment(named: "eicar.com", content: TestPatterns.eicar, subject: "Your invoice")

    /// GTUBE in the body: spam for every SpamAssassin.
    package static let gtube = text(
        subject: "You have won",
        body: String(decoding: TestPatterns.gtube, as: UTF8.self) + "\n")

    /// An attachment whose name is `trojan.exe`; what is in it is harmless.
    package static let trojan = attachment(
        named: "trojan.exe", content: Array("MZ, or so it says\n".utf8), subject: "The update")

    /// NUL bytes in the body, and no final newline.
    package static let binary = text(subject: "Bytes", body: "one\0two\0\0three\n\0last line without an end")

    /// Lines that end in CR LF.
    package static let crlf = [UInt8](
        String(decoding: clean, as: UTF8.self).replacingOccurrences(of: "\n", with: "\r\n").utf8)

    /// A message of exactly so many bytes, which must be more than its header's 250.
    package static func filler(bytes count: Int) -> [UInt8] {
        var message = text(subject: "A large one", body: "")
        precondition(count > message.count, "a message of \(count) bytes has no room for its header")
        let line = Array("The quick brown fox jumps over the lazy dog, and nobody knows what it is for\n".utf8)
        message.reserveCapacity(count + line.count)
        while message.count < count { message += line }
        message.removeLast(message.count - count)
        message[count - 1] = UInt8(ascii: "\n")
        return message
    }

    /// A message in plain text.
    package static func text(subject: String, body: String) -> [UInt8] {
        Array((header(subject: subject, type: "text/plain; charset=us-ascii") + "\n" + body).utf8)
    }

    /// A message with a line of text and one base64 attachment, whose name goes into `name=` and `filename=` as it
    /// is, in quotes.
    package static func attachment(named name: String, content: [UInt8], subject: String) -> [UInt8] {
        let encoded = Data(content).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        let text = """
            \(header(subject: subject, type: "multipart/mixed; boundary=\"part\""))
            --part
            Content-Type: text/plain; charset=us-ascii

            See the attachment.

            --part
            Content-Type: application/octet-stream; name="\(name)"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="\(name)"

            \(encoded)
            --part--

            """
        return Array(text.utf8)
    }

    private static func header(subject: String, type: String) -> String {
        """
        From: Alice <alice@example.org>
        To: Bob <bob@example.com>
        Subject: \(subject)
        Date: Sun, 22 Nov 2026 09:30:00 +0000
        Message-ID: <20261122093000.1@example.org>
        MIME-Version: 1.0
        Content-Type: \(type)

        """
    }
}
