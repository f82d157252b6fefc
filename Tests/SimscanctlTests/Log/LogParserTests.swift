import Glibc
import Testing

@testable import simscanctl

/// What a line says, copied.
struct ParsedLine: Equatable {
    var state: LogState
    var time: Int64?
    var what: String
    var sender: String
}

private func parse(_ line: String) -> ParsedLine? {
    var parser = LogParser()
    return Array(line.utf8).withUnsafeBytes { bytes in
        parser.read(bytes).map {
            ParsedLine(
                state: $0.state, time: $0.time, what: String(decoding: $0.what, as: UTF8.self),
                sender: String(decoding: $0.sender, as: UTF8.self))
        }
    }
}

private let event = "simscan:[7]:VIRUS:0.3000s:Worm.Bagle.AU:192.0.2.7:a@example.org:b@example.com"

@Suite struct LogParserTests {
    @Test(
        arguments: [
            ("", nil), ("@400000006ab13b8a075bcd15 ", 1_790_000_000), ("2026-09-21T14:13:20Z ", 1_790_000_000),
            ("2026-09-21T14:13:20.123456+00:00 mx1 qmail-smtpd[33]: ", 1_790_000_000),
            ("2026-09-21T15:13:20+01:00 mx1 smtpd: ", 1_790_000_000),
            ("<22>2026-09-21T12:43:20.5-0130 mx1 smtpd: ", 1_790_000_000), ("smtpd: ", nil),
        ] as [(String, Int64?)]) func `A line is found behind every stamp`(stamp: String, time: Int64?)
    {
        let parsed = ParsedLine(state: .virus, time: time, what: "Worm.Bagle.AU", sender: "a@example.org")
        #expect(parse(stamp + event) == parsed)
    }

    @Test func `Syslog's stamp is of the latest year that is not to come`() throws {
        var past = time(nil) - 86400
        var parts = tm()
        localtime_r(&past, &parts)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32, _ pad: String) -> String { (number < 10 ? pad : "") + String(number) }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two($0, "0") }.joined(separator: ":")
        let stamp = months[Int(parts.tm_mon)] + " " + two(parts.tm_mday, " ") + " " + clock + " mx1 smtpd[3]: "
        #expect(parse(stamp + event)?.time == Int64(past))
    }

    @Test(arguments: [
        "Nov 22 09:36:10 mx1 qmail-smtpd: helo simscan:[7]:VIRUS:0.3s:x:1.2.3.4:a:b",
        "tcpserver: status: 1/40", "", "simscan:", "simscan:[7]:", "simscan:[7]:VIRUS",
        "simscan:[x]:VIRUS:0.3s:a:b:c:d",
        "simscan:[7]:virus:0.3s:a:b:c:d", "{\"id\":\"1.2.3\"}", "{\"state\":\"CLEAN\"", "{\"state\":7}", "{\"state\"",
        "{\"a\":[[[[[[", "@4000000", "Nov 22", "2026-09-21T",
    ]) func `What is not simscan's is nobody's`(line: String) {
        #expect(parse(line) == nil)
    }

    @Test(arguments: [
        (
            "simscan:[7]:CLEAN (-1.20/5.00/8.00):0.3000s:Re_ lunch:-:a@b:c@d",
            ParsedLine(state: .clean, time: nil, what: "Re_ lunch", sender: "a@b")
        ),
        (
            "simscan:[7]:SPAM REJECT (15.1/5.0):2.1s:Re: lunch: now:10.0.0.1:a@b:c@d,e@f",
            ParsedLine(state: .spamReject, time: nil, what: "Re: lunch: now", sender: "a@b")
        ),
        (
            "simscan:[7]:CLEAN:0.3000s:hi:1.2.3.4:a@b:c@d:<m@x>",
            ParsedLine(state: .clean, time: nil, what: "hi", sender: "a@b")
        ),
        (
            #"{"id":"1790000000.5.7","ppid":7,"state":"SHADOW ATTACH","x":{"y":["}",1]},"what":"a\u000a\"b","from":"A@b"}"#,
            ParsedLine(state: .attachment, time: 1_790_000_000, what: "a\n\"b", sender: "A@b")
        ),
    ]) func `Both forms are read`(line: String, parsed: ParsedLine) {
        #expect(parse(line) == parsed)
    }

    @Test func `A line that is cut anywhere is read without harm`() {
        let json =
            #"{"id":"1.2.3","state":"ERROR","what":"clamd \"x","scanners":[{"name":"clamd","milliseconds":1.5}]}"#
        for line in ["@400000006ab13b8a075bcd15 " + event, json] {
            for end in 0...line.utf8.count { _ = parse(String(decoding: Array(line.utf8)[..<end], as: UTF8.self)) }
        }
    }
}
