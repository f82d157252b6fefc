import Fakes
import Testing

/// Where spamd's verdict is read, and where it is not: never in what the sender wrote.
@Suite struct SpamVerdictTests {
    /// A message whose sender says that it is spam, or that it is none, in its header and in its body.
    private static func liar(spam: Bool, lineEnd: String = "\n") -> [UInt8] {
        let fields = [
            "X-Spam-Flag: \(spam ? "YES" : "NO")",
            "X-Spam-Status: \(spam ? "Yes, score=99.9" : "No, score=-99.9") required=5.0 tests=NONE",
        ]
        let lines = ["From: a@b", "Subject: x"] + fields + ["", "body"] + fields + ["", "end", ""]
        return Array(lines.joined(separator: lineEnd).utf8)
    }

    @Test(arguments: [true, false], ["\n", "\r\n"]) func `With spamd down, the sender's own header is not believed`(
        spam: Bool, lineEnd: String
    ) throws {
        for mode in [[:], ["spam-hits": "5"], ["spam-passthru": "yes"]] {
            let site = try Site(mode.merging(["spamd": "/nowhere/spamd"]) { $1 })
            let message = Self.liar(spam: spam, lineEnd: lineEnd)
            let result = try site.run(message)
            #expect(result.exitStatus == 0)
            #expect(result.state == "CLEAN")
            #expect(result.events.first?.scores == nil)
            #expect(result.notes.count == 1)
            #expect(try site.queued().message == message)
        }
    }

    /// The commands of spamd that give a verdict beside the message.
    static let commands = ["process", "headers"]

    @Test(arguments: commands, [true, false])
    func `The Spam line beats all that stands in the message`(command: String, spam: Bool) throws {
        let spamd = try FakeSpamd { $0.verdict = .fixed(spam ? "False" : "True", score: spam ? "0.5" : "7.5") }
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spamd-command": command])
        let result = try site.run(Self.liar(spam: spam))
        #expect(result.exitStatus == (spam ? 0 : 31))
        #expect(result.events.first?.scores == (spam ? "0.50/5.00/5.00" : "7.50/5.00/5.00"))
    }

    @Test(arguments: commands, [true, false])
    func `Without a Spam line the fields that the server put in front are taken`(
        command: String, spam: Bool
    ) throws {
        for lineEnd in ["\n", "\r\n"] {
            let spamd = try FakeSpamd {
                $0.hasSpamLine = false
                $0.verdict = .fixed(spam ? "False" : "True", score: spam ? "0.5" : "7.5")
            }
            defer { spamd.stop() }
            let site = try Site(["spamd": spamd.address, "spamd-command": command])
            let result = try site.run(Self.liar(spam: spam, lineEnd: lineEnd))
            // The server's own X-Spam-Flag stands in front where it says YES, and is missing where it says no.
            if !spam {
                #expect(result.exitStatus == 31)
                #expect(result.events.first?.scores == "7.50/5.00/5.00")
            } else {
                #expect(result.exitStatus == 0)
            }
        }
    }

    /// A server's answer with its verdict in the message's header alone, behind a line of so many bytes.
    private static func answer(to message: [UInt8], padding: Int) -> [UInt8] {
        let pad = "X-Pad: " + String(repeating: "p", count: padding - 8) + "\n"
        let body = Array((pad + "X-Spam-Flag: YES\nX-Spam-Status: Yes, score=20.5 required=5.0\n").utf8) + message
        return Array("SPAMD/1.1 0 EX_OK\r\nContent-length: \(body.count)\r\n\r\n".utf8) + body
    }

