import Glibc
import SimscanNative
import SystemPackage
import Testing

/// Whether a program is on the PATH.
private func has(_ program: String) -> Bool { system("command -v \(program) >/dev/null 2>&1") == 0 }

@Suite("Archives that real programs made")
struct ArchiveTests {
    private static let all = AttachmentOptions(archives: true, rejectsEncrypted: true, rejectsBroken: true)

    /// What a shell command leaves in the file `out` of a new directory, in which `a.txt` and `x.exe` are.
    private func made(_ command: String) throws -> [UInt8] {
        var template = Array("/tmp/simscan-archive.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = system("rm -r \(path)") }
        let prepare = "cd \(path) && seq 2000 > a.txt && seq 2000 > x.exe"
        try #require(system("(\(prepare) && \(command)) >/dev/null 2>&1") == 0, "\(command)")
        let bytes = CorpusTests.bytes(of: path + "/out")
        try #require(!bytes.isEmpty)
        return bytes
    }

    private func mail(_ content: [UInt8], name: String) -> [UInt8] {
        Array(
            attachment(
                "Content-Disposition: attachment; filename=\(name)\nContent-Transfer-Encoding: base64\n\n"
                    + base64(content) + "\n--b\n"
            ).utf8)
    }

    @Test(.enabled(if: has("zip")))
    func `An encrypted zip is a finding where that is refused`() throws {
        let zip = try made("zip -q -P secret out.zip a.txt && mv out.zip out")
        let finding = AttachmentFinding.encrypted(name: Array("a.zip".utf8), part: "2: a.zip")
        #expect(try check(mail(zip, name: "a.zip"), options: Self.all) == finding)
        #expect(try check(mail(zip, name: "a.zip"), options: AttachmentOptions(archives: true)) == .nothing)
        #expect(try check(mail(zip, name: "a.zip"), options: AttachmentOptions(rejectsEncrypted: true)) == .nothing)
    }

    @Test(.enabled(if: has("zip")))
    func `A blocked name in an encrypted zip weighs more`() throws {
        let zip = try made("zip -q -P secret out.zip a.txt x.exe && mv out.zip out")
        #expect(try check(mail(zip, name: "a.zip"), options: Self.all).name == "x.exe")
    }

    @Test(.enabled(if: has("7z")), arguments: ["", "-mhe=on"])
    func `An encrypted 7z is a finding, also where its list is encrypted`(_ flags: String) throws {
        let archive = try made("7z a -psecret \(flags) out.7z a.txt && mv out.7z out")
        guard case .encrypted(let name, _) = try check(mail(archive, name: "a.7z"), options: Self.all) else {
            Issue.record("no finding")
            return
        }
        #expect(name == Array("a.7z".utf8))
    }

    @Test(.enabled(if: has("7z")))
    func `A whole 7z passes, and a name in it is found`() throws {
        let harmless = try made("7z a out.7z a.txt && mv out.7z out")
        #expect(try check(mail(harmless, name: "a.7z"), options: Self.all) == .nothing)
        let hostile = try made("7z a out.7z a.txt x.exe && mv out.7z out")
        #expect(try check(mail(hostile, name: "a.7z"), options: Self.all).name == "x.exe")
        let half = Array(harmless.prefix(harmless.count / 2))
        #expect(try check(mail(half, name: "a.7z"), options: Self.all).isBroken)
    }

    @Test(.enabled(if: has("zip")))
    func `A zip that cannot be read is a finding where that is refused`() throws {
        let zip = try made("zip -q out.zip a.txt && mv out.zip out")
        #expect(try check(mail(zip, name: "a.zip"), options: Self.all) == .nothing)
        let half = Array(zip.prefix(zip.count / 2))
        #expect(try check(mail(half, name: "a.zip"), options: Self.all).isBroken)
        #expect(try check(mail(half, name: "a.zip"), options: AttachmentOptions(archives: true)) == .nothing)
        let text = Array("this is no zip\n".utf8)
        #expect(try check(mail(text, name: "a.zip"), options: Self.all).isBroken)
    }

    @Test(.enabled(if: has("zip")))
    func `A zip whose directory is wrong still shows its names`() throws {
        var zip = try made("zip -q out.zip a.txt x.exe && mv out.zip out")
        // The name in the directory, which stands behind the files, becomes another one.
        let name = Array("x.exe".utf8)
        let last = try #require((0..<(zip.count - name.count)).last { zip[$0...].starts(with: name) })
        zip.replaceSubrange(last..<(last + name.count), with: Array("x.txt".utf8))
        #expect(try check(mail(zip, name: "a.zip"), options: Self.all).name == "x.exe")
    }

    /// 40 MiB of one letter, as a text without lines.
    private static let bigText = "head -c 41943040 /dev/zero | tr '\\0' a > big.txt"
    /// 40 MiB of zeros, under a name that says that there is an archive in them.
    private static let bigImage = "head -c 41943040 /dev/zero > big.img"

    @Test(.enabled(if: has("zip")))
    func `A large text in a zip hides no file behind it, and makes no zip unreadable`() throws {
        let order = "zip -q out.zip big.txt && zip -q out.zip inner.zip && mv out.zip out"
        let hostile = try made("\(Self.bigText) && zip -q inner.zip x.exe && \(order)")
        #expect(try check(mail(hostile, name: "a.zip"), options: Self.all).name == "x.exe")
        let harmless = try made("\(Self.bigText) && zip -q inner.zip a.txt && \(order)")
        #expect(try check(mail(harmless, name: "a.zip"), options: Self.all) == .nothing)
    }

    @Test(.enabled(if: has("zip")))
    func `A zip that unpacks to more than is looked at is a finding, and its names are found`() throws {
        func zip(_ last: String) throws -> [UInt8] {
            try made("\(Self.bigImage) && zip -q out.zip big.img && \(last) && mv out.zip out")
        }
        #expect(try check(mail(zip("zip -q out.zip a.txt"), name: "a.zip"), options: Self.all).isBroken)
        #expect(try check(mail(zip("zip -q out.zip x.exe"), name: "a.zip"), options: Self.all).name == "x.exe")
    }

    @Test(.enabled(if: has("7z")))
    func `A 7z has to be unpacked up to its last file, and counts with all of it`() throws {
        // One by one, so that they stand in this order.
        func archive(_ files: String...) throws -> [UInt8] {
            let add = files.map { "7z a -ms=off out.7z \($0)" }.joined(separator: " && ")
            return try made("\(Self.bigText) && 7z a inner.7z x.exe && \(add) && mv out.7z out")
        }
        #expect(try check(mail(archive("a.txt", "big.txt"), name: "a.7z"), options: Self.all) == .nothing)
        #expect(try check(mail(archive("big.txt", "inner.7z"), name: "a.7z"), options: Self.all).isBroken)
        #expect(try check(mail(archive("big.txt", "x.exe"), name: "a.7z"), options: Self.all).name == "x.exe")
        #expect(try check(mail(archive("a.txt", "inner.7z"), name: "a.7z"), options: Self.all).name == "x.exe")
    }

    @Test(arguments: ["gz", "xz", "bz2"])
    func `A tar that was cut off is a finding`(_ suffix: String) throws {
        let flag = ["gz": "z", "xz": "J", "bz2": "j"][suffix] ?? ""
        let tar = try made("tar c\(flag)f out a.txt")
        #expect(try check(mail(tar, name: "a.tar.\(suffix)"), options: Self.all) == .nothing)
        let half = Array(tar.prefix(tar.count / 2))
        #expect(try check(mail(half, name: "a.tar.\(suffix)"), options: Self.all).isBroken)
    }
}

extension AttachmentFinding {
    fileprivate var isBroken: Bool {
        if case .broken = self { true } else { false }
    }
}

@Suite("What a file is, not what it says")
struct FileKindTests {
    private static let types = AttachmentOptions(types: true)
    private static let exe: [UInt8] = Array("MZ".utf8) + [0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0, 0]
    private static let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    private static let zip: [UInt8] = [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 26)

