private let program = Array("MZ this program is a test and does nothing at all, in more than one line of text.".utf8)

/// Files inside of text and inside of other files.
let embeddedCases: [Case] = [
    Case("uuencode", "without any MIME", text: { "From: a@b\n\nHere it is:\n\n" + Encode.uuencode($0, program) }),
    Case(
        "uuencode-part", "in a text part",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n"
                + Encode.uuencode($0, program) + "--x--\n"
        }),
    Case(
        "uuencode-base64", "inside of base64",
        message: { Mail.encoded(Array(Encode.uuencode($0, program).utf8), type: "text/plain") }),
    Case(
        "uuencode-quoted-printable", "inside of quoted-printable",
        text: {
            Mail.head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
                + Encode.quotedPrintable(Encode.uuencode($0, program))
        }),
    Case(
        "uuencode-x", "as a transfer encoding",
        text: {
            Mail.head + "Content-Type: application/octet-stream\nContent-Transfer-Encoding: x-uuencode\n\n"
                + Encode.uuencode($0, program)
        }),
    Case(
        "uuencode-crlf", "with CRLF",
        text: { ("From: a@b\n\n" + Encode.uuencode($0, program)).replacing("\n", with: "\r\n") }),
    Case(
        "uuencode-mode", "a mode of four digits, and a blank in the name",
        text: { "From: a@b\n\n" + Encode.uuencode("my \($0)", program, mode: "0755") }),
    Case(
        "uuencode-html", "in text of another kind",
        text: { Mail.head + "Content-Type: text/html\n\n<html>\n" + Encode.uuencode($0, program) }),
    Case(
        "uuencode-preamble", "in the preamble",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n" + Encode.uuencode($0, program)
                + "--x\n\nHello\n--x--\n"
        }),
    Case(
        "uuencode-epilogue", "in the epilogue",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x--\n"
                + Encode.uuencode($0, program)
        }),
    Case(
        "uuencode-no-end", "cut off",
        text: {
            "From: a@b\n\n" + Encode.uuencode($0, program).split(separator: "\n").dropLast(2).joined(separator: "\n")
        }),
    Case(
        "uuencode-second", "the second of two files",
        text: { "From: a@b\n\n" + Encode.uuencode("a.txt", program) + "\n" + Encode.uuencode($0, program) }),
    Case(
        "uuencode-octet-stream", "in a part that is no text",
        text: { Mail.head + "Content-Type: application/octet-stream\n\n" + Encode.uuencode($0, program) }),
    Case(
        "uuencode-begin-base64", "base64 between begin and ====",
        text: { "From: a@b\n\nbegin-base64 644 \($0)\n" + Encode.base64(program, width: 60) + "====\n" }),
    Case("uuencode-only", "no header at all", text: { Encode.uuencode($0, program) }),
    Case("yenc", "yEnc", message: { Array("From: a@b\n\n".utf8) + Encode.yEnc($0, program) }),
    Case(
        "yenc-part", "yEnc in several parts",
        text: {
            "From: a@b\n\n=ybegin part=1 total=2 line=128 size=200 name=\($0)\n=ypart begin=1 end=100\nabc\n=yend size=100\n"
        }),
    Case("binhex", "BinHex in text", text: { "From: a@b\n\n" + Encode.binHex($0, program) }),
    Case(
        "binhex-type", "BinHex as a type",
        text: { Mail.head + "Content-Type: application/mac-binhex40\n\n" + Encode.binHex($0, program) }),
    Case(
        "tnef", "a file in winmail.dat",
        message: { Mail.encoded(TNEF.file(title: $0), type: "application/ms-tnef; name=winmail.dat") }),
    Case(
        "tnef-long", "the long name alone is bad",
        message: { Mail.encoded(TNEF.file(title: "A.TXT", longName: $0), type: "application/ms-tnef") }),
    Case(
        "tnef-unicode", "in UTF-16",
        message: {
            Mail.encoded(TNEF.file(title: "A.TXT", longName: $0, isUTF16: true), type: "application/vnd.ms-tnef")
        }),
    Case(
        "tnef-checksum", "every checksum is wrong",
        message: { Mail.encoded(TNEF.file(title: $0, checksum: 0xBEEF), type: "application/ms-tnef") }),
    Case(
        "tnef-damaged", "a wrong length in front",
        message: { Mail.encoded(TNEF.file(title: $0, junk: true), type: "application/ms-tnef") }),
    Case(
        "tnef-octet-stream", "by its first bytes",
        message: { Mail.encoded(TNEF.file(title: $0), type: "application/octet-stream; name=a.dat") }),
    Case(
        "smime-signed", "opaque signed S/MIME",
        message: {
            Mail.encoded(
                DER.signed(Array(Mail.plainPart($0).utf8)),
                type: "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m")
        }),
    Case(
        "smime-indefinite", "with indefinite lengths, in pieces",
        message: {
            Mail.encoded(DER.signedIndefinite(Array(Mail.plainPart($0).utf8)), type: "application/x-pkcs7-mime")
        }),
    Case(
        "smime-multipart", "a multipart inside",
        message: {
            Mail.encoded(
                DER.signed(Array(Mail.attachment("Content-Disposition: attachment; filename=\($0)").utf8)),
                type: "application/pkcs7-mime")
        }),
    Case(
        "smime-octet-stream", "by its first bytes",
        message: { Mail.encoded(DER.signed(Array(Mail.plainPart($0).utf8)), type: "application/octet-stream") }),
    Case(
        "smime-twice", "signed twice",
        message: { name in
            let inner = Mail.encoded(DER.signed(Array(Mail.plainPart(name).utf8)), type: "application/pkcs7-mime")
            return Mail.encoded(DER.signed(inner), type: "application/pkcs7-mime")
        }),
    Case(
        "pgp-clearsigned", "uuencode in clear-signed text",
        text: {
            "From: a@b\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + Encode.uuencode($0, program)
                + "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
        }),
    Case(
        "pgp-literal", "a literal that is not encrypted",
        text: {
            "From: a@b\n\n-----BEGIN PGP MESSAGE-----\n\n" + Encode.base64(PGP.literal($0, program), width: 64)
                + "-----END PGP MESSAGE-----\n"
        }),
    Case(
        "pgp-literal-old", "with an old packet header",
        text: {
            "From: a@b\n\n-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n"
                + Encode.base64(PGP.literal($0, program, isOld: true), width: 64) + "-----END PGP MESSAGE-----\n"
        }),
    Case(
        "pgp-type", "as a type", message: { Mail.encoded(PGP.literal($0, program), type: "application/pgp-encrypted") }),
    Case(
        "base64-junk", "junk between the digits of base64",
        text: { name in
            let text = Encode.base64(
                Array(Mail.attachment("Content-Disposition: attachment; filename=\(name)").utf8), width: 60)
            return Mail.head + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                + text.replacing("\n", with: "!\n#~")
        }),
    Case(
        "base64-no-padding", "padding in the middle",
        text: { name in
            let bytes = Array(Mail.attachment("Content-Disposition: attachment; filename=\(name)").utf8)
            return Mail.head + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                + Encode.base64(Array(bytes[..<100]))
                + "\n" + Encode.base64(Array(bytes[100...]), width: 76)
        }),
    Case(
        "quoted-printable-junk", "blanks behind soft breaks, wrong escapes",
        text: { name in
            Mail.head + "Content-Type: text/plain\nContent-Transfer-Encoding: Quoted-Printable\n\n=ZZ =  \nx\n"
                + Encode.quotedPrintable(Encode.uuencode(name, program)).replacing("644", with: "64= \n4")
        }),
    Case(
        "encoding-twice", "two encodings: the first one counts, for some",
        text: { name in
            Mail.head
                + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n"
                + Encode.base64(Array(Mail.plainPart(name).utf8), width: 76)
        }),
    Case(
        "encoding-comment", "a comment behind the encoding",
        text: { name in
            Mail.head + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64 (really)\n\n"
                + Encode.base64(Array(Mail.plainPart(name).utf8), width: 76)
        }),
]

