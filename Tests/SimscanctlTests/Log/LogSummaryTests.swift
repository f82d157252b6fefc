import Glibc
import Testing

@testable import simscanctl

private func summary(_ lines: [String]) -> LogSummary {
    var summary = LogSummary()
    for line in lines { Array(line.utf8).withUnsafeBytes { summary.add($0) } }
    return summary
}

private func names(_ tally: Tally) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: tally.top(100).map { (String(decoding: $0.name, as: UTF8.self), $0.count) })
}

@Suite struct LogSummaryTests {
    private static let lines = [
        "simscan:[1]:CLEAN (0.10/5.00/8.00):0.1000s:hi:-:Alice@example.org:c@d",
        "simscan:[1]:VIRUS:0.2000s:Eicar:-:alice@example.org:c@d",
        "simscan:[1]:VIRUS DROPPED:0.2000s:Eicar:-:-:c@d", "simscan:[1]:ATTACH:0.0100s:Trojan.EXE:-:m@n:c@d",
        "simscan:[1]:SHADOW VIRUS:0.0100s:Eicar:-:m@n:c@d",
        "simscan:[1]:ERROR:9.0s:clamd unix_/run/x_y.ctl_ no answer; tcp_10.0.0.1_3310_ refused:-:m@n:c@d",
        "simscan:[1]:NOTE:9.0s:not scanned, spamd tcp_[__1]_783_ no answer in time:-:m@n:c@d", "something else",
        #"{"id":"1790000000.1.2","state":"SPAM REJECT","seconds":2.5,"what":"x","from":"m@n","scanners":"#
            + #"[{"name":"clamd","host":"h","verdict":"clean","milliseconds":12.5},{"name":"spamd","verdict":"failed"}]}"#,
    ]

    @Test func `Messages, names and failures are counted`() {
        let sum = summary(Self.lines)
        #expect(sum.lines == 9 && sum.foreignLines == 1 && sum.notes == 1 && sum.messages == 7)
        #expect(LogGroup.allCases.map { sum.count($0) } == [2, 0, 1, 2, 1, 1])
        #expect(names(sum.viruses) == ["Eicar": 3])
        #expect(names(sum.attachments) == ["trojan.exe": 1])
        #expect(names(sum.senders) == ["alice@example.org": 2, "<>": 1, "m@n": 4])
        #expect(names(sum.refusedSenders) == ["alice@example.org": 1, "<>": 1, "m@n": 2])
        #expect(
            names(sum.hostFailures) == [
                "clamd unix:/run/x_y.ctl: no answer": 1, "clamd tcp:10.0.0.1:3310: refused": 1,
                "spamd tcp:[::1]:783: no answer in time": 1,
            ])
        #expect(sum.times.map { String(decoding: $0.name, as: UTF8.self) } == ["total", "clamd"])
        #expect(sum.times[0].histogram.count == 7 && sum.times[1].histogram.count == 1)
        #expect(abs(sum.times[1].histogram.percentile(0.5) - 0.0125) < 0.0125 * 0.02)
    }

    @Test func `More names than there is room for are cut, and no frequent one is lost`() {
        var tally = Tally()
        for number in 0..<200_000 {
            tally.add("rare" + String(number))
            if number % 10 == 0 { tally.add("often") }
        }
        #expect(tally.total == 220_000)
        #expect(tally.uncertainty > 0)
        let top = tally.top(1)
        #expect(top.first?.name == Array("often".utf8))
        let count = top.first?.count ?? 0
        #expect(count <= 20_000 && count + tally.uncertainty >= 20_000)
        #expect(tally.top(1_000_000).count <= 8192)
    }

    @Test func `Percentiles are right to two percent`() {
        var histogram = TimeHistogram()
        for number in 1...100_000 { histogram.add(seconds: Double(number) / 10_000) }
        for share in [0.5, 0.9, 0.99] {
            #expect(abs(histogram.percentile(share) - share * 10) < share * 0.2)
        }
        #expect(histogram.maximum == 10 && histogram.percentile(1) <= 10)
    }

    @Test func `A series of many years stays small, and loses nothing`() {
        var series = HourSeries()
        for hour in 0..<60_000 { series.add(Int64(hour) * 3600, .virus) }
        let rows = series.rows()
        #expect(rows.count <= 20_000)
        #expect(rows.reduce(0) { $0 + $1.total } == 60_000)
        let (wide, _) = series.rows(atMost: 100)
        #expect(wide.count <= 100 && wide.reduce(0) { $0 + $1.total } == 60_000)
    }

    @Test func `Lines are found wherever a block ends, and one without end is passed over`() throws {
        let path = "/tmp/simscanctl-lines." + String(getpid())
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        unlink(path)
        defer { close(descriptor) }
        var expected: [Int] = []
        var bytes: [UInt8] = []
        for number in 0..<3000 {
            expected.append(number * 7 % 2000)
            bytes += [UInt8](repeating: UInt8(ascii: "x"), count: number * 7 % 2000) + [UInt8(ascii: "\n")]
        }
        bytes += [UInt8](repeating: UInt8(ascii: "y"), count: LogLines.maximumLineBytes + (3 << 20))
        bytes += Array("\nlast".utf8)
        expected.append(4)
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                done += max(0, write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done))
            }
        }
        lseek(descriptor, 0, SEEK_SET)
        var lines = LogLines()
        defer { lines.deallocate() }
        var lengths: [Int] = []
        try lines.read(descriptor, name: "x", progress: { _ in }, { lengths.append($0.count) })
        #expect(lengths == expected)
        #expect(lines.overlong == 1)
    }
}

@Suite struct LogPageTests {
    @Test func `Nothing in the log becomes a part of the page`() {
        let sum = summary([
            "simscan:[1]:VIRUS:0.2s:</span><script>alert(1)</script>:-:\"onload='x'&amp;:c@d",
            "simscan:[1]:ATTACH:0.2s:a\u{1B}[31m<img src=x>:-:<svg/onload=1>:c@d",
        ])
        var page = LogPage(sum, top: 10)
        let text = page.text()
        for hostile in ["<script", "<img", "<svg/", "\"onload", "\u{1B}"] { #expect(!text.contains(hostile)) }
        #expect(text.contains("&lt;/span&gt;&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(text.contains("&quot;onload=&#39;x&#39;&amp;amp;"))
        // Nothing is fetched, whatever stands in it.
        for outside in ["http:", "https:", "url("] { #expect(!text.contains(outside)) }
        #expect(text.contains("default-src 'none'") && text.contains("prefers-color-scheme: dark"))
    }

    @Test func `A page of an empty log is a page`() {
        var page = LogPage(LogSummary(), top: 10)
        #expect(page.text().hasSuffix("</html>\n"))
    }

    @Test func `Prometheus' labels stay within their quotes`() {
        let sum = summary(["simscan:[1]:VIRUS:0.2s:a\"} 1\\:-:a@b:c@d"])
        #expect(LogReport.prometheus(sum, top: 10).contains(#"simscan_log_viruses{name="a\"} 1\\"} 1"#))
    }
}
