/// The messages of `simscanctl test --self`.
///
/// The test strings are put together when they are needed: no file and no program of ours holds one, or a scanner
/// would take it for the thing itself.
enum SelfTestMessages {
    /// The EICAR test file (eicar.org), and GTUBE, the generic test for unsolicited bulk email, from back to front.
    private static let backwardEICAR = "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"
    private static let backwardGTUBE = "X43.C*LIAME-TSET-EBU-ITNA-DRADNATS-EBUTG*NENDI2*3NBSN.1NDAQBDJ4C*SJX"

    static var eicar: [UInt8] { backwardEICAR.utf8.reversed() }
    static var gtube: [UInt8] { backwardGTUBE.utf8.reversed() }

    static func clean(_ from: String, _ to: String) -> [UInt8] {
        header(from, to, "a clean message") + "\nNothing is wrong with this message.\n".utf8
    }

    static func infected(_ from: String, _ to: String) -> [UInt8] {
        attachment(from, to, "a test virus", name: "simscan-self-test", eicar)
    }

    static func spam(_ from: String, _ to: String) -> [UInt8] {
        header(from, to, "a test spam") + Array("\n".utf8) + gtube + Array("\n".utf8)
    }

    /// - Parameter suffix: of the attachment's name.
    static func blocked(_ from: String, _ to: String, suffix: [UInt8]) -> [UInt8] {
        let name = "simscan-self-test" + String(decoding: suffix, as: UTF8.self)
        return attachment(from, to, "a refused attachment", name: name, Array("Nothing.\n".utf8))
    }

    private static func header(_ from: String, _ to: String, _ what: String) -> [UInt8] {
        let fields = [
            "From: <" + from + ">", "To: <" + to + ">", "Subject: simscan's self-test: " + what,
            "Date: Mon, 05 Jan 2026 12:00:00 +0000", "Message-ID: <simscan-self-test@localhost>",
            "Content-Type: text/plain; charset=us-ascii",
        ]
        return Array(fields.map { $0 + "\n" }.joined().utf8)
    }

    private static func attachment(
        _ from: String, _ to: String, _ what: String, name: String, _ content: [UInt8]
    ) -> [UInt8] {
        let quoted = name.split(separator: "\"").joined(separator: "")
        let head = String(decoding: header(from, to, what), as: UTF8.self)
            .split(separator: "\n").dropLast().map { $0 + "\n" }.joined()
        let text =
            head + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=part\n\n--part\n\nSee the attachment.\n"
            + "--part\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            + "Content-Disposition: attachment; filename=\"" + quoted + "\"\n\n" + base64(content) + "\n--part--\n"
        return Array(text.utf8)
    }

    /// RFC 4648, section 4, in one line; what is tested is short.
    private static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            var quad: [UInt8] = []
            for _ in 0..<4 {
                quad.insert(letters[bits & 63], at: 0)
                bits >>= 6
            }
            text += quad.prefix(group.count + 1) + [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
