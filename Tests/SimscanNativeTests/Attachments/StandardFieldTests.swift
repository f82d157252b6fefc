import Testing

@testable import SimscanNative

@Suite("Fields as the RFCs have them")
struct StandardFieldTests {
    @Test(arguments: [
        "attachment; filename=\"=?utf-8?Q?a=5F1=2Eexe?=\"", "attachment; filename=\"=?UTF-8?b?YS5leGU=?=\"",
        "a/b; name=\"=?iso-8859-1?q?=FCber?= =?utf-8?q?.exe?=\"", "a/b; name=\"=?us-ascii?Q?a?=\t=?utf-8?Q?b?=\"",
        "a/b; name=\"\u{FC}ber.exe\"", "a/b; name=\"100%.exe\"", "attachment; filename*=utf-8''%C3%BCber.exe",
        "attachment; filename*=UTF-8'de'a.exe; filename=\"a.exe\"", "a/b; name*=iso-8859-1''%FC.exe",
        "attachment; filename*0=\"a b\"; filename*1=.exe", "attachment; filename*0*=utf-8''%C3; filename*1*=%BC.exe",
        "attachment; filename*0*=utf-8''a; filename*1=\".e\"; filename*2*=%78e; size=3",
        "multipart/mixed; boundary=\"=_a/b:c\"; charset=\"utf-8\"",
    ])
    func `A field that is as an RFC has it`(_ value: String) {
        let standard = StandardField(Array(value.utf8))
        #expect(standard?.isWorded == false)
    }

    @Test(arguments: [
        "attachment; filename=\"=?utf-8?Q?a?=.exe\"", "attachment; filename=\"=?gbk?b?YS5leGU=?=\"",
        "attachment; filename=\"=?utf-8?b?YS5leGU?=\"", "attachment; filename=\"=?utf-8?q?=C3?= =?utf-8?q?=BC?=\"",
        "attachment; filename=\"=?utf-8?q?a b?=\"", "attachment; filename=\"=?utf-8?q?a=0Ab?=\"",
        "attachment; filename=\"=?utf-8?q?a?=  =?utf-8?q?b?=\"", "attachment; filename=\"=?utf-8?x?a?=\"",
        "attachment; filename=\"\u{FC} =?utf-8?q?a?=\"; filename*=utf-8''a",
    ])
    func `A field whose names are clear, and what they say is not`(_ value: String) {
        #expect(StandardField(Array(value.utf8))?.isWorded == true)
    }

    @Test(arguments: [
        "attachment; filename==?utf-8?q?a?=", "a/b; name=\"\\a.exe\"", "a/b; name=\"a", "a/b; name=x y",
        "a/b; name*=a.exe", "a/b; name*=koi8-r''a.exe", "a/b; name*=utf-8''%C3", "a/b; name*=utf-8''%4",
        "a/b; name*=utf-8''a%00b", "a/b; name*1=a; name*0=b", "a/b; name*0=a; name*2=b", "a/b; name*0=a; name*0*=b",
        "a/b; name*0=a; x=y; name*1=b", "a/b; name*0=a; filename*0=b; name*0*=utf-8''c",
        "a/b; name*=utf-8''a; name*0=b",
        "a/b; name=a\u{7F}", "a/b; name*0=a; filename*1=b", "a/b; name*00=a", "a/b; title*=utf-8''a",
        "a/b; boundary*=utf-8''a", "a/b; boundary=\"=?utf-8?q?a?=\"", "a/b; name=a; NAME=b", "a/b; name=a (c)",
    ])
    func `A field that is not, or that some program reads otherwise`(_ value: String) {
        #expect(StandardField(Array(value.utf8)) == nil)
    }

    @Test func `GMime reads nothing in such a field that our reader does not`() {
        var chance = Chance(state: 1)
        var standard = 0
        for _ in 0..<20_000 {
            let value = Array(chance.field().utf8)
            guard StandardField(value) != nil else { continue }
            standard += 1
            for field in [PartHeader.Field.contentType, .contentDisposition] {
                let parsed = GMimeParameters(field: field, value: value)
                var header = PartHeader()
                var readings: [[UInt8]] = []
                // Where GMime is asked for a text alone, that is among our readings.
                _ = header.add(
                    field, value: value, canParse: { true },
                    wordedName: { readings.append(gmimeText($0[...])) }, name: { readings.append($0) })
                readings += readings.compactMap { decodeEncodedWords($0) }
                for name in parsed.names where !name.isEmpty {
                    #expect(readings.contains(name), "\(text(value)): GMime reads \(text(name))")
                }
                #expect(
                    parsed.isMultipart == header.isMultipart && parsed.isMessage == header.isMessage, "\(text(value))")
                if parsed.isMultipart, let boundary = parsed.boundary, !boundary.isEmpty {
                    #expect(
                        header.boundaries.contains(boundary), "\(text(value)): GMime's boundary is \(text(boundary))")
                }
            }
        }
        // Not all that comes of chance is one, but enough of it.
        #expect(standard > 6000, "\(standard)")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

