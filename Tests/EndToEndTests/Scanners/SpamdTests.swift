import Fakes
import Testing

/// The filter and Debian's spamd (`spamd(8)`).
@Suite struct SpamdTests {
    enum Way: CaseIterable {
        case unix, tcp

        func address(of spamd: RealSpamd) -> String { self == .unix ? spamd.unix : spamd.tcp }
    }

    enum Sample: CaseIterable {
        case clean, binary, crlf

        var message: [UInt8] {
            switch self {
            case .clean: SampleMessages.clean
            case .binary: SampleMessages.binary
            case .crlf: SampleMessages.crlf
            }
        }
    }

    @Test(arguments: Way.allCases) func `GTUBE is refused with its score`(way: Way) throws {
        let site = try Site(["spamd": way.address(of: RealScanners.spamd()), "custom-smtp-reject": "yes"])
        let result = try site.run(SampleMessages.gtube)
        #expect(result.exitStatus == 82)
        let text = result.rejectText
        #expect(
            text.wholeMatch(of: /DYour email is considered spam \(1[0-9]{3}\.[0-9] spam-hits\)/) != nil, "\(text)")
        #expect(result.state == "SPAM REJECT")
        #expect(result.events.first?.scores?.wholeMatch(of: /1[0-9]{3}\.[0-9]{2}\/100\.00\/100\.00/) != nil)
        #expect(result.what == "You have won")
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: Way.allCases, Sample.allCases)
    func `A clean message has spamd's fields in front and the sender's body`(way: Way, sample: Sample) throws {
        let message = sample.message
        let site = try Site(["spamd": way.address(of: RealScanners.spamd())])
        let result = try site.run(message)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.events.first?.scores?.hasSuffix("/100.00/100.00") == true)
        #expect(result.notes == [])
        let queued = try site.queued().message
        #expect(queued.contains(pattern: Array("X-Spam-Checker-Version: SpamAssassin".utf8)))
        #expect(queued.mailBody == message.mailBody)
        #expect(!message.mailBody.isEmpty)
    }

    @Test func `What spamd is asked for by headers or check arrives with the sender's body too`() throws {
        let spamd = try RealScanners.spamd()
        for (command, isMarked) in [("headers", true), ("check", false)] {
            let site = try Site(["spamd": spamd.unix, "spamd-command": command])
            let result = try site.run(SampleMessages.binary)
            #expect(result.exitStatus == 0)
            #expect(result.notes == [])
            let queued = try site.queued().message
            #expect(queued.contains(pattern: Array("X-Spam-Checker-Version:".utf8)) == isMarked)
            #expect(queued.mailBody == SampleMessages.binary.mailBody)
            #expect(try site.run(SampleMessages.gtube).exitStatus == 31)
        }
    }

    @Test func `Spam that is passed through arrives as spamd wrapped it`() throws {
        let site = try Site(["spamd": RealScanners.spamd().unix, "spam-passthru": "yes"])
        let result = try site.run(SampleMessages.gtube)
        #expect(result.exitStatus == 0)
        #expect(result.state == "PASSTHRU")
        let queued = try site.queued().message
        #expect(queued.contains(pattern: Array("X-Spam-Flag: YES".utf8)))
        #expect(queued.contains(pattern: SampleMessages.gtube))
    }

    @Test func `A score below spam-hits passes, one above does not`() throws {
        let spamd = try RealScanners.spamd()
        let high = try Site(["spamd": spamd.tcp, "spam-hits": "10000"])
        let passed = try high.run(SampleMessages.gtube)
        #expect(passed.exitStatus == 0)
        #expect(passed.state == "SPAM PASS")
        #expect(passed.events.first?.scores?.hasSuffix("/100.00/10000.00") == true)
        #expect(try high.queued().message.contains(pattern: Array("X-Spam-Flag: YES".utf8)))
        let low = try Site(["spamd": spamd.tcp, "spam-hits": "15.5"])
        let refused = try low.run(SampleMessages.gtube)
        #expect(refused.exitStatus == 31)
        #expect(refused.state == "SPAM REJECT")
        #expect(refused.events.first?.scores?.hasSuffix("/100.00/15.50") == true)
    }

    @Test func `A virus is a virus for clamd while spamd finds spam`() throws {
        let site = try Site([
            "clamd": RealScanners.clamd().unix, "spamd": RealScanners.spamd().unix, "custom-smtp-reject": "yes",
        ])
        let message = SampleMessages.attachment(
            named: "a.txt", content: TestPatterns.eicar, subject: String(decoding: TestPatterns.gtube, as: UTF8.self))
        let result = try site.run(message)
        #expect(result.state == "VIRUS")
        #expect(result.rejectText.contains(RealClamd.eicarName))
    }

    @Test func `A spamd that was stopped lets the message pass unprocessed, and the log says so`() throws {
        let spamd = try RealSpamd()
        spamd.stop()
        let site = try Site(["spamd": "\(spamd.unix), \(spamd.tcp)"])
        let result = try site.run(SampleMessages.gtube)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.events.first?.scores == nil)
        #expect(result.notes.count == 1)
        for part in ["spamd", spamd.unix.logField, spamd.tcp.logField, "Connection refused"] {
            #expect(result.notes.first?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queued().message == SampleMessages.gtube)
    }
}
