import Fakes
import Testing

/// The filter and Debian's clamd (`clamd(8)`).
@Suite struct ClamdTests {
    enum Way: CaseIterable {
        case unix, tcp

        func address(of clamd: RealClamd) -> String { self == .unix ? clamd.unix : clamd.tcp }
    }

    @Test(arguments: Way.allCases) func `A clean message is queued as it came`(way: Way) throws {
        let site = try Site(["clamd": way.address(of: RealScanners.clamd())])
        let result = try site.run(SampleMessages.binary)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.what == "Bytes")
        #expect(try site.queued().message == SampleMessages.binary)
    }

    @Test(arguments: Way.allCases) func `EICAR in a base64 attachment is refused`(way: Way) throws {
        let site = try Site(["clamd": way.address(of: RealScanners.clamd())])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 31)
        #expect(result.state == "VIRUS")
        #expect(result.what == RealClamd.eicarName)
        #expect(result.rejectText == "")
        #expect(try site.queue.isEmpty())
    }

    @Test(arguments: Way.allCases, [Int32(4), 6]) func `The refusal says why, where a pipe reads it`(
        way: Way, channel: Int32
    ) throws {
        let site = try Site(["clamd": way.address(of: RealScanners.clamd()), "custom-smtp-reject": "yes"])
        let result = try site.run(SampleMessages.eicar) { $0.rejectChannels = [channel: .pipe] }
        #expect(result.exitStatus == 82)
        #expect(
            result.rejectText == "DYour email was rejected because it contains the \(RealClamd.eicarName) virus")
        #expect(result.state == "VIRUS")
        #expect(try site.queue.isEmpty())
    }

    @Test func `A message of just StreamMaxLength is scanned`() throws {
        let site = try Site(["clamd": RealScanners.clamd().unix])
        let end = TestPatterns.eicar + Array("\n".utf8)
        let filler = SampleMessages.filler(bytes: RealClamd.streamMaxLength - end.count)
        let result = try site.run(filler + end)
        #expect(result.exitStatus == 31)
        #expect(result.what == RealClamd.eicarName)
    }

    @Test(arguments: Way.allCases, [RealClamd.streamMaxLength + 1, 5_000_000])
    func `What clamd says of a message over its limit is read, although it stops reading`(
        way: Way, size: Int
    ) throws {
        let clamd = try RealScanners.clamd()
        let address = way.address(of: clamd)
        let site = try Site(["clamd": address])
        let result = try site.run(SampleMessages.filler(bytes: size))
        #expect(result.exitStatus == 71)
        #expect(result.state == "ERROR")
        // Not scanned, by which clamd, because of which limit, and what to change where.
        for part in [address.logField, "StreamMaxLength", "clamd.conf"] {
            #expect(result.what?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queue.isEmpty())
    }

    @Test func `A message over the limit is passed where the setting says so, and a note tells`() throws {
        let site = try Site(["clamd": RealScanners.clamd().unix, "clamd-oversize": "pass"])
        let message = SampleMessages.filler(bytes: 2_000_000)
        let result = try site.run(message)
        #expect(result.exitStatus == 0)
        #expect(result.state == "CLEAN")
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.contains("StreamMaxLength") == true)
        #expect(try site.queued().message == message)
    }

    @Test(arguments: [
        ("defer", 82, "ERROR", "ZYour email is too large to be checked for viruses"),
        ("reject", 82, "LIMIT", "DYour email is too large to be checked for viruses"),
    ])
    func `A message over the limit is refused with a text that says so`(
        setting: String, status: Int32, state: String, text: String
    ) throws {
        let site = try Site([
            "clamd": RealScanners.clamd().unix, "clamd-oversize": setting, "custom-smtp-reject": "yes",
        ])
        let result = try site.run(SampleMessages.filler(bytes: 2_000_000))
        #expect(result.exitStatus == status)
        #expect(result.state == state)
        #expect(result.what?.contains("StreamMaxLength") == true)
        #expect(result.rejectText == text)
        #expect(try site.queue.isEmpty())
    }

    @Test func `A clamd that was stopped defers, and the log names it`() throws {
        let clamd = try RealClamd()
        clamd.stop()
        let site = try Site(["clamd": "\(clamd.unix), \(clamd.tcp)", "custom-smtp-reject": "yes"])
        let result = try site.run(SampleMessages.eicar)
        #expect(result.exitStatus == 82)
        #expect(
            result.rejectText == "ZYour email could not be checked for viruses now, please try again later")
        #expect(result.state == "ERROR")
        for part in ["clamd", clamd.unix.logField, clamd.tcp.logField, "Connection refused"] {
            #expect(result.what?.contains(part) == true, "\(result.logLines)")
        }
        #expect(try site.queue.isEmpty())
    }

    @Test func `A stopped clamd is passed over for the next one of the list`() throws {
        let closed = try FakeClamd(at: .tcp(), door: .closed)
        defer { closed.stop() }
        let site = try Site(["clamd": "\(closed.address), \(RealScanners.clamd().tcp)"])
        #expect(try site.run(SampleMessages.eicar).exitStatus == 31)
        #expect(try site.run(SampleMessages.clean).exitStatus == 0)
        #expect(try site.queued().message == SampleMessages.clean)
    }
}

extension String {
    /// As it stands in a field of the log.
    var logField: String { replacing(":", with: "_") }
}
