import SpamdProtocol
import Testing

@testable import SimscanNative

@Suite("A log line")
struct LogLineTests {
    private func envelope(_ text: String) throws -> Envelope {
        var parser = EnvelopeParser()
        return try #require(try parser.received(Array(text.utf8).span))
    }

    private func line(_ state: String, _ what: String?, _ envelope: Envelope?) -> LogLine {
        var line = LogLine(parentProcessID: 20486, state: state, elapsed: .milliseconds(3178) + .microseconds(349))
        line.what = what.map { Array($0.utf8) }
        line.clientAddress = Array("192.0.2.7".utf8)
        line.envelope = envelope
        return line
    }

    private func text(_ line: LogLine) -> String { String(decoding: line.bytes, as: UTF8.self) }

    @Test("has the first form where there is a score")
    func spamForm() throws {
        var line = line("SPAM REJECT", "Buy now", try envelope("Fa@B.com\0Tc@d.com\0Te@f.com\0\0"))
        line.score = (SpamdVerdict(isSpam: true, score: 53.456, threshold: 5), 10)
        #expect(
            text(line)
                == "simscan:[20486]:SPAM REJECT (53.46/5.00/10.00):3.1783s:Buy now:192.0.2.7:a@b.com:c@d.com,e@f.com\n")
    }

    @Test("has the second form where there is none")
    func otherForm() throws {
        let line = line("VIRUS", "Worm.Bagle.AU", try envelope("F\0TC@d.com\0\0"))
        #expect(text(line) == "simscan:[20486]:VIRUS:3.1783s:Worm.Bagle.AU:192.0.2.7:-:c@d.com\n")
    }

    @Test("has a dash for everything that is not known")
    func unknown() {
        var line = line("ERROR", nil, nil)
        line.clientAddress = nil
        #expect(text(line) == "simscan:[20486]:ERROR:3.1783s:-:-:-:-\n")
    }

    @Test("cannot be forged by what a message holds")
    func forged() throws {
        let hostile = "x\nsimscan:[1]:CLEAN:\0\u{1b}[31m"
        let line = line("CLEAN", hostile, try envelope("Fa,b:c\nd@x\0Te\u{7f}@y,z\0\0"))
        #expect(
            text(line)
                == "simscan:[20486]:CLEAN:3.1783s:x?simscan_[1]_CLEAN_??[31m:192.0.2.7:a_b_c?d@x:e?@y_z\n")
    }

    @Test("is one write of at most 4096 bytes; recipients beyond that are counted")
    func longLine() throws {
        var recipients = ""
        for number in 0..<5000 { recipients += "T\(number)@example.com\0" }
        let line = line("CLEAN", String(repeating: "s", count: 10_000), try envelope("Fa@b\0\(recipients)\0"))
        let bytes = line.bytes
        #expect(bytes.count <= 4096)
        let shown = try #require(text(line).split(separator: ":").last)
        let parts = shown.dropLast().split(separator: ",")
        let last = try #require(parts.last)
        let more = try #require(Int(last.dropFirst()))
        #expect(parts.dropLast().count + more == 5000)
        #expect(parts.count > 50)
    }

    @Test("has room for a subject, a sender and a first recipient of the greatest length")
    func longestAddresses() throws {
        let longest = String(repeating: "a", count: 1002)
        let line = line("CLEAN", String(repeating: "s", count: 10_000), try envelope("F\(longest)\0T\(longest)\0\0"))
        #expect(line.bytes.count <= 4096)
        #expect(text(line).hasSuffix(":\(longest):\(longest)\n"))
    }

    @Test(
        "prints numbers as printf does",
        arguments: [
            (0, "0.00"), (-0.0, "0.00"), (1003.3, "1003.30"), (-1.005, "-1.00"), (5, "5.00"), (0.05, "0.05"),
            (.infinity, "inf"), (-.infinity, "-inf"), (9.999, "10.00"), (-0.001, "0.00"),
        ])
    func numbers(number: Double, text: String) {
        #expect(Text.decimal(number, digits: 2) == text)
    }
}
