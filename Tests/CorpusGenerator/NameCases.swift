/// Spellings of a name in the header of its part.
let nameCases: [Case] = [
    Case("disposition-token", "the plainest form", header: { "Content-Disposition: attachment; filename=\($0)" }),
    Case("disposition-quoted", "a quoted string", header: { "Content-Disposition: attachment; filename=\"\($0)\"" }),
    Case(
        "inline", "an inline part is saved under its name too",
        header: { "Content-Disposition: inline; filename=\"\($0)\"" }),
    Case(
        "type-name", "the older place of the name", header: { "Content-Type: application/octet-stream; name=\"\($0)\"" }
    ),
    Case(
        "type-filename", "filename in the wrong field, which some take",
        header: { "Content-Type: application/octet-stream; filename=\"\($0)\"" }),
    Case(
        "disposition-name", "name in the wrong field, which some take",
        header: { "Content-Disposition: attachment; name=\"\($0)\"" }),
    Case(
        "name-hides-filename", "programs differ in which name wins",
        header: { "Content-Type: text/plain; name=\"a.txt\"\nContent-Disposition: attachment; filename=\"\($0)\"" }),
    Case(
        "filename-hides-name", "the other way round",
        header: { "Content-Type: text/plain; name=\"\($0)\"\nContent-Disposition: attachment; filename=\"a.txt\"" }),
    Case(
        "second-disposition", "the last of two fields wins, for some",
        header: {
            "Content-Disposition: attachment; filename=a.txt\nContent-Disposition: attachment; filename=\"\($0)\""
        }),
    Case(
        "first-disposition", "the first of two fields wins, for others",
        header: {
            "Content-Disposition: attachment; filename=\"\($0)\"\nContent-Disposition: attachment; filename=a.txt"
        }),
    Case(
        "second-type", "the last Content-Type wins, for some",
        header: { "Content-Type: text/plain; name=a.txt\nContent-Type: text/plain; name=\"\($0)\"" }),
    Case(
        "first-type", "the first Content-Type wins, for others",
        header: { "Content-Type: text/plain; name=\"\($0)\"\nContent-Type: text/plain; name=a.txt" }),
    Case(
        "second-parameter", "the last parameter wins, for some",
        header: { "Content-Disposition: attachment; filename=a.txt; filename=\"\($0)\"" }),
    Case(
        "first-parameter", "the first parameter wins, for others",
        header: { "Content-Disposition: attachment; filename=\"\($0)\"; filename=a.txt" }),
    Case(
        "plain-beside-extended", "old programs take the plain one",
        header: { "Content-Disposition: attachment; filename=\"\($0)\"; filename*=utf-8''a.txt" }),
    Case(
        "extended-beside-plain", "new programs take the extended one",
        header: { "Content-Disposition: attachment; filename=a.txt; filename*=utf-8''\($0)" }),
    Case(
        "upper-case", "field and parameter names have no case",
        header: { "CONTENT-DISPOSITION: ATTACHMENT; FILENAME=\"\($0.uppercased())\"" }),
    Case("folded", "a folded field", header: { "Content-Disposition: attachment;\n filename=\"\($0)\"" }),
    Case(
        "folded-tab", "folded with a tab",
        header: { "Content-Disposition:\n\tattachment\n\t;\n\tfilename\n\t=\n\t\"\($0)\"" }),
    Case(
        "folded-in-name", "folded inside of the quotes",
        header: { "Content-Disposition: attachment; filename=\"a\n \($0)\"" }),
    Case(
        "not-folded", "the blank at the line's beginning is missing",
        header: { "Content-Disposition: attachment;\nfilename=\"\($0)\"" }),
    Case(
        "blank-before-colon", "blanks before the colon, from RFC 822",
        header: { "Content-Disposition \t: attachment; filename=\"\($0)\"" }),
    Case(
        "blanks-around-equals", "blanks around the equals sign",
        header: { "Content-Disposition: attachment; filename = \"\($0)\"" }),
    Case("no-blank", "no blank anywhere", header: { "Content-Disposition:attachment;filename=\"\($0)\"" }),
    Case(
        "no-disposition-type", "the field begins with its parameter",
        header: { "Content-Disposition: filename=\"\($0)\"" }),
    Case("empty-disposition-type", "the type is empty", header: { "Content-Disposition: ; filename=\"\($0)\"" }),
    Case("no-semicolon", "the semicolon is missing", header: { "Content-Disposition: attachment filename=\"\($0)\"" }),
    Case(
        "no-semicolon-between", "a semicolon between parameters is missing",
        header: { "Content-Disposition: attachment; size=\"5\" filename=\"\($0)\"" }),
    Case(
        "no-semicolon-token", "the same behind a token",
        header: { "Content-Disposition: attachment; size=5 filename=\($0)" }),
    Case("two-semicolons", "doubled semicolons", header: { "Content-Disposition: attachment;; ;filename=\"\($0)\";;" }),
    Case(
        "no-closing-quote", "the closing quote is missing",
        header: { "Content-Disposition: attachment; filename=\"\($0)" }),
    Case(
        "no-closing-quote-more", "the same, and another parameter follows",
        header: { "Content-Disposition: attachment; filename=\"\($0); size=5" }),
    Case(
        "no-opening-quote", "the opening quote is missing",
        header: { "Content-Disposition: attachment; filename=\($0)\"" }),
    Case("doubled-quotes", "doubled quotes", header: { "Content-Disposition: attachment; filename=\"\"\($0)\"\"" }),
    Case("single-quotes", "quotes of another kind", header: { "Content-Disposition: attachment; filename='\($0)'" }),
    Case(
        "quotes-inside", "the value is put together from two strings",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(2))\"\"\($0.suffix(2))\"" }),
    Case(
        "quote-then-token", "a token goes on where a string ends",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(3))\"\($0.suffix(3))" }),
    Case(
        "escaped-letters", "a backslash before any letter is dropped",
        header: { "Content-Disposition: attachment; filename=\"" + $0.map { "\\\($0)" }.joined() + "\"" }),
    Case(
        "escaped-quote", "an escaped quote does not end the value",
        header: { "Content-Disposition: attachment; filename=\"a\\\"\($0)\"" }),
    Case(
        "backslash-at-end", "a backslash that escapes nothing",
        header: { "Content-Disposition: attachment; filename=\"\($0)\\\"; size=5" }),
    Case(
        "comment-behind", "a comment",
        header: { "Content-Disposition: attachment; filename=\"\($0)\" (the best (of all) files)" }),
    Case(
        "comment-before", "comments where blanks may be",
        header: { "Content-Disposition: (a) attachment (b); (c) filename (d) = (e) \"\($0)\"" }),
    Case(
        "comment-inside-token", "a comment inside of a token",
        header: { "Content-Disposition: attachment; filename=\($0.dropLast(2))(x)\($0.suffix(2))" }),
    Case(
        "comment-no-end", "a comment without an end",
        header: { "Content-Disposition: attachment; (x; filename=\"\($0)\"" }),
    Case(
        "semicolon-in-comment", "a semicolon in a comment",
        header: { "Content-Disposition: attachment (;); filename=\"\($0)\"" }),
    Case(
        "blank-in-token", "an unquoted name with a blank",
        header: { "Content-Disposition: attachment; filename=my \($0)" }),
    Case(
        "extended-percent", "RFC 2231 percent signs",
        header: { "Content-Disposition: attachment; filename*=us-ascii''" + Encode.escaped($0.utf8, mark: "%") }),
    Case(
        "extended-language", "with a language",
        header: { "Content-Disposition: attachment; filename*=utf-8'en-GB'" + Encode.escaped($0.utf8, mark: "%") }),
    Case(
        "extended-no-charset", "without charset and quotes",
        header: { "Content-Disposition: attachment; filename*=\($0)" }),
    Case(
        "extended-quoted", "in quotes, which it must not be",
        header: { "Content-Disposition: attachment; filename*=\"utf-8''" + Encode.escaped($0.utf8, mark: "%") + "\"" }),
    Case(
        "extended-lower", "lower-case digits, half of it escaped",
        header: {
            "Content-Disposition: attachment; filename*=UTF-8''\($0.dropLast(4))"
                + Encode.escaped($0.utf8.suffix(4), mark: "%").lowercased()
        }),
    Case(
        "extended-name", "in the Content-Type",
        header: { "Content-Type: application/octet-stream; name*=utf-8''" + Encode.escaped($0.utf8, mark: "%") }),
    Case(
        "continued", "RFC 2231 continuations",
        header: { "Content-Disposition: attachment; filename*0=\"\($0.dropLast(5))\"; filename*1=\"\($0.suffix(5))\"" }),
    Case(
        "continued-letters", "one letter each",
        header: { name in
            "Content-Disposition: attachment"
                + name.enumerated().map { "; filename*\($0.offset)=\"\($0.element)\"" }.joined()
        }),
    Case(
        "continued-unordered", "in the wrong order",
        header: { "Content-Disposition: attachment; filename*1=\($0.suffix(5)); filename*0=\($0.dropLast(5))" }),
    Case(
        "continued-encoded", "encoded pieces, folded",
        header: {
            "Content-Disposition: attachment;\n filename*0*=utf-8''" + Encode.escaped($0.utf8.dropLast(3), mark: "%")
                + ";\n filename*1*=" + Encode.escaped($0.utf8.suffix(3), mark: "%")
        }),
    Case(
        "continued-mixed", "encoded and plain pieces",
        header: {
            "Content-Disposition: attachment; filename*0*=utf-8''\($0.dropLast(3)); filename*1=\"\($0.suffix(3))\""
        }),
    Case(
        "continued-gap", "a number is missing",
        header: { "Content-Disposition: attachment; filename*0=\"\($0.dropLast(3))\"; filename*2=\"\($0.suffix(3))\"" }),
    Case(
        "continued-from-one", "the numbers begin with one",
        header: { "Content-Disposition: attachment; filename*1=\"\($0.dropLast(3))\"; filename*2=\"\($0.suffix(3))\"" }),
    Case(
        "continued-leading-zero", "numbers with zeros in front",
        header: {
            "Content-Disposition: attachment; filename*00=\"\($0.dropLast(3))\"; filename*01=\"\($0.suffix(3))\""
        }),
    Case(
        "continued-doubled", "a number comes twice",
        header: {
            "Content-Disposition: attachment; filename*0=\"\($0.dropLast(3))\"; filename*1=\"zip\"; filename*1=\"\($0.suffix(3))\""
        }),
    Case(
        "continued-and-plain", "beside a harmless plain one",
        header: {
            "Content-Disposition: attachment; filename=a.txt; filename*0=\"\($0.dropLast(3))\"; filename*1=\"\($0.suffix(3))\""
        }),
    Case(
        "continued-encoded-word", "encoded words cut up by continuations",
        header: { name in
            let word = Array("=?utf-8?B?" + Encode.base64(name) + "?=")
            return
                "Content-Disposition: attachment; filename*0=\"\(String(word[..<14]))\"; filename*1=\"\(String(word[14...]))\""
        }),
    Case(
        "word-base64", "an RFC 2047 word in quotes",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64($0))?=\"" }),
    Case(
        "word-q", "the same in Q",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?Q?" + Encode.escaped($0.utf8, mark: "=") + "?=\""
        }),
    Case(
        "word-token", "without quotes",
        header: { "Content-Type: application/octet-stream; name==?utf-8?B?\(Encode.base64($0))?=" }),
    Case(
        "word-lower", "encoding and charset in other cases",
        header: { "Content-Disposition: attachment; filename=\"=?UTF-8?q?\($0)?=\"" }),
    Case(
        "word-language", "with a language (RFC 2231, 5)",
        header: { "Content-Disposition: attachment; filename=\"=?us-ascii*en?B?\(Encode.base64($0))?=\"" }),
    Case(
        "word-split", "several words",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64(String($0.dropLast(3))))?= =?utf-8?B?\(Encode.base64(String($0.suffix(3))))?=\""
        }),
    Case(
        "word-split-lines", "several words on several lines",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64(String($0.dropLast(3))))?=\n =?utf-8?Q?\($0.suffix(3))?=\""
        }),
    Case(
        "word-mixed-charsets", "of different charsets",
        header: {
            "Content-Disposition: attachment; filename=\"=?iso-8859-1?Q?\($0.dropLast(3))?= =?koi8-r?Q?\($0.suffix(3))?=\""
        }),
    Case(
        "word-touching", "without a blank between them",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?Q?\($0.dropLast(3))?==?utf-8?Q?\($0.suffix(3))?=\""
        }),
    Case(
        "word-then-text", "plain text goes on where a word ends",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?Q?\($0.dropLast(3))?=\($0.suffix(3))\"" }),
    Case(
        "text-then-word", "and the other way round",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(4))=?utf-8?Q?\($0.suffix(4))?=\"" }),
    Case(
        "word-no-end", "the word's end is missing",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64($0))\"" }),
    Case(
        "word-no-padding", "the padding is missing",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64($0).filter { $0 != "=" })?=\""
        }),
    Case(
        "word-blanks", "blanks inside of the word",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?Q?big \($0)?=\"" }),
    Case(
        "word-in-extended", "a word inside of RFC 2231",
        header: { "Content-Disposition: attachment; filename*=utf-8''=?utf-8?B?\(Encode.base64($0))?=" }),
    Case(
        "word-twice", "a word that holds a word",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64("=?utf-8?B?" + Encode.base64($0) + "?="))?=\""
        }),
    Case(
        "percent-plain", "percent signs in a plain parameter",
        header: {
            "Content-Disposition: attachment; filename=\"\($0.dropLast(4))"
                + Encode.escaped($0.utf8.suffix(4), mark: "%") + "\""
        }),
    Case(
        "charset-utf16", "a charset that hides ASCII",
        header: {
            "Content-Disposition: attachment; filename*=utf-16be''" + Encode.escaped(Encode.utf16($0), mark: "%")
        }),
    Case(
        "charset-utf16-mark", "with a byte order mark",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-16?B?\(Encode.base64([0xFF, 0xFE] + Encode.utf16($0, littleEndian: true)))?=\""
        }),
    Case(
        "charset-utf7", "UTF-7 in base64",
        header: { "Content-Disposition: attachment; filename=\"=?utf-7?Q?\(Encode.utf7($0))?=\"" }),
    Case(
        "charset-ebcdic", "EBCDIC",
        header: { "Content-Disposition: attachment; filename=\"=?ibm037?B?\(Encode.base64(Encode.ebcdic($0)))?=\"" }),
    Case(
        "charset-iso2022jp", "ISO-2022-JP with full-width letters",
        header: {
            "Content-Disposition: attachment; filename=\"=?iso-2022-jp?B?\(Encode.base64([0x1B, 0x24, 0x42] + Encode.rowThree($0, offset: 0) + [0x1B, 0x28, 0x42]))?=\""
        }),
    Case(
        "charset-gbk", "GBK with full-width letters",
        header: {
            "Content-Disposition: attachment; filename=\"=?gb2312?B?\(Encode.base64(Encode.rowThree($0, offset: 0x80)))?=\""
        }),
    Case(
        "charset-unknown", "a charset that nobody knows",
        header: { "Content-Disposition: attachment; filename=\"=?x-nothing?B?\(Encode.base64($0))?=\"" }),
    Case(
        "charset-empty", "an empty charset",
        header: { "Content-Disposition: attachment; filename=\"=??B?\(Encode.base64($0))?=\"" }),
    Case(
        "raw-utf8", "raw UTF-8 before the suffix",
        header: { "Content-Disposition: attachment; filename=\"grüße-\($0)\"" }),
    Case(
        "location", "the name of the URL, where there is no other",
        header: { "Content-Type: application/octet-stream\nContent-Location: http://example.org/files/\($0)" }),
    Case(
        "description", "the description, where there is no other name",
        header: { "Content-Type: application/octet-stream\nContent-Description: \($0)" }),
    Case("top-level", "the message itself is the attachment", text: { Mail.head + Mail.plainPart($0) }),
]
