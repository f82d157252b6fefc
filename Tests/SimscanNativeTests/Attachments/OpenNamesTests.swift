import Testing

@testable import SimscanNative

@Suite("Names that our own code cannot read")
struct OpenNamesTests {
    private static let rules = AttachmentRules(suffixes: [Array(".exe".utf8)], allow: [])

    private func message(_ names: [String]) -> String {
        names.map { "--b\nContent-Disposition: attachment; filename=\"\($0)\"\n\ntext\n" }.reduce(
            "Content-Type: multipart/mixed; boundary=b\n\n", +) + "--b--\n"
    }

    /// Characters with other forms.
    @Test(arguments: ["a.\u{FF45}xe", "a.e\u{2179}e", "=?utf-8?Q?a?= .\u{FF45}xe"])
    func `Such a name is found with a library, and by nobody before`(_ name: String) throws {
        let message = message(["a.txt", name, "b.txt"])
        #expect(try findPlain(message.utf8)?.finding == .nothing)
        #expect(try checkPlain(message.utf8) == nil)
        #expect(try checkPlainAndNames(message.utf8)?.match?.part == "2")
        #expect(try check(message.utf8).match?.part == "2")
    }

    @Test(arguments: [
        "=?utf-8?B?PT91dGYtOD9CP2MyRjJaWEl1YzJOeT89?=", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=2Eexe=3F=3D?=",
    ])
    func `A word in a word is read as whoever takes the message apart reads it`(_ name: String) throws {
        let message = message([name])
        #expect(try checkPlainAndNames(message.utf8, blocking: [".exe", ".scr"])?.match != nil)
        #expect(try check(message.utf8, blocking: [".exe", ".scr"]).match != nil)
    }

    @Test(arguments: ["=?utf-8?Q?a?= b.ex=?utf-8?Q?e?=", "=?gb2312?B?YS5leGU?=", "=?utf-8?q?a=0D.exe?="])
    func `Words that only GMime can tell what it makes of are not trusted to our reading alone`(_ name: String) throws {
        #expect(try findPlain(message([name + ".txt"]).utf8)?.openNames.isEmpty == false)
        #expect(try checkPlainAndNames(message([name]).utf8)?.match != nil)
    }

    @Test func `Such a name that nothing blocks passes`() throws {
        #expect(try checkPlainAndNames(message(["=?utf-8?Q?M=C3=A4rz?=.txt", "\u{FF45}xe"]).utf8) == .nothing)
    }

    @Test func `A name that is blocked anyhow needs no library`() throws {
        let plain = try #require(try findPlain(message(["=?utf-8?Q?a?=.txt", "b.exe"]).utf8))
        #expect(plain.isSettled)
        #expect(plain.finding.match?.part == "2")
    }

    @Test func `A blocked name weighs more than a limit behind it`() throws {
        let limits = MIMELimits(depth: 100, parts: 2, fields: 100, headerBytes: 10_000)
        let check = try #require(PlainCheck(rules: Self.rules, limits: limits, options: AttachmentOptions()))
        let bytes = Array(message(["a.\u{FF45}xe", "b.txt", "c.txt"]).utf8)
        bytes.withUnsafeBytes { _ = check.take($0) }
        let plain = try #require(check.end())
        #expect(plain.finding == .limit(.parts))
        #expect(!plain.isSettled)
        let names = checkOpenNames(
            plain.openNames, rules: Self.rules, limits: limits, options: AttachmentOptions())
        #expect(plain.with(names).match != nil)
    }

    @Test func `More of them than any honest mail has are left to whoever takes the message apart`() throws {
        let names = (0..<700).map { "=?utf-8?Q?" + String(repeating: "a", count: 100) + "?=\($0).txt" }
        #expect(try findPlain(message(Array(names[..<200])).utf8)?.openNames.isEmpty == false)
        #expect(try findPlain(message(names).utf8) == nil)
    }
}
