import Fakes
import Foundation
import Testing

/// Sends a message by swaks to the SMTP front.
private func swaks(
    _ message: [UInt8], to smtp: FakeSMTPServer, recipients: String = "bob@example.com"
) throws -> (exitStatus: Int32?, reply: String) {
    try swaks(message, toPort: smtp.port ?? 0, recipients: recipients)
}

@Suite struct SMTPFrontTests {
    @Test("A message from swaks arrives byte for byte behind a Received field, dots and all")
    func arrival() throws {
        let queue = try FakeQueue()
        defer { queue.remove() }
        let smtp = try FakeSMTPServer(
            queue: BuiltPrograms.fakeQmailQueue, rejectFD: 4, environment: queue.environment())
        defer { smtp.stop() }
        let message = SampleMessages.text(subject: "Dots", body: ".\n..\n.a\nb.\n\n. \n")
        let sent = try swaks(message, to: smtp, recipients: "bob@example.com,Carol@example.com")
        #expect(sent.exitStatus == 0)
        #expect(sent.reply == "250 ok")
        let arrival = try #require(try queue.arrivals().first)
        let lines = String(decoding: arrival.message, as: UTF8.self).split(separator: "\n", maxSplits: 2)
        #expect(lines.first == "Received: from unknown (HELO client.example.org) (127.0.0.1)")
        #expect(lines[1].hasPrefix("  by mail.example.com with SMTP; "))
        #expect(lines.last.map(String.init) == String(decoding: message, as: UTF8.self))
        #expect(arrival.envelope == Envelope(from: "alice@example.org", to: ["bob@example.com", "Carol@example.com"]))
        #expect(arrival.inherited.environment["TCPREMOTEIP"] == "127.0.0.1")
        #expect(smtp.problems.isEmpty)
    }

    @Test(
        "The client is told what qmail-smtpd tells it",
        arguments: [
            ("exit=31", 554), ("exit=11", 554), ("exit=40", 554), ("exit=82", 451), ("exit=53", 451), ("exit=99", 451),
            ("signal=11", 451),
        ])
    func replies(fault: String, code: Int) throws {
        let queue = try FakeQueue()
        defer { queue.remove() }
        let smtp = try FakeSMTPServer(
            queue: BuiltPrograms.fakeQmailQueue, rejectFD: 6, environment: queue.environment(fault: fault))
        defer { smtp.stop() }
        let sent = try swaks(SampleMessages.clean, to: smtp)
        #expect(sent.exitStatus != 0)
        #expect(sent.reply.hasPrefix("\(code) "))
    }

    @Test("A program that is not there is a deferral")
    func missingProgram() throws {
        let smtp = try FakeSMTPServer(queue: "/nonexistent/qmail-queue", rejectFD: 4, environment: [:])
        defer { smtp.stop() }
        #expect(try swaks(SampleMessages.clean, to: smtp).reply == "451 unable to exec qq (#4.3.0)")
    }

    @Test(
        "A reject text becomes the reply, up to 255 bytes of it",
        arguments: [
            ("Dno", "554 no"), ("Zlater", "451 later"), ("no", "451 qq temporary problem (#4.3.0)"),
            ("D" + String(repeating: "x", count: 300), "554 " + String(repeating: "x", count: 254)),
        ])
    func rejectTexts(text: String, reply: String) {
        #expect(QmailReply(ending: .exited(82), rejectText: Array(text.utf8)).description == reply)
    }

    /// The whole way: swaks, the SMTP front, simscan, fake scanners, the fake queue.
    @Test(
        "What the sending client sees of simscan, with the reject channel on 4 and on 6",
        arguments: [
            Int32(4), 6,
        ])
    func simscan(rejectFD: Int32) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let workdir = try TemporaryDirectory()
        defer { workdir.remove() }
        let control = try ControlDirectory([
            "clamd": clamd.address, "spam": "yes", "spamd": spamd.address, "attach": "yes",
            "custom-smtp-reject": "yes", "workdir": workdir.path, "qmail-queue": BuiltPrograms.fakeQmailQueue,
        ])
        defer { control.remove() }
        try control.writeAttachmentList([".exe"])
        #expect(try control.compile(by: BuiltPrograms.simscanmk).exitStatus == 0)
        let queue = try FakeQueue()
        defer { queue.remove() }
        var environment = queue.environment()
        environment["SIMSCAN_CONTROLDIR"] = control.path
        let smtp = try FakeSMTPServer(queue: BuiltPrograms.simscan, rejectFD: rejectFD, environment: environment)
        defer { smtp.stop() }

        for (message, reply) in [
            (SampleMessages.clean, "250 ok"),
            (
                SampleMessages.eicar,
                "554 Your email was rejected because it contains the Eicar-Signature.UNOFFICIAL virus"
            ),
            (SampleMessages.gtube, "554 Your email is considered spam (1003.3 spam-hits)"),
            (
                SampleMessages.trojan,
                "554 Your email was rejected because it contains a bad attachment: trojan.exe"
            ),
        ] {
            #expect(try swaks(message, to: smtp).reply == reply)
        }
        try clamd.server.setDoor(.closed)
        #expect(
            try swaks(SampleMessages.clean, to: smtp).reply
                == "451 Your email could not be checked for viruses now, please try again later")

        #expect(smtp.results.map(\.exitStatus) == [0, 82, 82, 82, 82])
        #expect(try queue.arrivals().count == 1)
        #expect(clamd.problems + spamd.problems + smtp.problems == [])
    }
}