@Suite("Letters in lower case")
struct FoldedLetterTests {
    @Test func `A letter is what GLib makes of it, alone and beside others`() throws {
        for value in UInt32(0x20)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), let folded = foldedLetter(value) else { continue }
            // The ohm sign is not known here, so that GLib is asked.
            for (before, after) in [("", "\u{2126}"), ("a", "\u{2126}e")] {
                let whole = Array((before + String(scalar) + after).utf8)
                let end = try #require(compatibleText(Array(after.utf8)))
                let letter = value == 0xDF ? "ss" : String(try #require(Unicode.Scalar(folded)))
                #expect(compatibleText(whole) == Array((before + letter).utf8) + end, "\(String(value, radix: 16))")
            }
        }
    }

    @Test(arguments: [
        "\u{DC}BERSICHT stra\u{DF}e.PDF", "\u{41F}\u{440}\u{430}\u{439}\u{441}.EXE", "\u{65E5}\u{672C}.Exe",
    ])
    func `Such a name needs no library`(_ name: String) throws {
        let text = try #require(compatibleText(Array(name.utf8), canFold: { false }))
        #expect(text == compatibleText(Array((name + "\u{2126}").utf8))?.dropLast(2))
    }

    @Test(arguments: ["u\u{308}.exe", "\u{FF45}xe", "\u{2126}", "\u{130}", "\u{132}", "\u{E33}"])
    func `Whose characters have other forms is left to GLib`(_ name: String) {
        #expect(compatibleText(Array(name.utf8), canFold: { false }) == nil)
        #expect(compatibleText(Array(name.utf8)) != nil)
    }
}

/// Fields as chance makes them, near to what is standard.
private struct Chance {
    var state: UInt64

    mutating func number(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % below
    }

    mutating func one(_ choices: [String]) -> String { choices[number(choices.count)] }

    mutating func field() -> String {
        var field = one([
            "attachment", "inline", "text/plain", "multipart/mixed", "Multipart/Digest", "message/rfc822", "a/b",
        ])
        for _ in 0..<(1 + number(3)) { field += one(["; ", ";", " ; ", ";\t"]) + parameter() }
        if number(10) == 0 { field += one([";", " ", "; ;", "x"]) }
        return field
    }

    mutating func parameter() -> String {
        switch number(6) {
        case 0: one(["charset", "boundary", "size", "x"]) + "=" + one(["utf-8", "\"b=_/1\"", "5", "\"\"", quoted()])
        case 1: one(["filename", "name", "Name"]) + "=" + one([quoted(), "a.exe", "a'b%41.exe"])
        case 2: one(["filename", "name"]) + "=\"" + words() + "\""
        case 3: one(["filename*", "name*"]) + "=" + charset() + "'" + one(["", "", "en", "de-at"]) + "'" + escapes()
        case 4: pieces()
        default: one(["filename", "name"]) + "=" + quoted()
        }
    }

    mutating func pieces() -> String {
        let name = one(["filename", "name"])
        return (0..<(1 + number(4))).map { number in
            let isEncoded = self.number(2) == 0
            let value = isEncoded ? (number == 0 ? charset() + "''" : "") + escapes() : one([quoted(), "a.e", "xe"])
            return name + "*\(number)" + (isEncoded ? "*" : "") + "=" + value
        }.joined(separator: one(["; ", ";"]))
    }

    mutating func quoted() -> String {
        "\"" + one(["", "a", "a b", "\u{FC}", " x", "a;b", "a=b", "a(b)", "\u{65E5}"])
            + one([".exe", ".txt ", "", "'%41"]) + "\""
    }

    mutating func charset() -> String { one(["utf-8", "UTF-8", "utf-8", "us-ascii", "iso-8859-1", "koi8-r", "utf-7"]) }

    mutating func escapes() -> String {
        (0..<(1 + number(4))).map { _ in
            one(["a", "%41", "%C3%BC", "%e2%82%ac", ".exe", "'", "%20", "%", "%FC", "%22"])
        }
        .joined()
    }

    mutating func words() -> String {
        (0..<(1 + number(3))).map { _ in
            let text =
                number(2) == 0
                ? "Q?"
                    + (0..<(1 + number(3))).map { _ in one(["a", "_", "=41", "=C3=BC", ".exe", "=3F", "=22", "=FC"]) }
                    .joined()
                : "b?" + one(["YS5leGU=", "w7w=", "4oKs", "YQ==", "LmV4ZQ==", ""])
            return "=?" + charset() + one(["", "", "", "*en"]) + "?" + text + "?="
        }.joined(separator: one([" ", " ", "\t", "", "  ", "x", " a "]))
    }
}
