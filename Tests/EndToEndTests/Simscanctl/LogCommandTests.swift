import Fakes
import Foundation
import Testing

/// `simscanctl log` on what the filter writes.
@Suite struct LogCommandTests {
    private func log(_ words: [String], input: [UInt8] = []) throws -> CommandResult {
        try CommandResult(of: [BuiltPrograms.simscanctl, "log"] + words, environment: ["TZ": "UTC"], input: input)
    }

    @Test(arguments: ["classic", "json"]) func `What the filter writes is understood`(format: String) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "log-format": format], suffixes: [".exe"])
        let dead = try Site(["clamd": "/nowhere/clamd", "log-format": format])
        var lines: [String] = []
        for message in [SampleMessages.clean, SampleMessages.eicar, SampleMessages.eicar, SampleMessages.trojan] {
            lines += try site.filter(message).run().logLines
        }
        lines += try dead.filter(SampleMessages.clean).run().logLines
        let text = lines.map { $0 + "\n" }.joined()
        let json = try log(["--json"], input: Array(text.utf8)).json()
        #expect(json["states"] as? [String: Int] == ["CLEAN": 1, "VIRUS": 2, "ATTACH": 1, "ERROR": 1], "\(text)")
        #expect(json["foreign_lines"] as? Int == 0)
        func top(_ key: String) -> [[String: Any]] { (json[key] as? [String: Any])?["top"] as? [[String: Any]] ?? [] }
        #expect(top("viruses").map { $0["count"] as? Int } == [2])
        #expect(top("attachments").count == 1)
        #expect(top("senders").map { $0["name"] as? String } == ["alice@example.org"])
        let failure = try #require(top("host_failures").first?["name"] as? String)
        #expect(failure.hasPrefix("clamd unix:/nowhere/clamd: "))
        let times = try #require(json["times"] as? [String: [String: Any]])
        #expect(times["total"]?["count"] as? Int == 5)
        if format == "json" {
            #expect(times["clamd"]?["count"] as? Int == 3)
            #expect((json["intervals"] as? [Any])?.isEmpty == false)
        }
    }

    @Test func `A log without a message of simscan's has no empty tables`() throws {
        for text in ["", "something else\n"] {
            let result = try log([], input: Array(text.utf8))
            #expect(result.status == 0)
            #expect(result.text.split(separator: "\n").count == 1 && result.text.hasPrefix("0 messages in "))
        }
    }

    @Test(arguments: [(1, "HOUR"), (72, "2 HOURS"), (24 * 40, "DAY"), (24 * 300, "7 DAYS")])
    func `A table by the time says how wide its rows are`(hours: Int, title: String) throws {
        let lines = [0, hours * 3600].map { later in
            "@" + String(0x4000_0000_0000_0000 + 1_790_000_010 + later, radix: 16)
                + "00000000 simscan:[7]:SPAM PASS (6.0/5.0/8.0):0.3s:x:-:a@b:c@d\n"
        }
        let text = try log([], input: Array(lines.joined().utf8)).text
        let head = try #require(text.split(separator: "\n").first { $0.contains("SPAM PASSED") })
        #expect(head.hasPrefix(title + "  "), "\(text)")
        #expect(!head.contains("_"))
    }

    @Test func `Files, standard input and every form of output`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let line = "2026-09-21T14:13:20Z mx simscan: simscan:[7]:VIRUS:0.3s:Worm<b>:192.0.2.7:a@b:c@d\n"
        let file = try directory.write(line.utf8, to: "current")
        let page = directory.path(of: "report.html")
        let text = try log([file, "-"], input: Array(line.utf8))
        #expect(text.status == 0)
        #expect(text.text.hasPrefix("2 messages in 2 lines\n"))
        #expect(text.text.contains("2026-09-21 14:00"))
        #expect(!text.text.contains("\u{1B}"))
        #expect(try log(["--prometheus", file]).text.contains("simscan_log_viruses{name=\"Worm<b>\"} 1\n"))
        #expect(try log(["--html", page, file]).status == 0)
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("Worm&lt;b&gt;") && !html.contains("Worm<b>"))
        #expect(try log(["/nowhere/current"]).status == 66)
        #expect(try log(["--html", "/nowhere/report.html", file]).status == 73)
        #expect(try log(["--json", "--prometheus", file]).status == 64)
        #expect(try log([directory.path]).status == 74)
        #expect(try directory.names() == ["current", "report.html"])
    }
}
