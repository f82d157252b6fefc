import Fakes
import Foundation
import Testing

/// `virus-ignore` and `clamd-parts` with Debian's clamd, which names its first hit only.
@Suite struct VirusIgnoreTests {
    /// A message with these attachments, in base64, in this order.
    private func message(_ contents: [[UInt8]]) -> [UInt8] {
        var text = """
            From: a@example.org
            To: b@example.com
            Subject: several
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=edge


            """
        for content in contents {
            text += "--edge\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
            text += Data(content).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
            text += "\n\n"
        }
        return Array((text + "--edge--\n").utf8)
    }

    private func site(_ more: [String: String]) throws -> Site {
        try Site(["clamd": RealScanners.clamd().unix].merging(more) { $1 })
    }

    @Test func `An excused name passes, and a note tells`() throws {
        let site = try site(["virus-ignore": "Heuristics.*, eicar-*"])
        let result = try site.run(message([TestPatterns.eicar, Array("harmless".utf8)]))
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.notes == ["excused by virus-ignore, \(RealClamd.eicarName)"])
        #expect(try site.queue.arrivals().count == 1)
    }

    @Test func `An excused name carries no other virus past`() throws {
        let site = try site(["virus-ignore": "Eicar-*"])
        let result = try site.run(message([TestPatterns.eicar, RealClamd.secondPattern]))
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(result.what == RealClamd.secondName)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A name that is not excused counts`() throws {
        let result = try site(["virus-ignore": "Heuristics.*"]).run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.what == RealClamd.eicarName)
    }

    @Test func `Decoded parts are scanned where the setting says so`() throws {
        let site = try site(["clamd-parts": "yes"])
        #expect(try site.run(message([TestPatterns.eicar])).state == "VIRUS")
        let result = try site.run(message([Array("one".utf8), Array("two".utf8)]))
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.notes == [])
    }

    @Test func `A clamd that dies between the message and its parts defers`() throws {
        // FakeClamd knows no IDSESSION: the second question is a failure.
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address, "virus-ignore": "Eicar-*"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("clamd parts") == true)
        #expect(try site.queue.isEmpty())
    }
}
