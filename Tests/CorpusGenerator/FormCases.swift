/// What a mail program or a file system makes of the name.
let formCases: [Case] = [
    Case("trailing-dot", "Windows drops it", header: { "Content-Disposition: attachment; filename=\"\($0).\"" }),
    Case(
        "trailing-dots-blanks", "Windows drops all of them",
        header: { "Content-Disposition: attachment; filename=\"\($0). .. .\"" }),
    Case("trailing-blank", "Windows drops it", header: { "Content-Disposition: attachment; filename=\"\($0)   \"" }),
    Case("trailing-tab", "a control character", header: { "Content-Disposition: attachment; filename=\"\($0)\t\"" }),
    Case(
        "trailing-dot-encoded", "the dot in an encoded word",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?Q?\($0)=2E=20?=\"" }),
    Case("leading-dots", "two dots in front", header: { "Content-Disposition: attachment; filename=\"..\($0)\"" }),
    Case("leading-blanks", "blanks in front", header: { "Content-Disposition: attachment; filename=\"  \($0)\"" }),
    Case(
        "only-suffix", "nothing before the suffix",
        header: { name in "Content-Disposition: attachment; filename=\"\(name.drop { $0 != "." })\"" }),
    Case(
        "mixed-case", "case means nothing",
        header: { name in
            "Content-Disposition: attachment; filename=\""
                + String(name.enumerated().map { $0.offset % 2 == 0 ? Character($0.element.uppercased()) : $0.element })
                + "\""
        }),
    Case(
        "unix-path", "the path is cut off", header: { "Content-Disposition: attachment; filename=\"../../tmp/\($0)\"" }),
    Case(
        "windows-path", "the path is cut off",
        header: { "Content-Disposition: attachment; filename=\"C:\\Temp\\\($0)\"" }),
    Case("trailing-slash", "a slash at the end", header: { "Content-Disposition: attachment; filename=\"\($0)/\"" }),
    Case(
        "path-dot", "the directory itself at the end",
        header: { "Content-Disposition: attachment; filename=\"\($0)/.\"" }),
    Case(
        "stream-type", "the type of a stream of NTFS",
        header: { "Content-Disposition: attachment; filename=\"\($0)::$DATA\"" }),
    Case("stream", "a stream of NTFS", header: { "Content-Disposition: attachment; filename=\"\($0):a.txt\"" }),
    Case("nul", "NUL ends a name in C", header: { "Content-Disposition: attachment; filename=\"\($0)\0.txt\"" }),
    Case("nul-encoded", "an encoded NUL", header: { "Content-Disposition: attachment; filename*=utf-8''\($0)%00.txt" }),
    Case(
        "nul-word", "a NUL in an encoded word",
        header: { "Content-Disposition: attachment; filename=\"=?utf-8?Q?\($0)=00.txt?=\"" }),
    Case(
        "control-inside", "control characters are dropped",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(2))\u{1}\($0.suffix(2))\"" }),
    Case(
        "newline-encoded", "an encoded line break",
        header: { "Content-Disposition: attachment; filename*=utf-8''\($0)%0D%0A" }),
    Case("delete", "DEL at the end", header: { "Content-Disposition: attachment; filename=\"\($0)\u{7F}\"" }),
    Case(
        "zero-width-joiner", "cannot be seen, and some drop it",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(2))\u{200D}\($0.suffix(2))\"" }),
    Case(
        "zero-width-space-word", "in an encoded word",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64(String($0.dropLast(1)) + "\u{200B}" + $0.suffix(1)))?=\""
        }),
    Case(
        "soft-hyphen", "cannot be seen",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(2))\u{AD}\($0.suffix(2))\"" }),
    Case("byte-order-mark", "at the end", header: { "Content-Disposition: attachment; filename=\"\($0)\u{FEFF}\"" }),
    Case(
        "variation-selector", "cannot be seen",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(1))\u{FE0F}\($0.suffix(1))\"" }),
    Case(
        "tag-characters", "cannot be seen",
        header: { "Content-Disposition: attachment; filename=\"\($0)\u{E0074}\u{E007F}\"" }),
    Case(
        "right-to-left", "what is shown reads backwards from here",
        header: { "Content-Disposition: attachment; filename=\"cod\u{202E}\($0)\"" }),
    Case(
        "right-to-left-end", "a mark at the end",
        header: { "Content-Disposition: attachment; filename=\"\($0)\u{202C}\u{200F}\"" }),
    Case(
        "isolates", "marks around the suffix",
        header: { "Content-Disposition: attachment; filename=\"\($0.dropLast(3))\u{2066}\($0.suffix(3))\u{2069}\"" }),
    Case(
        "full-width", "compatibility forms are the letters",
        header: { "Content-Disposition: attachment; filename=\"a\(Encode.fullWidth($0))\"" }),
    Case(
        "full-width-dot", "a full-width full stop",
        header: { "Content-Disposition: attachment; filename=\"" + $0.replacing(".", with: "\u{FF0E}") + "\"" }),
    Case(
        "one-dot-leader", "another full stop",
        header: {
            "Content-Disposition: attachment; filename*=utf-8''"
                + Encode.escaped($0.replacing(".", with: "\u{2024}").utf8, mark: "%")
        }),
    Case(
        "small-full-stop", "one more",
        header: {
            "Content-Disposition: attachment; filename=\"=?utf-8?B?\(Encode.base64($0.replacing(".", with: "\u{FE52}")))?=\""
        }),
    Case(
        "mathematical", "mathematical letters",
        header: { name in
            let scalars = name.unicodeScalars.map { scalar in
                (0x61...0x7A).contains(scalar.value) ? Unicode.Scalar(0x1D41A + scalar.value - 0x61) ?? scalar : scalar
            }
            return "Content-Disposition: attachment; filename=\"\(String(String.UnicodeScalarView(scalars)))\""
        }),
    Case(
        "circled", "circled letters",
        header: { name in
            let scalars = name.unicodeScalars.map { scalar in
                (0x61...0x7A).contains(scalar.value) ? Unicode.Scalar(0x24D0 + scalar.value - 0x61) ?? scalar : scalar
            }
            return "Content-Disposition: attachment; filename=\"\(String(String.UnicodeScalarView(scalars)))\""
        }),
    Case(
        "no-break-space", "a blank that is none",
        header: { "Content-Disposition: attachment; filename=\"\($0)\u{A0}\"" }),
    Case(
        "ideographic-space", "and a wide one", header: { "Content-Disposition: attachment; filename=\"\($0)\u{3000}\"" }
    ),
    Case(
        "many-blanks", "the suffix is pushed out of sight",
        header: { "Content-Disposition: attachment; filename=\"a.txt" + String(repeating: " ", count: 200) + "\($0)\"" }
    ),
    Case(
        "long-name", "a very long name",
        header: { "Content-Disposition: attachment; filename=\"" + String(repeating: "a", count: 4000) + "\($0)\"" }),
    Case(
        "very-long-name", "longer than any buffer",
        header: { "Content-Disposition: attachment; filename=\"" + String(repeating: "a", count: 70_000) + "\($0)\"" }),
    Case(
        "cut-at-255", "file systems cut here",
        header: {
            "Content-Disposition: attachment; filename=\"" + String(repeating: "a", count: 255 - $0.utf8.count)
                + "\($0)b.txt\""
        }),
    Case(
        "refused-characters", "Windows does not take these",
        header: { "Content-Disposition: attachment; filename=\"\($0)?\"" }),
    Case(
        "double-extension-end", "the last one counts",
        header: { "Content-Disposition: attachment; filename=\"invoice.pdf.\($0)\"" }),
    Case(
        "percent-twice", "escaped twice",
        header: {
            "Content-Disposition: attachment; filename=\"\($0.dropLast(4))"
                + Encode.escaped($0.utf8.suffix(4), mark: "%25") + "\""
        }),
]
