import Fakes
import Foundation
import Glibc
import Testing

/// The Received line: ahead of everything, by the mail standard's grammar, with the scanners that looked (RFC 5322).
@Suite struct ReceivedTests {
    private struct Line {
        let scanners: String
        let rest: [UInt8]

        /// Takes the first field of a message apart.
        init(of message: [UInt8], startedBy parent: Int32) throws {
            let text = String(decoding: message, as: UTF8.self)
            let pattern =
                /Received: by simscan ([0-9]+\.[0-9]+\.[0-9]+) \(ppid: ([0-9]+), pid: ([0-9]+), t: ([0-9]+\.[0-9]{4})s\)\n\t\(scanners:((?: [a-z]+: [^ ()]+)+| none)\); ([^\n]+)\n/
            let match = try #require(try pattern.prefixMatch(in: text), "\(visible(message))")
            #expect(match.2 == "\(parent)")
            scanners = match.5.trimmingCharacters(in: .whitespaces)
            rest = Array(message.dropFirst(text[match.range].utf8.count))

            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.dateFormat = "d MMM yyyy HH:mm:ss Z"
            format.isLenient = false
            let date = try #require(format.date(from: String(match.6)), "\(match.6)")
            #expect(abs(date.timeIntervalSinceNow) < 600)
            #expect(match.6.hasSuffix(" -0000"))
        }
    }

    @Test func `It stands ahead of a message that is unchanged otherwise`() throws {
        let site = try Site(["received": "yes"])
        for message in [SampleMessages.binary, SampleMessages.crlf, Array("no header\n".utf8), []] {
            let queue = try FakeQueue()
            let result = try site.run(message) { $0.environment.merge(queue.environment()) { $1 } }
            #expect(result.exitStatus == 0)
            let line = try Line(of: try #require(queue.arrivals().first?.message), startedBy: getpid())
            #expect(line.scanners == "none")
            #expect(line.rest == message)
            queue.remove()
        }
    }

    @Test(arguments: ["process", "headers", "check"]) func `It names the scanners that looked at this message`(
        command: String
    ) throws {
        let clamd = try FakeClamd()
        let trophie = try FakeTrophie()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            trophie.stop()
            spamd.stop()
        }
        let site = try Site(
            [
                "received": "yes", "clamd": clamd.address, "trophie-socket": trophie.address, "spamd": spamd.address,
                "spamd-command": command,
            ],
            suffixes: [".exe"])
        #expect(try site.run(SampleMessages.binary).exitStatus == 0)
        let line = try Line(of: site.queued().message, startedBy: getpid())
        let names = line.scanners.split(separator: " ").filter { $0.hasSuffix(":") }
        #expect(names == ["attach:", "clamav:", "trophie:", "spam:"])
        #expect(line.rest.suffix(SampleMessages.binary.count) == SampleMessages.binary[...])
        #expect((line.rest.count > SampleMessages.binary.count) == (command != "check"))
    }

    @Test func `A scanner that failed or was spared is not named`() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site([
            "received": "yes", "clamd": "/nowhere/clamd", "clamd-failure": "pass", "spamd": spamd.address,
            "size-limit": "10",
        ])
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(try Line(of: site.queued().message, startedBy: getpid()).scanners == "none")
    }

    @Test func `Without the setting there is none`() throws {
        let site = try Site()
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(try site.queued().message == SampleMessages.clean)
    }
}
