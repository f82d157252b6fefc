import SimscanNative
import Testing

@Suite struct RegexesTests {
    private func match(_ expressions: [String], _ line: [UInt8]) throws -> Regexes.Match {
        let regexes = try Regexes(expressions.map { Array($0.utf8) })
        return line.withUnsafeBytes { regexes.match($0) }
    }

    @Test(
        arguments: [
            (["abc"], "xabcx", Regexes.Match.matched(1)),
            (["abc"], "ABC", .none),
            (["(?i)abc"], "xABCx", .matched(1)),
            (["x", "y", "c$"], "abc", .matched(3)),
            (["a", "b"], "ba", .matched(1)),
            (["^Subject\\x3a .*pills"], "Subject: cheap pills", .matched(1)),
            (["^$"], "", .matched(1)),
            (["a"], "", .none),
            ([], "abc", .none),
            (["\\x00"], "a\0b", .matched(1)),
        ] as [([String], String, Regexes.Match)]) func `The first expression that matches is told`(
            expressions: [String], line: String, expected: Regexes.Match
        ) throws
    {
        #expect(try match(expressions, Array(line.utf8)) == expected)
    }

    @Test func `Bytes that are no text are matched as bytes`() throws {
        #expect(try match(["\\xff\\xfe"], [0x41, 0xff, 0xfe]) == .matched(1))
        #expect(try match(["^.{3}$"], [0xe2, 0x82, 0xac]) == .matched(1))
    }

    @Test func `An expression that explodes on a line is stopped`() throws {
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 5000) + [UInt8(ascii: "b")]
        #expect(try match(["^(a+)+$"], line) == .tooHard(1))
        #expect(try match(["b$", "^(a+)+$"], line) == .matched(1))
    }

    @Test(arguments: [("(abc", 4), ("a**", 2), ("[a", 2), ("\\", 1), ("(?<x", 4)])
    func `A bad expression is refused with its place`(expression: String, offset: Int) {
        let failure = #expect(throws: RegexFailure.self) { try Regexes([Array("good".utf8), Array(expression.utf8)]) }
        #expect(failure?.offset == offset)
        #expect(failure?.description.isEmpty == false)
    }
}