/// TNEF ([MS-OXTNEF]).
enum TNEF {
    static func file(
        title: String, longName: String? = nil, isUTF16: Bool = false, checksum: UInt16? = nil, junk: Bool = false
    ) -> [UInt8] {
        var bytes: [UInt8] = [0x78, 0x9F, 0x3E, 0x22, 0x01, 0x00]
        bytes += attribute(level: 1, 0x0008_9006, [0, 0, 1, 0], checksum)
        if junk { bytes += [0x02, 0x05, 0x90, 0x06, 0x00, 0xFF, 0xFF, 0xFF, 0x7F] }
        bytes += attribute(level: 2, 0x0006_9002, [UInt8](repeating: 0, count: 14), checksum)
        bytes += attribute(level: 2, 0x0001_8010, Array(title.utf8) + [0], checksum)
        bytes += attribute(level: 2, 0x0006_800F, Array("MZ not a program".utf8), checksum)
        if let longName {
            let text = isUTF16 ? Encode.utf16(longName + "\0", littleEndian: true) : Array(longName.utf8) + [0]
            let padding = [UInt8](repeating: 0, count: (4 - text.count % 4) % 4)
            let property: [UInt8] =
                number(1) + [isUTF16 ? 0x1F : 0x1E, 0x00, 0x07, 0x37] + number(1) + number(text.count) + text + padding
            bytes += attribute(level: 2, 0x0006_9005, property, checksum)
        }
        return bytes
    }

    private static func attribute(level: UInt8, _ identifier: UInt32, _ data: [UInt8], _ checksum: UInt16?) -> [UInt8] {
        let sum = checksum ?? data.reduce(0) { $0 &+ UInt16($1) }
        return [level] + number(Int(identifier)) + number(data.count) + data + [UInt8(sum & 0xFF), UInt8(sum >> 8)]
    }

    private static func number(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// The little of DER (X.690) that a signed message needs.
enum DER {
    private static let signedData: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
    private static let data: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]

    static func signed(_ content: [UInt8]) -> [UInt8] {
        let version: [UInt8] = [0x02, 0x01, 0x01, 0x31, 0x00]
        let encapsulated = value(0x30, data + value(0xA0, value(0x04, content)))
        return value(0x30, signedData + value(0xA0, value(0x30, version + encapsulated + [0x31, 0x00])))
    }

    static func signedIndefinite(_ content: [UInt8]) -> [UInt8] {
        var pieces: [UInt8] = [0x24, 0x80]
        for start in stride(from: 0, to: content.count, by: 10) {
            pieces += value(0x04, Array(content[start..<min(start + 10, content.count)]))
        }
        pieces += [0, 0]
        return [0x30, 0x80] + signedData + [0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x80] + data + [
            0xA0, 0x80,
        ]
            + pieces + [0, 0, 0, 0, 0x31, 0x00, 0, 0, 0, 0, 0, 0]
    }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            length = [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        }
        return [tag] + length + content
    }
}

/// OpenPGP packets (RFC 9580).
enum PGP {
    static func literal(_ name: String, _ content: [UInt8], isOld: Bool = false) -> [UInt8] {
        let body = [UInt8(ascii: "b"), UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, 0] + content
        return (isOld ? [0xAC] : [0xCB]) + [UInt8(body.count)] + body
    }
}