    private static let kinds: [(String, [UInt8], String)] = [
        ("a Windows program", exe, ".exe"),
        ("an ELF program", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], ".elf"),
        ("a Mach-O program", [0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1], ".macho"),
        ("a universal program", [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], ".macho"),
        ("a shell script", Array("#!/bin/sh\necho\n".utf8), ".sh"),
        ("a script of Perl", Array("#! /usr/bin/perl -w\n".utf8), ".pl"),
        ("an OLE document with macros", ole + filler(5000) + "_VBA_PROJECT".utf8.flatMap { [$0, 0] }, ".docm"),
        ("an OOXML document with macros", zip + Array("word/vbaProject.bin".utf8), ".docm"),
    ]

    private static func filler(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2E, count: count) }

    private func mail(_ content: [UInt8], name: String = "harmless.txt") -> String {
        attachment(
            "Content-Disposition: attachment; filename=\(name)\nContent-Transfer-Encoding: base64\n\n"
                + base64(content) + "\n--b\n")
    }

    @Test func `A file counts as what its first bytes say`() throws {
        for (what, content, suffix) in Self.kinds {
            let message = mail(content).utf8
            let finding = try check(message, blocking: [suffix], options: Self.types)
            #expect(finding.match?.rule == Array(suffix.utf8), "\(what)")
            #expect(finding.name == "harmless.txt", "\(what)")
            #expect(try check(message, blocking: [suffix]) == .nothing, "\(what), without attach-types")
            #expect(try check(message, blocking: [".pif"], options: Self.types) == .nothing, "\(what), not listed")
        }
    }

    @Test(arguments: [
        Array("MZ is how this text begins, and nothing else.".utf8), [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52],
        Array("#! no path\n".utf8), ole + filler(5000), zip + Array("word/document.xml".utf8), [],
    ])
    func `A file that only begins so passes`(_ content: [UInt8]) throws {
        let blocked = [".exe", ".elf", ".macho", ".sh", ".docm"]
        #expect(try check(mail(content).utf8, blocking: blocked, options: Self.types) == .nothing)
    }

    @Test func `A file in TNEF and in BinHex counts, too`() throws {
        #expect(try check(mail(tnef([Self.exe])).utf8, options: Self.types).match != nil)
        #expect(try check(Array("From: a@b\n\n".utf8) + binHex(Self.exe), options: Self.types).match != nil)
        #expect(try check(Array("From: a@b\n\n".utf8) + binHex(Self.exe)) == .nothing)
    }

    @Test func `A name that is allowed passes whatever the file is`() throws {
        #expect(try check(mail(Self.exe).utf8, allow: ["harmless.*"], options: Self.types) == .nothing)
        #expect(try check(mail(Self.exe).utf8, allow: ["harmful.*"], options: Self.types).match != nil)
    }

    @Test func `A suffix ahead of another one counts with double-extension`() throws {
        let options = AttachmentOptions(doubleExtension: true)
        let message = mail([0x61], name: "invoice.exe.pdf").utf8
        #expect(try check(message, options: options).name == "invoice.exe.pdf")
        #expect(try check(message) == .nothing)
        #expect(try check(message, allow: ["invoice.*"], options: options) == .nothing)
        #expect(try check(mail([0x61], name: "my.exempt.pdf").utf8, options: options) == .nothing)
    }
}