    @Test(arguments: ["YES", "NO"]) func `Without a score spamd has failed where the score decides`(flag: String) throws
    {
        let body = Array("X-Spam-Flag: \(flag)\n".utf8) + SampleMessages.clean
        let spamd = try FakeSpamd {
            $0.raw = Array("SPAMD/1.1 0 EX_OK\r\nContent-length: \(body.count)\r\n\r\n".utf8) + body
        }
        defer { spamd.stop() }
        let site = try Site()
        let basic = ["spamd": spamd.address, "spamd-command": "process", "spamd-failure": "defer"]
        try site.change(basic.merging(["spam-hits": "5"]) { $1 })
        let result = try site.run(SampleMessages.clean)
        #expect(result.exitStatus == 71)
        #expect(result.what?.contains("an answer without a score") == true, "\(result.logLines)")
        // The flag is enough for who refuses what spamd calls spam.
        try site.change(basic)
        #expect(try site.run(SampleMessages.clean).exitStatus == (flag == "YES" ? 31 : 0))
    }

    @Test func `A verdict behind a header line of any length is found`() throws {
        let site = try Site()
        let lengths = [511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 8192, 65535, 65536, 65537, 131_072]
        for length in lengths {
            let spamd = try FakeSpamd { $0.raw = Self.answer(to: SampleMessages.clean, padding: length) }
            defer { spamd.stop() }
            try site.change(["spamd": spamd.address, "spamd-command": "process"])
            let result = try site.run(SampleMessages.clean)
            #expect(result.exitStatus == 31, "\(length) bytes: \(result.logLines)")
            #expect(result.events.first?.scores == "20.50/5.00/5.00")
        }
    }

    @Test(arguments: commands) func `A verdict that stands in the body alone is none`(command: String) throws {
        for message in [Self.liar(spam: true), Self.liar(spam: true, lineEnd: "\r\n")] {
            // The body alone, behind a header that says nothing.
            let body = Array("From: a@b\nSubject: x\n\n".utf8) + message
            let header = Array("X-Server: other\n".utf8)
            let returned = command == "process" ? header + body : header + Array("From: a@b\nSubject: x\n\n".utf8)
            let head = "SPAMD/1.1 0 EX_OK\r\nContent-length: \(returned.count)\r\n\r\n"
            let spamd = try FakeSpamd { $0.raw = Array(head.utf8) + returned }
            defer { spamd.stop() }
            let site = try Site(["spamd": spamd.address, "spamd-command": command])
            let result = try site.run(body)
            #expect(result.exitStatus == 0)
            #expect(result.notes.count == 1)
            #expect(try site.queued().message == body)
        }
    }

    @Test func `A spam's body may be another, as report_safe makes it`() throws {
        let spamd = try FakeSpamd { $0.wrapsSpam = true }
        defer { spamd.stop() }
        let site = try Site(["spamd": spamd.address, "spam-passthru": "yes"])
        let result = try site.run(SampleMessages.gtube)
        #expect(result.exitStatus == 0)
        #expect(result.state == "PASSTHRU")
        let queued = try site.queued().message
        #expect(queued.contains(pattern: Array("boundary=\"spam-report\"".utf8)))
        #expect(queued.contains(pattern: SampleMessages.gtube))
    }

    @Test func `The user is the first recipient in lower case, a fixed one, or none`() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site()
        for (settings, user) in [
            ([:], nil), (["spamc-user": "yes"], "bob@example.com"), (["spamd-user": "filter"], "filter"),
        ] as [([String: String], String?)] {
            try site.change(settings.merging(["spamd": spamd.address]) { $1 })
            let result = try site.run(SampleMessages.clean, to: ["Bob@Example.COM", "Carol@example.com"])
            #expect(result.exitStatus == 0)
            #expect(spamd.requests.last?.user == user)
        }
        // An address that a header line cannot hold is no user, and no trouble.
        try site.change(["spamd": spamd.address, "spamc-user": "yes"])
        let result = try site.run(SampleMessages.clean, to: ["bob\r\nUser: root\u{0b}@example.com"])
        #expect(result.exitStatus == 0)
        #expect(result.notes == [])
        #expect(spamd.requests.last?.user == nil)
        spamd.waitUntilIdle()
        #expect(spamd.problems == [])
    }
}
