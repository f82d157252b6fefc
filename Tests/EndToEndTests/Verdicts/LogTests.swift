import Fakes
import Foundation
import Glibc
import Testing

/// The log: one line for each message, whatever becomes of it and whatever is in it.
@Suite struct LogTests {
    /// One outcome, with the settings and the message that lead to it.
    struct Row: CustomTestStringConvertible {
        let state: String
        var settings: [String: String] = [:]
        var suffixes: [String] = []
        var message = SampleMessages.clean
        var environment: [String: String] = [:]
        let status: Int32
        let what: String
        var scores: String?
        var testDescription: String { state }
    }

    /// `SPAMD` and `CLAMD` stand for the addresses of the fakes.
    static let rows = [
        Row(state: "CLEAN", status: 0, what: "Lunch on Friday"),
        Row(state: "CLEAN", settings: ["clamd": "CLAMD"], status: 0, what: "Lunch on Friday"),
        Row(
            state: "CLEAN", settings: ["spamd": "SPAMD"], status: 0, what: "Lunch on Friday",
            scores: "-0.10/5.00/5.00"),
        Row(
            state: "CLEAN", settings: ["spamd": "SPAMD", "spam-hits": "7.25"], status: 0, what: "Lunch on Friday",
            scores: "-0.10/5.00/7.25"),
        Row(
            state: "SPAM PASS", settings: ["spamd": "SPAMD", "spam-hits": "5000"], message: SampleMessages.gtube,
            status: 0, what: "You have won", scores: "1003.30/5.00/5000.00"),
        Row(
            state: "PASSTHRU", settings: ["spamd": "SPAMD", "spam-passthru": "yes"], message: SampleMessages.gtube,
            status: 0, what: "You have won", scores: "1003.30/5.00/5.00"),
        Row(
            state: "SPAM REJECT", settings: ["spamd": "SPAMD"], message: SampleMessages.gtube, status: 31,
            what: "You have won", scores: "1003.30/5.00/5.00"),
        Row(
            state: "SPAM REJECT", settings: ["spamd": "SPAMD", "spam-hits": "yes"], message: SampleMessages.gtube,
            status: 31, what: "You have won", scores: "1003.30/5.00/10.00"),
        Row(
            state: "SPAM DROPPED", settings: ["spamd": "SPAMD", "dropmsg": "yes"], message: SampleMessages.gtube,
            status: 0, what: "You have won", scores: "1003.30/5.00/5.00"),
        Row(
            state: "RELAYCLIENT", settings: ["spamd": "SPAMD"], message: SampleMessages.gtube,
            environment: ["RELAYCLIENT": ""], status: 0, what: "-"),
        Row(
            state: "SPAM REJECT", settings: ["spamd": "SPAMD", "spam-auth-user": "yes"],
            message: SampleMessages.gtube, environment: ["RELAYCLIENT": ""], status: 31, what: "You have won",
            scores: "1003.30/5.00/5.00"),
        Row(state: "CLEAN", environment: ["RELAYCLIENT": ""], status: 0, what: "Lunch on Friday"),
        Row(
            state: "VIRUS", settings: ["clamd": "CLAMD", "spamd": "SPAMD"], message: SampleMessages.eicar,
            environment: ["RELAYCLIENT": ""], status: 31, what: "Eicar-Signature.UNOFFICIAL"),
        Row(
            state: "VIRUS DROPPED", settings: ["clamd": "CLAMD", "dropmsg": "yes"], message: SampleMessages.eicar,
            status: 0, what: "Eicar-Signature.UNOFFICIAL"),
        Row(state: "ATTACH", suffixes: [".exe"], message: SampleMessages.trojan, status: 31, what: "trojan.exe"),
        Row(
            state: "LIMIT", settings: ["mime-parts": "2"], suffixes: [".exe"], message: SampleMessages.eicar,
            status: 31, what: "mime-parts"),
        Row(
            state: "ERROR", settings: ["clamd": "/nowhere"], status: 71,
            what: "clamd unix_/nowhere_ cannot connect, No such file or directory"),
    ]

