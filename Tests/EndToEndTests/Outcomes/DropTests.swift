import Fakes
import Foundation
import Testing

/// A message that is dropped is on disk in the quarantine first, or it is not dropped.
@Suite struct DropTests {
    private func site(_ clamd: FakeClamd, quarantine: String, _ more: [String: String] = [:]) throws -> Site {
        try Site(["clamd": clamd.address, "dropmsg": "yes", "quarantinedir": quarantine].merging(more) { $1 })
    }

    @Test func `A missing quarantine defers a drop, and nothing is lost`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try site(clamd, quarantine: "/nonexistent/quarantine")
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 53)
        #expect(result.state == "ERROR")
        #expect(result.what?.contains("/nonexistent/quarantine") == true)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A full quarantine defers a drop, and leaves nothing behind`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory(mode: 0o750)
        defer { quarantine.remove() }
        let site = try site(clamd, quarantine: quarantine.path)
        // What fsync says of a disk that has become full; the first is the quarantine's.
        let result = try site.run(SampleMessages.eicar) {
            $0.launcher = ["/usr/bin/strace", "-o", "/dev/null", "-e", "inject=fsync:error=ENOSPC:when=3"]
        }
        #expect(result.exitStatus == 53)
        #expect(result.state == "ERROR")
        #expect(try quarantine.names() == [])
        #expect(try site.queue.isEmpty())
    }

    @Test func `A missing quarantine does not stop a rejection, and a note tells`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try site(clamd, quarantine: "/nonexistent/quarantine", ["dropmsg": "no"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(result.notes.count == 1)
    }

    @Test func `qmail-queue releases what is in the quarantine`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let quarantine = try TemporaryDirectory(mode: 0o750)
        defer { quarantine.remove() }
        let site = try site(clamd, quarantine: quarantine.path)
        let result = try site.run(SampleMessages.eicar, from: "", to: ["Bob@example.com"])
        #expect(result.exitStatus == 0)
        let message = try #require(try quarantine.names().first { $0.hasPrefix("msg.") })
        let address = "addr." + message.dropFirst("msg.".count)
        let release = Process()
        release.executableURL = URL(fileURLWithPath: "/bin/sh")
        release.arguments = [
            "-c",
            "exec \(BuiltPrograms.fakeQmailQueue) <\(quarantine.path(of: message)) 1<\(quarantine.path(of: address))",
        ]
        release.environment = site.queue.environment()
        try release.run()
        release.waitUntilExit()
        #expect(release.terminationStatus == 0)
        let queued = try site.queued()
        #expect(queued.message == SampleMessages.eicar)
        #expect(queued.envelopeBytes == Array("F\0TBob@example.com\0\0".utf8))
    }
}
