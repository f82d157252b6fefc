import Fakes
import Testing

/// The whole way with an SMTP server that is not ours: swaks, mailfront under tcpserver, simscan, fake scanners.
@Suite struct MailfrontTests {
    /// A message, and what the client is told of it: in mailfront's own words, which know no reject channel, and
    /// in simscan's.
    private static let messages: [(message: [UInt8], code: String, text: String)] = [
        (
            SampleMessages.eicar, "554",
            "Your email was rejected because it contains the Eicar-Signature.UNOFFICIAL virus"
        ),
        (SampleMessages.gtube, "554", "Your email is considered spam (1003.3 spam-hits)"),
        (SampleMessages.trojan, "554", "Your email was rejected because it contains a bad attachment: trojan.exe"),
    ]
    private static let laterText = "Your email could not be checked for viruses now, please try again later"

    @Test("mailfront's client is told what became of its mail", arguments: Mailfront.BackEnd.allCases)
    func replies(backEnd: Mailfront.BackEnd) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let site = try Site(
            ["clamd": clamd.address, "spamd": spamd.address, "custom-smtp-reject": "yes"], suffixes: [".exe"])
        var environment = site.queue.environment()
        environment["SIMSCAN_CONTROLDIR"] = site.control.path
        environment["QMAILQUEUE"] = BuiltPrograms.simscan
        let smtp = try Mailfront(backEnd, environment: environment)
        defer { smtp.stop() }

        func reply(to message: [UInt8]) throws -> String {
            try swaks(message, toPort: smtp.port, recipients: "bob@example.com,Carol@example.com").reply
        }
        #expect(try reply(to: SampleMessages.clean).hasPrefix("250 2.6.0 "))
        let arrival = try site.queued()
        #expect(arrival.message.mailBody == SampleMessages.clean.mailBody)
        #expect(arrival.envelope == Envelope(from: "alice@example.org", to: ["bob@example.com", "Carol@example.com"]))
        #expect(arrival.inherited.environment["TCPREMOTEIP"] == "127.0.0.1")

        for (message, code, text) in Self.messages {
            let words = try reply(to: message)
            #expect(words == (backEnd == .simscan ? code + " " + text : code + " 5.3.0 Message refused."))
        }
        try clamd.server.setDoor(.closed)
        let later = try reply(to: SampleMessages.clean)
        #expect(backEnd == .simscan ? later == "451 " + Self.laterText : later.hasPrefix("451 4.3.0 "), "\(later)")

        #expect(try site.queue.arrivals().count == 1)
        #expect(try site.workdir.names() == [])
        #expect(clamd.problems + spamd.problems == [])
    }

    @Test func `The back end with a reject channel knows the end of qmail-queue as qmail-smtpd does`() throws {
        for (fault, reply) in [
            ("exit=31", "554 5.3.0 Message refused (status 31)."), ("exit=53", "451 4.3.0 "),
            ("exit=82", "451 4.3.0 "), ("signal=9", "451 4.3.0 The queue program was killed."),
        ] {
            let queue = try FakeQueue()
            defer { queue.remove() }
            var environment = queue.environment(fault: fault)
            environment["QMAILQUEUE"] = BuiltPrograms.fakeQmailQueue
            let smtp = try Mailfront(.simscan, environment: environment)
            defer { smtp.stop() }
            let words = try swaks(SampleMessages.clean, toPort: smtp.port).reply
            #expect(words.hasPrefix(reply), "\(fault): \(words)")
        }
    }
}