    @Test(arguments: rows) func `Each outcome has its state`(row: Row) throws {
        let clamd = try FakeClamd()
        let spamd = try FakeSpamd()
        defer {
            clamd.stop()
            spamd.stop()
        }
        let addresses = ["CLAMD": clamd.address, "SPAMD": spamd.address]
        let site = try Site(row.settings.mapValues { addresses[$0] ?? $0 }, suffixes: row.suffixes)
        let result = try site.run(row.message, from: "Alice@Example.ORG", to: ["Bob@Example.com", "carol"]) {
            $0.environment.merge(row.environment) { $1 }
            $0.environment["TCPREMOTEIP"] = "192.0.2.1"
        }
        #expect(result.exitStatus == row.status)
        let event = try #require(result.events.first)
        #expect(event.state == row.state)
        #expect(event.what == row.what)
        #expect(event.scores == row.scores)
        #expect(event.client == "192.0.2.1")
        #expect(event.sender == "alice@example.org")
        #expect(event.recipients == ["bob@example.com", "carol"])
        #expect(result.logLines.first?.hasPrefix("simscan:[\(getpid())]:") == true)
        #expect(result.notes == [])
    }

    @Test func `A message that spamd is spared for its size is noted`() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "size-limit": "1000"])
        for (size, isScanned) in [(999, true), (1000, false), (1001, false)] {
            let result = try site.run(SampleMessages.filler(bytes: size))
            #expect(result.exitStatus == 0)
            #expect(result.state == "CLEAN")
            #expect((result.events.first?.scores != nil) == isScanned)
            #expect(result.notes.count == (isScanned ? 0 : 1))
            #expect(isScanned || result.notes.first?.contains("size-limit") == true)
        }
        #expect(spamd.requests.count == 1)
    }

    @Test func `Without an address of the client the field says so`() throws {
        let site = try Site()
        #expect(try site.run(SampleMessages.clean).events.first?.client == "-")
        let empty = try site.run(SampleMessages.clean) { $0.environment["TCPREMOTEIP"] = "" }
        #expect(empty.events.first?.client == "-")
    }

    @Test(arguments: [
        ("a:b", "a_b"),
        ("x:1.0000s:-:-:-", "x_1.0000s_-_-_-"),
        ("tab\there", "tab?here"),
        ("folded\n line", "folded line"),
        ("folded\r\n\tline", "folded?line"),
        ("bell\u{7} and escape \u{1b}[2J", "bell? and escape ?[2J"),
        ("carriage\rreturn", "carriage"),
        ("null\0byte", "null?byte"),
        ("delete\u{7f}", "delete?"),
        ("Grüße, 你好", "Grüße, 你好"),
        ("commas, stay", "commas, stay"),
        ("simscan_[1]_CLEAN", "simscan_[1]_CLEAN"),
        ("", "-"),
        ("   ", "-"),
    ])
    func `No subject can forge a line or a field`(subject: String, field: String) throws {
        let site = try Site()
        let message = Array("From: a@b\nsubject: \(subject)\nX-Next: field\n\nbody\n".utf8)
        let result = try site.run(message)
        #expect(result.exitStatus == 0)
        #expect(result.logLines.count == 1)
        #expect(result.standardError.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7f })
        let what = try #require(result.what)
        // A CR within a field ends it for some readers, and is dropped by others.
        if subject.contains("\r") {
            #expect(what.hasPrefix(field.prefix(6)))
        } else {
            #expect(what == field)
        }
    }

    @Test func `The subject is the header's, not the body's or another field's`() throws {
        let site = try Site()
        for (message, subject) in [
            ("From: a@b\n\nSubject: in the body\n", "-"),
            ("X-Subject: no\nSubjects: no\nSUBJECT:yes\n\n", "yes"),
            ("Subject: first\nSubject: second\n\n", "first"),
            ("X: y\n Subject: folded\nSubject: own\n\n", "own"),
            ("From: a@b\r\nSubject: crlf\r\n\r\nbody\r\n", "crlf"),
            ("Subject: unfinished", "unfinished"),
        ] {
            #expect(try site.run(Array(message.utf8)).what == subject)
        }
    }

    @Test func `No address, client or virus name can forge a line or a field`() throws {
        let clamd = try FakeClamd { $0.verdict = .infected(name: "Evil:0.0000s:x\r\u{1b}simscan:[1]:CLEAN") }
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        let result = try site.run(
            SampleMessages.clean, from: "a:b\n@x", to: ["c,d@x", "e:f@x", "\u{1b}@x", "\r\n@x"]
        ) {
            $0.environment["TCPREMOTEIP"] = "192.0.2.1:x\nsimscan:[1]:CLEAN"
        }
        #expect(result.exitStatus == 31)
        #expect(result.logLines.count == 1)
        let event = try #require(result.events.first)
        #expect(event.what.hasPrefix("Evil_0.0000s_x??simscan_"))
        #expect(event.client.hasPrefix("192.0.2.1_x?simscan_"))
        #expect(event.sender == "a_b?@x")
        #expect(event.recipients == ["c_d@x", "e_f@x", "?@x", "??@x"])
    }

    @Test func `No attachment name can forge a line or a field`() throws {
        let site = try Site(suffixes: [".exe"])
        let message = SampleMessages.attachment(
            named: "=?utf-8?Q?a=0D=0Asimscan:[1]:CLEAN:b=1b.exe?=", content: [0], subject: "x")
        let result = try site.run(message)
        #expect(result.exitStatus == 31)
        #expect(result.logLines.count == 1)
        #expect(result.state == "ATTACH")
        #expect(result.what?.hasSuffix(".exe") == true)
    }

    @Test func `A line has at most 4,096 bytes, and its last field is whole`() throws {
        let site = try Site()
        let subject = String(repeating: "long ", count: 3000)
        let sender = String(repeating: "s", count: 990) + "@example.org"
        let recipients = (0..<50).map { String(repeating: "r", count: 980) + "\($0)@example.com" }
        let result = try site.run(SampleMessages.text(subject: subject, body: "x\n"), from: sender, to: recipients)
        #expect(result.exitStatus == 0)
        #expect(result.standardError.count <= 4096)
        #expect(result.standardError.last == UInt8(ascii: "\n"))
        let event = try #require(result.events.first)
        #expect(event.what.hasPrefix("long long"))
        #expect(event.sender == sender)
        let shown = event.recipients.filter { !$0.hasPrefix("+") }
        #expect(shown == Array(recipients.prefix(shown.count)))
        #expect(event.recipients.last == "+\(50 - shown.count)")
    }

    @Test func `The line is one write`() throws {
        let site = try Site()
        let trace = try Strace("write")
        let result = try site.run(SampleMessages.clean) {
            $0.launcher = trace.launcher
            $0.environment["TCPREMOTEIP"] = "192.0.2.1"
        }
        #expect(result.exitStatus == 0)
        #expect(try trace.calls().filter { $0.line.hasPrefix("write(2,") }.count == 1)
    }

    @Test(arguments: ["EPIPE", "EIO", "EAGAIN", "ENOSPC"]) func `A log that cannot be written stops no mail`(
        error: String
    ) throws {
        let site = try Site()
        let trace = try Strace()
        _ = try site.run(SampleMessages.clean) { $0.launcher = trace.launcher }
        let write = try #require(trace.calls().ofTheFilter.first { $0.line.hasPrefix("write(2,") })
        let failing = try Strace("write", inject: "write:error=\(error):when=\(write.occurrence)")
        let queue = try FakeQueue()
        let result = try site.run(SampleMessages.clean, check: false) {
            $0.launcher = failing.launcher
            $0.environment.merge(queue.environment()) { $1 }
        }
        #expect(result.exitStatus == 0)
        #expect(try queue.arrivals().map(\.message) == [SampleMessages.clean])
    }

    @Test func `log-message-id adds the Message-ID`() throws {
        let site = try Site(["log-message-id": "yes"])
        let result = try site.run(SampleMessages.clean, check: false)
        #expect(result.exitStatus == 0)
        #expect(result.logLines.count == 1)
        #expect(result.logLines.first?.hasSuffix(":<20261122093000.1@example.org>") == true)
    }
}
