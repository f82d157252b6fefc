import Testing

/// A parser as the tests drive it: bytes in any portions, then the end, then what came out.
protocol Fed {
    associatedtype Outcome: Equatable
    mutating func feed(_ bytes: Span<UInt8>)
    mutating func end() -> Outcome
}

/// How bytes are cut into portions.
enum Cutting: CustomStringConvertible {
    /// All at once.
    case whole
    /// Portions of this many bytes, the last one shorter.
    case portions(Int)
    /// One by one, with an empty portion ahead of each.
    case withEmptyPortions
    /// Two portions, the first of this many bytes.
    case split(at: Int)

    /// Every cutting that the tests know for this many bytes.
    static func all(of count: Int) -> [Cutting] {
        [.whole, .portions(1), .portions(2), .portions(3), .portions(7), .withEmptyPortions]
            + (0...count).map { .split(at: $0) }
    }

    func ranges(of count: Int) -> [Range<Int>] {
        switch self {
        case .whole: [0..<count]
        case .portions(let size): stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
        case .withEmptyPortions: (0..<count).flatMap { [$0..<$0, $0..<($0 + 1)] }
        case .split(let place): [0..<place, place..<count]
        }
    }

    var description: String {
        switch self {
        case .whole: "whole"
        case .portions(let size): "in portions of \(size)"
        case .withEmptyPortions: "with empty portions"
        case .split(let place): "split at \(place)"
        }
    }
}

/// Feeds `bytes`, cut so, to a new parser, and then the end.
func outcome<Parser: Fed>(of bytes: [UInt8], cut cutting: Cutting = .whole, by make: () -> Parser) -> Parser.Outcome {
    var parser = make()
    let span = bytes.span
    for range in cutting.ranges(of: bytes.count) {
        parser.feed(span.extracting(range))
    }
    return parser.end()
}

/// Expects one outcome however the bytes are cut.
func expect<Parser: Fed>(
    _ bytes: [UInt8], toGive expected: Parser.Outcome, by make: () -> Parser,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for cutting in Cutting.all(of: bytes.count) {
        let seen = outcome(of: bytes, cut: cutting, by: make)
        guard seen != expected else { continue }
        Issue.record(
            "\(shown(bytes)) fed \(cutting) gives \(seen), not \(expected)", sourceLocation: sourceLocation)
        return
    }
}

/// Ends the bytes after each one of them, the last included, and expects `isGood` only of the prefixes that
/// `mayBeGood` allows, and of these always.
func expectGoodPrefixes<Parser: Fed>(
    of bytes: [UInt8], by make: () -> Parser, isGood: (Parser.Outcome) -> Bool, mayBeGood: ([UInt8]) -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for count in 0...bytes.count {
        let prefix = Array(bytes[..<count])
        for cutting in [Cutting.whole, .portions(1)] {
            let seen = outcome(of: prefix, cut: cutting, by: make)
            guard isGood(seen) != mayBeGood(prefix) else { continue }
            Issue.record("the prefix \(shown(prefix)) fed \(cutting) gives \(seen)", sourceLocation: sourceLocation)
            return
        }
    }
}

/// Bytes as a failing test shows them.
func shown(_ bytes: [UInt8]) -> String {
    let start = String(decoding: bytes.prefix(300), as: UTF8.self).debugDescription
    return bytes.count > 300 ? start + "... (\(bytes.count) bytes)" : start
}

/// Bytes written as a text, which the test log shows escaped.
struct Wire: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
    var bytes: [UInt8]

    init(stringLiteral text: String) {
        bytes = Array(text.utf8)
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var testDescription: String { shown(bytes) }

    static func + (left: Wire, right: Wire) -> Wire { Wire(left.bytes + right.bytes) }
}

/// The bytes of a text.
func bytes(_ text: String) -> [UInt8] {
    Array(text.utf8)
}

/// A number of the same byte.
func bytes(_ count: Int, of character: Character) -> [UInt8] {
    Array(String(repeating: character, count: count).utf8)
}
