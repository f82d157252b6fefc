import Fakes
import Foundation
import Testing

/// What the filters count, and `simscanctl metrics`.
@Suite struct MetricsCommandTests {
    private func metrics(_ state: TemporaryDirectory, _ words: String...) throws -> CommandResult {
        try CommandResult(of: [BuiltPrograms.simscanctl, "metrics", "--statedir", state.path] + words)
    }

    @Test func `Filters at the same time lose no count`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let state = try TemporaryDirectory()
        defer { state.remove() }
        let site = try Site(["clamd": clamd.address, "metrics": "yes", "statedir": state.path], suffixes: [".exe"])
        let messages = [SampleMessages.clean, SampleMessages.eicar, SampleMessages.trojan]
        let runs = 36
        DispatchQueue.concurrentPerform(iterations: runs) { number in
            _ = try? site.filter(messages[number % messages.count]).run()
        }
        let result = try metrics(state)
        #expect(result.status == 0, "\(result.errors)")
        for state in ["CLEAN", "VIRUS", "ATTACH"] {
            let line = "simscan_messages_total{state=\"\(state)\",shadow=\"no\"} \(runs / messages.count)\n"
            #expect(result.text.contains(line), "\(result.text)")
        }
        #expect(result.text.contains("simscan_filter_seconds_count \(runs)\n"))
        #expect(result.text.contains("simscan_filter_seconds_bucket{le=\"+Inf\"} \(runs)\n"))
        let asked = runs / messages.count * 2
        #expect(result.text.contains("simscan_scanner_seconds_count{scanner=\"clamd\"} \(asked)\n"))
        #expect(try state.names() == ["metrics"])
    }

    @Test func `The text is Prometheus' format`() throws {
        let state = try TemporaryDirectory()
        defer { state.remove() }
        let site = try Site(["metrics": "yes", "statedir": state.path])
        _ = try site.run(SampleMessages.clean)
        let text = try metrics(state).text
        var typed = Set<String>()
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# (HELP|TYPE) ([a-z_]+) (.+)/) {
                if match.1 == "TYPE" { #expect(typed.insert(String(match.2)).inserted, "\(line)") }
                continue
            }
            let sample = line.wholeMatch(of: /([a-z_]+)(\{([a-z]+="[^"\\]*",?)+\})? [0-9]+(\.[0-9]+)?/)
            let name = String(try #require(sample, "\(line)").1)
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
                String(name.dropLast($0.count))
            }
            #expect(typed.contains(name) || typed.contains(base ?? name), "\(line)")
        }
        let file = state.path(of: "simscan.prom")
        let written = try metrics(state, "--output", file)
        #expect(written.status == 0 && written.output.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        let json = try metrics(state, "--json").json()
        let messages = try #require(json["messages"] as? [String: [String: Int]])
        #expect(messages["CLEAN"]?["count"] == 1)
        #expect(try metrics(state, "--output", "/nowhere/simscan.prom").status == 73)
    }

    @Test func `Counting costs three system calls, and none when it is off`() throws {
        let state = try TemporaryDirectory()
        defer { state.remove() }
        let site = try Site(["metrics": "yes", "statedir": state.path])
        _ = try site.run(SampleMessages.clean)
        func calls() throws -> [Strace.Call] {
            let trace = try Strace()
            _ = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
            return try trace.calls().ofTheFilter
        }
        let counting = try calls()
        try site.change(["metrics": "no", "statedir": state.path])
        let silent = try calls()
        #expect(counting.count - silent.count <= 3)
        #expect(counting.count { $0.line.contains(state.path) } == 1)
        #expect(silent.allSatisfy { !$0.line.contains(state.path) })
    }

    @Test(arguments: ["absent", "damaged", "readonly"]) func `What cannot be counted stops no mail`(kind: String) throws
    {
        let state = try TemporaryDirectory()
        defer { state.remove() }
        if kind == "damaged" { try state.write("nonsense".utf8, to: "metrics") }
        let path = ["absent": "/nowhere/simscan.state", "readonly": "/proc/self"][kind] ?? state.path
        let site = try Site(["metrics": "yes", "statedir": path])
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        #expect(try site.queued().message == SampleMessages.clean)
        #expect(try CommandResult(of: [BuiltPrograms.simscanctl, "metrics", "--statedir", path]).status == 66)
    }
}
