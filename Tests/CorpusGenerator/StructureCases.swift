/// Places where a part can be.
let structureCases: [Case] = [
    Case(
        "nested", "multiparts inside one another",
        text: { name in
            Mail.head
                + (0..<50).map { "Content-Type: multipart/mixed; boundary=\"level \($0)\"\n\n--level \($0)\n" }.joined()
                + Mail.plainPart(name)
        }),
    Case(
        "message", "a message inside",
        text: { Mail.attachment("Content-Type: message/rfc822\n\nFrom: a@b\n" + Mail.plainPart($0)) }),
    Case(
        "message-multipart", "a multipart in a message inside",
        text: {
            Mail.attachment(
                "Content-Type: message/rfc822\n\nFrom: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x\n"
                    + Mail.plainPart($0))
        }),
    Case(
        "message-global", "RFC 6532's type",
        text: { Mail.attachment("Content-Type: message/global\n\nFrom: a@b\n" + Mail.plainPart($0)) }),
    Case(
        "message-news", "the type for news",
        text: { Mail.attachment("Content-Type: message/news\n\nFrom: a@b\n" + Mail.plainPart($0)) }),
    Case(
        "message-base64", "an encoded message, which RFC 2046 forbids",
        text: { name in
            Mail.attachment(
                "Content-Type: message/rfc822",
                body: Encode.base64(
                    Array(Mail.attachment("Content-Disposition: attachment; filename=\(name)").utf8), width: 60))
        }),
    Case(
        "message-quoted-printable", "the same in quoted-printable",
        text: { name in
            Mail.head + "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
                + Encode.quotedPrintable(Mail.attachment("Content-Disposition: attachment; filename=\(name)"))
        }),
    Case(
        "multipart-base64", "an encoded multipart",
        text: { name in
            Mail.head + "Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64\n\n"
                + Encode.base64(Array("--x\n\(Mail.plainPart(name))\n--x--\n".utf8), width: 76)
        }),
    Case(
        "digest", "no Content-Type means message/rfc822 there",
        text: { Mail.head + "Content-Type: multipart/digest; boundary=x\n\n--x\n\n" + Mail.plainPart($0) + "--x--\n" }),
    Case(
        "external-body", "a part that is elsewhere",
        header: { "Content-Type: message/external-body; access-type=URL; URL=\"http://example.org/\"; name=\"\($0)\"" }),
    Case(
        "partial", "the first piece of a message",
        text: {
            Mail.head + "Content-Type: message/partial; id=1; number=1; total=2\n\nFrom: a@b\n" + Mail.plainPart($0)
        }),
    Case(
        "alternative", "an alternative",
        text: { Mail.head + "Content-Type: multipart/alternative; boundary=x\n\n--x\n\n--x\n" + Mail.plainPart($0) }),
    Case(
        "unknown-multipart", "an unknown multipart is mixed",
        text: { Mail.head + "Content-Type: multipart/x-nothing; boundary=x\n\n--x\n\n--x\n" + Mail.plainPart($0) }),
    Case(
        "appledouble", "the two forks of a Macintosh file",
        text: {
            Mail.head
                + "Content-Type: multipart/appledouble; boundary=x\n\n--x\nContent-Type: application/applefile\n\n\n--x\n"
                + Mail.plainPart($0)
        }),
    Case(
        "applefile-name", "the name in the AppleDouble header",
        message: { name in
            let header: [UInt8] = [0, 5, 0x16, 7, 0, 2, 0, 0] + [UInt8](repeating: 0x20, count: 16) + [0, 1]
            return Mail.encoded(
                header + [0, 0, 0, 3, 0, 0, 0, 38, 0, 0, 0, UInt8(name.utf8.count)] + Array(name.utf8),
                type: "application/applefile")
        }),
    Case(
        "no-final-boundary", "the message stops",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x\n" + Mail.plainPart($0) }),
    Case(
        "after-final-boundary", "some go on after the end",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n--x--\n--x\n" + Mail.plainPart($0)
        }),
    Case(
        "no-blank-before-boundary", "no blank line behind the header",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=x\n--x\n" + Mail.plainPart($0) }),
    Case(
        "prefix-inner", "the inner boundary begins like the outer one",
        text: {
            Mail.head
                + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=xy\n\n--xy\n"
                + Mail.plainPart($0) + "--xy--\n--x--\n"
        }),
    Case(
        "prefix-outer", "the outer boundary begins like the inner one",
        text: {
            Mail.head
                + "Content-Type: multipart/mixed; boundary=xy\n\n--xy\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n--xy\n"
                + Mail.plainPart($0) + "--xy--\n"
        }),
    Case(
        "same-boundary", "both levels have the same boundary",
        text: {
            Mail.head
                + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n--x\n"
                + Mail.plainPart($0) + "--x--\n"
        }),
    Case(
        "boundary-longer-line", "more stands on the boundary's line (RFC 2046, 5.1.1)",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=xxxx\n\n--xxxx and more\n" + Mail.plainPart($0) }),
    Case(
        "boundary-blanks", "blanks behind the boundary",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x  \t \n" + Mail.plainPart($0) }),
    Case(
        "boundary-blank-inside", "a boundary with blanks",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=\"a b c\"\n\n--a b c\n" + Mail.plainPart($0) }),
    Case(
        "boundary-trailing-blank", "a boundary that ends in a blank",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=\"x \"\n\n--x\n" + Mail.plainPart($0) }),
    Case(
        "boundary-extended", "the boundary in RFC 2231 form",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary*=us-ascii''%78%79\n\n--xy\n" + Mail.plainPart($0) }
    ),
    Case(
        "boundary-continued", "the boundary in two pieces",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary*0=x; boundary*1=y\n\n--xy\n" + Mail.plainPart($0) }
    ),
    Case(
        "boundary-comment", "a comment behind the boundary",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=xy (is it)\n\n--xy\n" + Mail.plainPart($0) }),
    Case(
        "boundary-empty", "an empty boundary",
        text: { Mail.head + "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n" + Mail.plainPart($0) }),
    Case(
        "boundary-missing", "no boundary: programs guess",
        text: { Mail.head + "Content-Type: multipart/mixed\n\n--guess-me\n" + Mail.plainPart($0) + "--guess-me--\n" }),
    Case(
        "boundary-long", "a very long boundary",
        text: {
            Mail.head
                + "Content-Type: multipart/mixed; boundary=\(String(repeating: "x", count: 2000))\n\n--\(String(repeating: "x", count: 2000))\n"
                + Mail.plainPart($0)
        }),
    Case(
        "two-boundaries", "which one counts?",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n\n--x--\n--y\n"
                + Mail.plainPart($0)
        }),
    Case(
        "two-types-first", "the first Content-Type is the multipart",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\nContent-Type: text/plain\n\n--x\n"
                + Mail.plainPart($0)
        }),
    Case(
        "two-types-last", "the last one is",
        text: {
            Mail.head + "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
                + Mail.plainPart($0)
        }),
    Case(
        "no-mime-version", "MIME-Version is missing",
        text: { "From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" + Mail.plainPart($0) }),
    Case(
        "crlf", "CRLF",
        text: { Mail.attachment("Content-Disposition: attachment; filename=\"\($0)\"").replacing("\n", with: "\r\n") }),
    Case(
        "mixed-line-ends", "CRLF and LF in turn",
        text: { name in
            var isCRLF = false
            return Mail.attachment("Content-Disposition: attachment;\n filename=\"\(name)\"").split(
                separator: "\n", omittingEmptySubsequences: false
            ).map { line in
                isCRLF.toggle()
                return line + (isCRLF ? "\r" : "")
            }.joined(separator: "\n")
        }),
    Case(
        "bare-cr-header", "a lone CR folds the field",
        header: { "Content-Disposition: attachment;\r filename=\"\($0)\"" }),
    Case(
        "bare-cr-field", "a lone CR ends a field",
        header: { "X-Nothing: a\rContent-Disposition: attachment; filename=\"\($0)\"" }),
    Case(
        "bare-cr-message", "every line ends in a lone CR",
        text: { Mail.attachment("Content-Disposition: attachment; filename=\"\($0)\"").replacing("\n", with: "\r") }),
    Case(
        "cr-cr-lf", "every line ends in CR CR LF",
        text: { Mail.attachment("Content-Disposition: attachment; filename=\"\($0)\"").replacing("\n", with: "\r\r\n") }
    ),
    Case(
        "junk-first-line", "the message begins with junk",
        text: { "this is no field\n" + Mail.attachment("Content-Disposition: attachment; filename=\"\($0)\"") }),
    Case(
        "mbox-line", "an mbox line comes first",
        text: {
            "From a@b Sun Nov 22 09:00:00 2026\n"
                + Mail.attachment("Content-Disposition: attachment; filename=\"\($0)\"")
        }),
    Case(
        "junk-in-header", "a line that is no field",
        header: { "junk without a colon\nContent-Disposition: attachment; filename=\"\($0)\"" }),
    Case(
        "nul-in-header", "a NUL before the field",
        header: { "X-Nothing: \0\nContent-Disposition: attachment; filename=\"\($0)\"" }),
    Case(
        "long-field-before", "a very long field before",
        header: {
            "X-Nothing: \(String(repeating: "x", count: 70_000))\nContent-Disposition: attachment; filename=\"\($0)\""
        }),
    Case(
        "many-fields-before", "many fields before",
        header: {
            String(repeating: "X-Nothing: x\n", count: 5000) + "Content-Disposition: attachment; filename=\"\($0)\""
        }),
    Case(
        "many-parts-before", "many parts before",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n" + String(repeating: "--x\n\n", count: 2000)
                + "--x\n" + Mail.plainPart($0)
        }),
    Case(
        "long-line-before", "a line longer than any buffer",
        text: {
            Mail.head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n" + String(repeating: "y", count: 140_000)
                + "\n--x\n" + Mail.plainPart($0)
        }),
    Case(
        "signed", "a signed part",
        text: {
            Mail.head + "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=x\n\n--x\n"
                + Mail.plainPart($0) + "--x\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\n--x--\n"
        }),
    Case(
        "multipart-upper-case", "the type in upper case",
        text: { Mail.head + "Content-Type: MULTIPART/MIXED; BOUNDARY=x\n\n--x\n" + Mail.plainPart($0) }),
    Case(
        "multipart-comment", "a comment before the type",
        text: { Mail.head + "Content-Type: (a) multipart (b) / (c) mixed; boundary=x\n\n--x\n" + Mail.plainPart($0) }),
]
