/// One way to hide an attachment, and the mail that does it with a given name.
struct Case: Sendable {
    /// A word for the file's name and the table.
    let title: String
    /// Why a mail program shows or saves the name all the same.
    let reason: String
    /// What must be switched on beyond the suffix list.
    let needs: Needs
    /// The message that hides this name.
    let message: @Sendable (String) -> [UInt8]

    enum Needs: String, Sendable {
        case nothing = "-"
        case archives = "attach-archives"
        case types = "attach-types"
        case doubleExtension = "double-extension"
    }

    init(_ title: String, _ reason: String, needs: Needs = .nothing, message: @escaping @Sendable (String) -> [UInt8]) {
        self.title = title
        self.reason = reason
        self.needs = needs
        self.message = message
    }

    /// A case whose message is text.
    init(_ title: String, _ reason: String, text: @escaping @Sendable (String) -> String) {
        self.init(title, reason) { Array(text($0).utf8) }
    }

    /// A case that is one header of an attachment.
    init(_ title: String, _ reason: String, header: @escaping @Sendable (String) -> String) {
        self.init(title, reason) { Array(Mail.attachment(header($0)).utf8) }
    }
}

/// The names that the corpus hides, and the harmless ones that look like them.
enum Names {
    /// Each ends in a suffix of `Check`'s default list.
    static let hostile = ["trojan.exe", "saver.scr", "old.pif", "run.bat", "dos.com", "love.vbs", "page.js"]
    static let harmless = [
        "execution.txt", "com.example.pdf", "my.exempt.doc", "script.scrap", "battery.bath", "vbs.html", "page.jsx",
    ]
}

/// Pieces of mail.
enum Mail {
    static let head = "From: sender@example.org\nTo: recipient@example.org\nSubject: a file\nMIME-Version: 1.0\n"

    /// A message of two parts, of which the second has this header.
    static func attachment(_ header: String, body: String = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA=") -> String {
        head + "Content-Type: multipart/mixed; boundary=\"=_edge\"\n\nA preamble.\n--=_edge\n"
            + "Content-Type: text/plain; charset=us-ascii\n\nPlease see the file.\n--=_edge\n\(header)\n"
            + "Content-Transfer-Encoding: base64\n\n\(body)\n--=_edge--\n"
    }

    /// A message whose only part has this type and this content in base64.
    static func encoded(_ content: [UInt8], type: String) -> [UInt8] {
        Array(
            (head + "Content-Type: \(type)\nContent-Transfer-Encoding: base64\n\n" + Encode.base64(content, width: 76))
                .utf8)
    }

    /// A part that names the file in the plainest way.
    static func plainPart(_ name: String) -> String {
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"\(name)\"\n\nMZ\n"
    }
}
