import Fakes
import Foundation
import Testing

/// One process for each message: its memory does not grow with the message, and no message keeps it busy.
@Suite(.serialized) struct MemoryTests {
    /// The most that the process may ever have in memory, in KiB.
    private static let maximumKiB = 20_480
    /// The processor time that a message may cost which is made to hurt.
    ///
    /// A build for debugging, which stands beside the tests, is some ten times slower than a release.
    private static let maximumTime: Duration =
        BuiltPrograms.simscan.hasPrefix(directory(of: BuiltPrograms.fakeQmailQueue)) ? .seconds(20) : .seconds(2)
    private static let size = 25_000_000

    private static func directory(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    /// Runs the filter on a message from a file, before a qmail-queue that needs no memory of its own.
    private func run(
        _ message: [UInt8], in site: Site, at location: SourceLocation = #_sourceLocation
    ) throws -> (result: FilterResult, peakKiB: Int) {
        let program = "/usr/bin/time"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Complaint("time is not installed; make test does that")
        }
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let result = try site.run(message, check: false, at: location) {
            $0.messageSource = .file
            $0.launcher = [program, "--quiet", "-f", "%M", "-o", directory.path(of: "peak")]
            $0.timeLimit = .seconds(120)
        }
        let peak = String(decoding: try directory.read("peak"), as: UTF8.self).trimmingCharacters(in: .newlines)
        return (result, try #require(Int(peak), "\(peak)"))
    }

    @Test func `A message of 25 MB that every scanner sees and spamd rewrites`() throws {
        let clamd = try FakeClamd { $0.verdict = .clean }
        let spamd = try FakeSpamd { $0.verdict = .fixed("False", score: "0.0") }
        defer {
            clamd.stop()
            spamd.stop()
        }
        let site = try Site(
            [
                "clamd": clamd.address, "spamd": spamd.address, "spamd-command": "process", "size-limit": "100000000",
                "received": "yes", "qmail-queue": "/bin/true", "deadline": "100",
            ],
            suffixes: [".exe"])
        let (result, peak) = try run(SampleMessages.filler(bytes: Self.size), in: site)
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        #expect(result.events.first?.scores == "0.00/5.00/5.00")
        #expect(peak < Self.maximumKiB)
    }

    /// Messages that cost a parser without limits much time or memory.
    enum Shape: CaseIterable {
        case oneLineParts, tinyFields, levels, levelsWithDashes, oneField, foldedField, parameters

        var message: [UInt8] {
            let multipart = "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"
            switch self {
            case .oneLineParts: return fill(multipart, with: "--b\n")
            case .tinyFields: return fill("From: a@b\n", with: "a:\n")
            case .levels: return fill(nested(2000), with: "x\n")
            case .levelsWithDashes: return fill(nested(1000), with: "--\n")
            case .oneField: return fill("Content-Disposition: attachment; filename=", with: "aaaaaaaaaaaaaaaa")
            case .foldedField: return fill("Content-Disposition: attachment; filename=a", with: "\n a")
            case .parameters: return fill("Content-Type: text/plain", with: ";\n name*1=a")
            }
        }

        /// Whether the message is beyond a limit, so that it is refused; else it has to be looked at whole.
        var isRefused: Bool { self != .levelsWithDashes }

        private func fill(_ head: String, with piece: String) -> [UInt8] {
            let copies = (MemoryTests.size - head.utf8.count) / piece.utf8.count
            return Array((head + String(repeating: piece, count: copies)).utf8)
        }

        private func nested(_ levels: Int) -> String {
            (0..<levels - 1).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined() + "\n"
        }
    }

    @Test(arguments: Shape.allCases) func `A message that is made to hurt costs little time and memory`(
        shape: Shape
    ) throws {
        let site = try Site(["qmail-queue": "/bin/true"], suffixes: [".exe"])
        let (result, peak) = try run(shape.message, in: site)
        if shape.isRefused {
            #expect(result.exitStatus == 31)
            #expect(result.state == "LIMIT")
        } else {
            #expect(result.exitStatus == 0)
        }
        #expect(peak < Self.maximumKiB)
        #expect(result.processorTime < Self.maximumTime)
    }

    /// What is large and honest.
    enum LargeMail: CaseIterable {
        case levels, parts, fields, header

        /// - Parameter name: of an attachment as deep in it, or as far behind, as there is anything.
        func message(with name: String) -> [UInt8] {
            let disposition = "Content-Disposition: attachment; filename=\(name)\n"
            switch self {
            case .levels:
                let heads = (0..<499).map { "Content-Type: multipart/mixed; boundary=\"b\($0)\"\n\n--b\($0)\n" }
                let ends = (0..<499).reversed().map { "\n--b\($0)--\n" }
                return Array((["From: a@b\n"] + heads + [disposition + "\ntext\n"] + ends).joined().utf8)
            case .parts:
                let part = "--b\nContent-Type: text/plain; name=\"a.txt\"\n\ntext\n"
                let head = "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"
                let last = "--b\n\(disposition)\ntext\n--b--\n"
                return Array((head + String(repeating: part, count: 998) + last).utf8)
            case .fields:
                return Array((String(repeating: "X-Field: value\n", count: 9999) + disposition + "\ntext\n").utf8)
            case .header:
                let line = " " + String(repeating: "h", count: 998) + "\n"
                let field = "X-Field: value\n" + String(repeating: line, count: 1000)
                return Array((field + disposition + "\ntext\n").utf8)
            }
        }
    }

    @Test(arguments: LargeMail.allCases) func `Many levels, parts, fields and a long header pass, and are looked at`(
        mail: LargeMail
    ) throws {
        let site = try Site(suffixes: [".exe"])
        let harmless = mail.message(with: "a.txt")
        let passed = try site.run(harmless)
        #expect(passed.exitStatus == 0)
        #expect(passed.state == "CLEAN")
        #expect(try site.queued().message == harmless)
        let refused = try site.run(mail.message(with: "a.exe"))
        #expect(refused.exitStatus == 31)
        #expect(refused.state == "ATTACH")
        #expect(refused.what == "a.exe")
    }

    @Test func `Where names are not checked, no shape is refused`() throws {
        let site = try Site(["qmail-queue": "/bin/true"])
        let (result, peak) = try run(Shape.oneLineParts.message, in: site)
        #expect(result.exitStatus == 0)
        #expect(peak < Self.maximumKiB)
    }
}
