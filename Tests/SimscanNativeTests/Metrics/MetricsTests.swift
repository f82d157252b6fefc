import Foundation
import Testing

@testable import SimscanNative

@Suite struct MetricsTests {
    private static func directory() throws -> String {
        let path = NSTemporaryDirectory() + "/metrics-test." + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    private static func report(_ name: String, milliseconds: Int) -> ScannerReport {
        ScannerReport(name: name, verdict: "clean", elapsed: .milliseconds(milliseconds))
    }

    @Test func `What is counted is read again`() throws {
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(try MetricsValues(in: directory) == nil)
        for _ in 0..<2 {
            // A file of its own for each, as every filter has.
            let file = try MetricsFile(in: directory)
            file.count(
                state: "VIRUS", elapsed: .milliseconds(30),
                scanners: [Self.report("clamd", milliseconds: 1), Self.report("nobody", milliseconds: 1)])
        }
        try MetricsFile(in: directory).count(state: "SHADOW SPAM REJECT", elapsed: .seconds(400), scanners: [])
        try MetricsFile(in: directory).count(state: "NEW STATE", elapsed: .zero, scanners: [])
        let values = try #require(try MetricsValues(in: directory))
        let counted = values.states.filter { $0.count + $0.shadowCount > 0 }
        #expect(counted.map(\.name) == ["SPAM REJECT", "VIRUS", "OTHER"])
        #expect(counted.map(\.count) == [0, 2, 1] && counted.map(\.shadowCount) == [1, 0, 0])
        let filter = try #require(values.histograms.first { $0.name == "filter" })
        #expect(filter.count == 4 && filter.sumMicroseconds == 400_060_000)
        #expect(filter.buckets.first == 1 && filter.buckets.last == 1)
        #expect(filter.buckets[MetricsLayout.limits.firstIndex(of: 50_000) ?? 0] == 2)
        let clamd = try #require(values.histograms.first { $0.name == "clamd" })
        #expect(clamd.count == 2 && clamd.buckets[0] == 2 && clamd.sumMicroseconds == 2000)
        #expect(abs(Double(values.created) - Date().timeIntervalSince1970) < 60)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [MetricsLayout.fileName])
    }

    @Test func `Every state of the log has its counter, and no two have the same`() {
        var offsets = Set<Int>()
        for state in MetricsLayout.states.indices {
            for isShadow in [false, true] {
                #expect(offsets.insert(MetricsLayout.offset(state: state, isShadow: isShadow)).inserted)
            }
        }
        for histogram in MetricsLayout.histograms.indices {
            for bucket in 0...MetricsLayout.limits.count {
                #expect(offsets.insert(MetricsLayout.offset(histogram: histogram, bucket: bucket)).inserted)
            }
            #expect(offsets.insert(MetricsLayout.sumOffset(histogram: histogram)).inserted)
        }
        #expect(offsets.allSatisfy { $0 % 8 == 0 && $0 >= MetricsLayout.headerBytes && $0 + 8 <= MetricsLayout.bytes })
    }

    @Test func `Nothing is lost when many begin and count at the same time`() throws {
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let threads = 8
        let counts = 20_000
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            guard let file = try? MetricsFile(in: directory) else { return }
            for _ in 0..<counts { file.count(state: "CLEAN", elapsed: .milliseconds(2), scanners: []) }
        }
        let values = try #require(try MetricsValues(in: directory))
        #expect(values.states.first { $0.name == "CLEAN" }?.count == UInt64(threads * counts))
        #expect(values.histograms.first?.sumMicroseconds == UInt64(threads * counts * 2000))
    }

    @Test(arguments: ["empty", "short", "text", "long", "version", "link", "directory"])
    func `A damaged file is not touched, and costs only the counts`(kind: String) throws {
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/" + MetricsLayout.fileName
        _ = try MetricsFile(in: directory)
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        switch kind {
        case "empty": content = Data()
        case "short": content = content.prefix(4095)
        case "text": content = Data(repeating: UInt8(ascii: "x"), count: MetricsLayout.bytes)
        case "long": content += [0]
        default: content[MetricsLayout.versionOffset] = 99
        }
        switch kind {
        case "link":
            try Data().write(to: URL(fileURLWithPath: directory + "/other"))
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "other")
        case "directory": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        default: try content.write(to: URL(fileURLWithPath: path))
        }
        #expect(throws: (any Error).self) { try MetricsFile(in: directory) }
        #expect(throws: ControlFileFailure.self) { try MetricsValues(in: directory) }
        if kind != "link" && kind != "directory" {
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
        }
    }

    @Test func `Without the directory nothing is made`() {
        #expect(throws: (any Error).self) { try MetricsFile(in: "/nowhere/simscan.state") }
    }
}
