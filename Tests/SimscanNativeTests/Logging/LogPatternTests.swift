import Foundation
import SpamdProtocol
import Testing

@testable import SimscanNative

/// The expression that simscan(8) gives to those who write log tools.
@Suite("The documented pattern of a log line")
struct LogPatternTests {
    private func pattern() throws -> NSRegularExpression {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let manual = try String(contentsOf: root.appendingPathComponent("doc/simscan.8"), encoding: .utf8)
        let line = try #require(manual.split(separator: "\n").first { $0.hasPrefix("^simscan:") })
        let text = line.replacingOccurrences(of: "\\e", with: "\\").replacingOccurrences(of: "\\-", with: "-")
        return try NSRegularExpression(pattern: text.replacingOccurrences(of: "\\[[", with: "\\[["))
    }

    private func matches(_ line: String) throws -> Bool {
        let whole = NSRange(line.startIndex..., in: line)
        return try pattern().firstMatch(in: line, range: whole)?.range == whole
    }

    @Test("matches a line of every state")
    func ownLines() throws {
        let states: [(Verdict.State, SpamdVerdict?)] = [
            (.clean, nil), (.clean, SpamdVerdict(isSpam: false, score: -0.1, threshold: 5)),
            (.spamPass, SpamdVerdict(isSpam: true, score: 6, threshold: 5)),
            (.passthru, SpamdVerdict(isSpam: true, score: 6, threshold: 5)),
            (.spamReject, SpamdVerdict(isSpam: true, score: .infinity, threshold: 5)),
            (.spamDropped, SpamdVerdict(isSpam: true, score: 6, threshold: 5)), (.relayClient, nil),
            (.virus(name: Array("W:x".utf8)), nil), (.virusDropped(name: Array("W\nx".utf8)), nil),
            (.attachment(name: Array("a.exe".utf8)), nil), (.encrypted(name: Array("a.zip".utf8)), nil),
            (.broken(name: Array("a.zip".utf8)), nil), (.regex(3), nil), (.limit("mime-depth"), nil),
            (.error("clamd tcp:[::1]:3310: no answer in time"), nil),
        ]
        let log = Log(
            to: nil, debugLevel: 0, clientAddress: Array("2001:db8::1".utf8), startedAt: .now, name: MessageName(),
            format: .classic)
        var parser = EnvelopeParser()
        let envelope = try #require(try parser.received(Array("Fa:b@c\0Td@e\0Tf,g@h\0\0".utf8).span))
        for (state, spam) in states {
            for isShadow in [false, true] {
                var verdict = Verdict(action: .deliver, state: state)
                verdict.spam = spam
                verdict.isShadow = isShadow
                let bytes = log.line(for: verdict, subject: { Array("a: b".utf8) }, envelope: envelope).bytes
                let line = String(decoding: bytes.dropLast(), as: UTF8.self)
                #expect(try matches(line), "\(line)")
            }
        }
    }

    @Test(
        "matches lines of the classic",
        arguments: [
            "simscan:[20486]:CLEAN (-1.00/12.00):3.1783s:hello:192.0.2.7:a@example.com:b@example.com",
            "simscan:[20486]:SPAM REJECT (53.50/12.00):0.2s:buy now:192.0.2.7:a@example.com:b@example.com,c@example.com",
            "simscan:[1]:VIRUS:0.0123s:Worm.Bagle.AU:192.0.2.7:a@example.com:b@example.com",
            "simscan:[1]:ATTACH:0.0123s:trojan.exe:192.0.2.7:a@example.com:b@example.com",
            "simscan:[1]:RELAYCLIENT:0.0123s:-:192.0.2.7:a@example.com:b@example.com",
            "simscan:[1]:PASSTHRU (7.00/5.00):1.0000s:a:b:192.0.2.7:a@example.com:b@example.com",
        ])
    func classicLines(line: String) throws {
        #expect(try matches(line))
    }

    @Test(
        "matches nothing else", arguments: ["", "simscan: starting", "simscan:[1]:CLEAN", "x simscan:[1]:A:1s:a:b:c:d"])
    func otherLines(line: String) throws {
        #expect(try !matches(line))
    }
}
