import SpamdProtocol
import Testing

/// What a response came to, with the body as a caller would have kept it.
enum ResponseOutcome: Equatable, Sendable {
    case complete(SpamdResponse, body: [UInt8])
    case failed(SpamdFailure)
}

/// A response, which also checks that a failure stays and that the early verdict is the final one.
struct FedResponse: Fed {
    private var parser: SpamdResponseParser
    private var body: [UInt8] = []
    private var failure: SpamdFailure?
    private var early: SpamdVerdict?

    init(_ method: SpamdMethod) {
        parser = SpamdResponseParser(method: method)
    }

    mutating func feed(_ bytes: Span<UInt8>) {
        do throws(SpamdFailure) {
            let range = try parser.received(bytes)
            #expect(failure == nil, "a failure stays")
            #expect(range.upperBound == bytes.count, "the body reaches to the end")
            for index in range { body.append(bytes[index]) }
            #expect(parser.bodyBytes == body.count)
        } catch {
            if let failure { #expect(error == failure, "a failure stays the same") }
            failure = error
        }
        if let verdict = parser.verdict { early = verdict }
    }

    mutating func end() -> ResponseOutcome {
        do throws(SpamdFailure) {
            let response = try parser.reachedEnd()
            #expect(failure == nil, "a failure stays")
            #expect(early == response.verdict || response.bodyBytes == 0)
            #expect(parser.verdict == response.verdict)
            return .complete(response, body: body)
        } catch {
            if let failure { #expect(error == failure, "a failure stays the same") }
            return .failed(error)
        }
    }
}

/// One row of the table: what a server sends, and what it means.
struct ResponseCase: Sendable, CustomTestStringConvertible {
    var method: SpamdMethod
    var wire: [UInt8]
    var outcome: ResponseOutcome

    /// A response that is complete; `wire` is its head, the empty line included.
    init(_ method: SpamdMethod, _ wire: String, _ verdict: SpamdVerdict?, body: String = "") {
        self.method = method
        self.wire = bytes(wire) + bytes(body)
        let body = bytes(body)
        outcome = .complete(SpamdResponse(verdict: verdict, bodyBytes: Int64(body.count)), body: body)
    }

    /// A response that is none.
    init(_ method: SpamdMethod, _ wire: String, _ failure: SpamdFailure) {
        self.method = method
        self.wire = bytes(wire)
        outcome = .failed(failure)
    }

    var testDescription: String { method.rawValue + " " + shown(wire) }

    /// Whether a connection that ends after these first bytes may leave a complete response.
    func mayEnd(after prefix: [UInt8]) -> Bool {
        switch outcome {
        case .complete, .failed(.bodyTooShort), .failed(.bodyTooLong): break
        case .failed: return false
        }
        guard let head = Self.head(of: prefix) else { return method == .ping && prefix.last == UInt8(ascii: "\n") }
        guard let announced = Self.announcedLength(in: prefix[..<head]) else { return true }
        return prefix.count - head == announced
    }

    /// How many bytes the head has, the empty line included.
    static func head(of bytes: [UInt8]) -> Int? {
        var previous: Int?
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            if let previous, bytes[(previous + 1)..<index].allSatisfy({ $0 == UInt8(ascii: "\r") }) { return index + 1 }
            previous = index
        }
        return nil
    }

    static func announcedLength(in head: ArraySlice<UInt8>) -> Int? {
        let lines = String(decoding: head, as: UTF8.self).lowercased().split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.hasPrefix("content-length:") }) else { return nil }
        return Int(line.filter(\.isNumber))
    }
}
