import CPCRE2

/// Why an expression cannot be used.
package struct RegexFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in the expression, in bytes from 0.
    package var offset: Int
    package var description: String
}

/// The expressions of a policy, compiled, for one line of mail after the other (pcre2pattern(3)).
///
/// They see bytes: no UTF-8 is assumed, and case counts unless an expression says `(?i)`.
package final class Regexes {
    /// What a line is to them.
    package enum Match: Equatable, Sendable {
        case none
        /// The first expression that matches; 1 is the first of the list.
        case matched(Int)
        /// This expression takes more steps on the line than it is given; those before it do not match.
        case tooHard(Int)
    }

    /// Steps that one expression may take on one line, a hundredth of what PCRE2 allows by itself.
    private static let maximumSteps: UInt32 = 100_000
    /// KiB that one match may take.
    private static let maximumHeap: UInt32 = 1024

    private var codes: [OpaquePointer] = []
    private let matchData: OpaquePointer?
    private let context: OpaquePointer?

    package init(_ expressions: [[UInt8]]) throws(RegexFailure) {
        matchData = pcre2_match_data_create_8(1, nil)
        context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, Self.maximumSteps)
        pcre2_set_heap_limit_8(context, Self.maximumHeap)
        for expression in expressions { codes.append(try Self.compile(expression)) }
    }

    deinit {
        for code in codes { pcre2_code_free_8(code) }
        pcre2_match_context_free_8(context)
        pcre2_match_data_free_8(matchData)
    }

    /// What the expressions say of one line, which comes without its line end.
    package func match(_ line: UnsafeRawBufferPointer) -> Match {
        // An empty line may come without an address, which PCRE2 would refuse.
        guard let start = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return matchEmptyLine() }
        return match(start, line.count)
    }

    private func matchEmptyLine() -> Match {
        var nothing: UInt8 = 0
        return match(&nothing, 0)
    }

    private func match(_ start: UnsafePointer<UInt8>, _ count: Int) -> Match {
        for (index, code) in codes.enumerated() {
            let result = pcre2_match_8(code, start, count, 0, 0, matchData, context)
            if result >= 0 { return .matched(index + 1) }
            if result != PCRE2_ERROR_NOMATCH { return .tooHard(index + 1) }
        }
        return .none
    }

    private static func compile(_ expression: [UInt8]) throws(RegexFailure) -> OpaquePointer {
        var error: Int32 = 0
        var offset = 0
        if let code = pcre2_compile_8(expression, expression.count, 0, &error, &offset, nil) { return code }
        var text = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(error, &text, text.count)
        let message = String(decoding: text.prefix(length > 0 ? Int(length) : 0), as: UTF8.self)
        throw RegexFailure(offset: offset, description: message)
    }
}
