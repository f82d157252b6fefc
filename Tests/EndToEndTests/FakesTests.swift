import Fakes
import Foundation
import SystemPackage
import Testing

/// The fakes themselves, driven by hand: a fake that accepts what a real server would not makes every test of
/// the filter worthless.
@Suite struct FakeServerTests {
    @Test("A byte that the script does not expect is a problem")
    func unexpectedByte() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PONG")
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems == ["connection 1: expected “PING”, got “PONG”"])
    }

    @Test("A byte behind the last that the script expects is a problem")
    func surplusByte() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PING!")
        server.waitUntilIdle()
        #expect(server.problems == ["connection 1: more than the script expected: “!”"])
    }

    @Test("A client that says nothing is a problem when the server's patience ends")
    func silentClient() throws {
        let server = try FakeServer(patience: .milliseconds(50)) { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems == ["connection 1: the client sent nothing for 0.05 seconds"])
    }

    @Test("A client that leaves early is noted, and is no problem")
    func departure() throws {
        let server = try FakeServer { client in try client.expect("PING") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PI")
        client.halfClose()
        #expect(try client.readToEnd().isEmpty)
        server.waitUntilIdle()
        #expect(server.problems.isEmpty)
        #expect(server.departures.count == 1)
    }

    @Test("Each connection has its own script, and the last one serves the rest")
    func scripts() throws {
        let server = try FakeServer(scripts: [{ try $0.send("one") }, { try $0.send("two") }])
        defer { server.stop() }
        for text in ["one", "two", "two"] {
            #expect(String(decoding: try FakeClient(to: server.address).readToEnd(), as: UTF8.self) == text)
        }
    }

    @Test("It listens on unix sockets and on both kinds of TCP", arguments: [Place.unix, .tcp(), .tcp6])
    func places(place: Place) throws {
        let server = try FakeServer(at: place) { client in try client.send("hello", inPiecesOf: 1) }
        defer { server.stop() }
        #expect(try FakeClient(to: server.address).readToEnd() == Array("hello".utf8))
    }

    @Test("A closed door refuses, and can be opened later", arguments: [Place.unix, .tcp()])
    func lateOpening(place: Place) throws {
        let server = try FakeServer(at: place, door: .closed) { client in try client.send("hello") }
        defer { server.stop() }
        #expect(throws: Errno.connectionRefused) { try FakeClient(to: server.address) }
        try server.setDoor(.open)
        #expect(try FakeClient(to: server.address).readToEnd() == Array("hello".utf8))
        try server.setDoor(.closed)
        #expect(throws: Errno.connectionRefused) { try FakeClient(to: server.address) }
    }

    @Test("Behind an unattended door there is silence", arguments: [Place.unix, .tcp()])
    func unattended(place: Place) throws {
        let server = try FakeServer(at: place, door: .unattended) { client in try client.send("hello") }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        #expect(throws: Errno.timedOut) { try client.readToEnd(upTo: .milliseconds(50)) }
        #expect(server.connections == 0)
    }

    @Test("A full door lets nobody in")
    func full() throws {
        let server = try FakeServer(door: .full) { client in try client.send("hello") }
        defer { server.stop() }
        #expect(throws: Errno.resourceTemporarilyUnavailable) {
            try FakeClient(to: server.address, isBlocking: false)
        }
        let remote = try FakeServer(at: .tcp(), door: .full) { client in try client.send("hello") }
        defer { remote.stop() }
        let client = try FakeClient(to: remote.address, isBlocking: false)
        #expect(!client.isConnected(upTo: .milliseconds(100)))
        try server.setDoor(.open)
        #expect(try FakeClient(to: server.address).readToEnd() == Array("hello".utf8))
    }

    @Test("A reset is a reset")
    func reset() throws {
        let server = try FakeServer(at: .tcp()) { client in
            try client.expect("PING")
            try client.reset()
        }
        defer { server.stop() }
        let client = try FakeClient(to: server.address)
        try client.send("PING")
        #expect(throws: Errno.connectionReset) { try client.readToEnd() }
    }

    @Test("stop() ends a script that waits for ever", arguments: [0, 1, 2])
    func stopping(kind: Int) throws {
        let server = try FakeServer(patience: .seconds(60)) { client in
            switch kind {
            case 0: try client.expect("PING")
            case 1: try client.wait(for: Gate())
            default: try client.staySilent()
            }
        }
        let client = try FakeClient(to: server.address)
        #expect(server.waitForConnections(1))
        server.stop()
        #expect(server.problems.isEmpty)
        #expect(try client.readToEnd().isEmpty)
    }
}

@Suite struct FakeScannerTests {
    /// A scan by INSTREAM, in chunks of so many bytes.
    private func scan(_ message: [UInt8], chunk size: Int = 1000, at address: String) throws -> String {
        let client = try FakeClient(to: address)
        try client.send("zINSTREAM\0")
        for start in stride(from: 0, to: message.count, by: size) {
            let chunk = message[start..<min(start + size, message.count)]
            try client.send(withUnsafeBytes(of: UInt32(chunk.count).bigEndian) { Array($0) } + chunk)
        }
        try client.send([0, 0, 0, 0])
        return String(decoding: try client.readToEnd(), as: UTF8.self)
    }

    @Test("clamd finds EICAR in base64, wherever it begins, and nothing in other messages")
    func clamdVerdicts() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        for offset in 0..<3 {
            let content = [UInt8](repeating: 65, count: offset) + TestPatterns.eicar
            let message = SampleMessages.attachment(named: "a.bin", content: content, subject: "x")
            #expect(try scan(message, at: clamd.address) == "stream: Eicar-Signature.UNOFFICIAL FOUND\0")
        }
        for message in [SampleMessages.clean, SampleMessages.gtube, SampleMessages.trojan, SampleMessages.binary] {
            #expect(try scan(message, at: clamd.address) == "stream: OK\0")
        }
        #expect(try scan(SampleMessages.eicar, at: clamd.address).hasSuffix(" FOUND\0"))
        clamd.waitUntilIdle()
        #expect(clamd.problems.isEmpty)
        #expect(clamd.requests.last?.message == SampleMessages.eicar)
        #expect(clamd.requests.last?.command == "INSTREAM")
    }

    @Test("clamd answers PING and VERSION in both forms")
    func clamdCommands() throws {
        let clamd = try FakeClamd { $0.version = "ClamAV 1.4.6" }
        defer { clamd.stop() }
        for (command, answer) in [
            ("zPING\0", "PONG\0"), ("nPING\n", "PONG\n"), ("zVERSION\0", "ClamAV 1.4.6\0"),
        ] {
            let client = try FakeClient(to: clamd.address)
            try client.send(command)
            #expect(try client.readToEnd() == Array(answer.utf8))
        }
        #expect(clamd.problems.isEmpty)
    }

    @Test("clamd reads the file of a descriptor from its start")
    func clamdDescriptor() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = try directory.write(SampleMessages.eicar, to: "message")
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let client = try FakeClient(to: clamd.address)
        try client.send("zFILDES\0")
        try client.send(descriptorOf: path)
        #expect(try client.readToEnd() == Array("fd[10]: Eicar-Signature.UNOFFICIAL FOUND\0".utf8))
        #expect(clamd.problems.isEmpty)
    }

    @Test("clamd's limit allows a message of its size, and one byte more is refused at once")
    func clamdLimit() throws {
        let clamd = try FakeClamd { $0.streamMaxLength = 2000 }
        defer { clamd.stop() }
        #expect(try scan(SampleMessages.filler(bytes: 2000), at: clamd.address) == "stream: OK\0")
        let client = try FakeClient(to: clamd.address)
        try client.send("zINSTREAM\0")
        try client.send([0, 0, 7, 0xd1])
        #expect(try client.readToEnd() == Array("INSTREAM size limit exceeded. ERROR\0".utf8))
    }

    @Test(
        "A wrong command, an old prefix and a broken frame are problems of the client's making",
        arguments: [
            "zSCAN\0", "PING\0", "zINSTREAM\0\u{7f}\u{7f}\u{7f}\u{7f}",
        ])
    func clamdStrictness(bytes: String) throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let client = try FakeClient(to: clamd.address)
        try client.send(bytes)
        client.halfClose()
        _ = try client.readToEnd()
        clamd.waitUntilIdle()
        #expect(clamd.problems.count == 1)
    }

    private func ask(
        _ method: String, about message: [UInt8], fields: String = "", length: Int? = nil, at address: String
    ) throws -> String {
        let client = try FakeClient(to: address)
        let count = length ?? message.count
        try client.send(Array("\(method) SPAMC/1.5\r\nContent-length: \(count)\r\n\(fields)\r\n".utf8) + message)
        client.halfClose()
        return String(decoding: try client.readToEnd(), as: UTF8.self)
    }

    @Test("spamd answers each method in its own form")
    func spamdMethods() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let ping = try FakeClient(to: spamd.address)
        try ping.send("PING SPAMC/1.5\r\n\r\n")
        #expect(try ping.readToEnd() == Array("SPAMD/1.5 0 PONG\r\n".utf8))
        ping.close()

        let check = try ask("CHECK", about: SampleMessages.gtube, fields: "User: bob\r\n", at: spamd.address)
        #expect(check == "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1003.3 / 5.0\r\n\r\n")
        let process = try ask("PROCESS", about: SampleMessages.binary, at: spamd.address)
        #expect(process.hasSuffix("\n" + String(decoding: SampleMessages.binary, as: UTF8.self)))
        #expect(process.contains("\r\nSpam: False ; -0.1 / 5.0\r\n\r\nX-Spam-Checker-Version: "))
        let headers = try ask("HEADERS", about: SampleMessages.clean, at: spamd.address)
        #expect(headers.hasSuffix("Content-Type: text/plain; charset=us-ascii\n\n"))
        spamd.waitUntilIdle()
        #expect(spamd.problems.isEmpty)
        #expect(spamd.requests.map(\.command) == ["PING", "CHECK", "PROCESS", "HEADERS"])
        #expect(spamd.requests.map(\.user) == [nil, "bob", nil, nil])
        #expect(spamd.requests[2].message == SampleMessages.binary)
    }

    @Test("spamd's Content-length is that of its body, unless it lies")
    func spamdLength() throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let answer = Array(try ask("PROCESS", about: SampleMessages.clean, at: spamd.address).utf8)
        let text = String(decoding: answer, as: UTF8.self)
        let head = try #require(text.range(of: "\r\n\r\n"))
        let body = text[head.upperBound...]
        #expect(text.contains("\r\nContent-length: \(body.utf8.count)\r\n"))
    }

    @Test(
        "A corrupt answer of spamd's is what it says",
        arguments: [
            (FakeSpamd.Corruption.shorterBody(by: 3), 0, -3), (.longerBody(by: 3), 0, 3), (.otherBody, 0, 0),
            (.cutShort(by: 3), -3, -3), (.overlong(by: 3), 3, 3),
        ])
    func spamdCorruption(corruption: FakeSpamd.Corruption, overLength: Int, overTrueBody: Int) throws {
        let (honestLength, honest) = try process(SampleMessages.clean, nil)
        let (length, body) = try process(SampleMessages.clean, corruption)
        #expect(honest.utf8.count == honestLength)
        #expect(body != honest)
        #expect(length.map { body.utf8.count - $0 } == overLength)
        #expect(body.utf8.count - honest.utf8.count == overTrueBody)
    }

    @Test("spamd leaves its length out or lies about it")
    func spamdWithoutLength() throws {
        #expect(try process(SampleMessages.clean, .noLength).length == nil)
        #expect(try process(SampleMessages.clean, .length("99999999999999999999")).length == nil)
        #expect(try process(SampleMessages.clean, .length("-1")).length == -1)
    }

    /// The Content-length and the body of an answer to PROCESS.
    private func process(
        _ message: [UInt8], _ corruption: FakeSpamd.Corruption?
    ) throws -> (length: Int?, body: String) {
        let spamd = try FakeSpamd { $0.corruption = corruption }
        defer { spamd.stop() }
        let answer = try ask("PROCESS", about: message, at: spamd.address)
        let parts = try #require(answer.range(of: "\r\n\r\n"))
        let lengths = answer[..<parts.lowerBound].split(separator: "\r\n").compactMap { line in
            line.hasPrefix("Content-length: ") ? Int(line.dropFirst("Content-length: ".count)) : nil
        }
        return (lengths.first, String(answer[parts.upperBound...]))
    }

    @Test(
        "Wrong requests to spamd are problems, and get its error",
        arguments: [
            "CHECK SPAMC/2.0\r\n\r\n", "EAT SPAMC/1.5\r\n\r\n", "CHECK SPAMC/1.5\r\nContent-length 3\r\n\r\nabc",
            "CHECK SPAMC/1.5\r\nContent-length: 2\r\n\r\nabc",
            "CHECK SPAMC/1.5\r\nContent-length: 0\r\nUser: a\u{1}\r\n\r\n",
        ])
    func spamdStrictness(bytes: String) throws {
        let spamd = try FakeSpamd()
        defer { spamd.stop() }
        let client = try FakeClient(to: spamd.address)
        try client.send(bytes)
        client.halfClose()
        #expect(String(decoding: try client.readToEnd(), as: UTF8.self).hasPrefix("SPAMD/1.0 76 Bad header line: "))
        spamd.waitUntilIdle()
        #expect(spamd.problems.count == 1)
    }

    @Test("trophie scans a file or a directory, and says so in one line")
    func trophie() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write(SampleMessages.clean, to: "msg.1")
        let trophie = try FakeTrophie()
        defer { trophie.stop() }
        func ask(_ path: String) throws -> String {
            let client = try FakeClient(to: trophie.address)
            try client.send(path + "\n")
            return String(decoding: try client.readToEnd(), as: UTF8.self)
        }
        #expect(try ask(directory.path) == "0\n")
        let infected = try directory.write(SampleMessages.eicar, to: "msg.2")
        #expect(try ask(directory.path) == "1:EICAR-Test-File\n")
        #expect(try ask(infected) == "1:EICAR-Test-File\n")
        #expect(trophie.problems.isEmpty)
        #expect(try ask(directory.path(of: "nothing")) == "-1:cannot read it\n")
        #expect(trophie.problems.count == 1)
    }

    @Test("A fault strikes at its byte", arguments: [0, 5, 10])
    func cutAnswer(bytes: Int) throws {
        let clamd = try FakeClamd { $0.fault = .after(.sent(bytes), .close) }
        defer { clamd.stop() }
        #expect(try scan(SampleMessages.clean, at: clamd.address) == String("stream: OK\0".prefix(bytes)))
    }
}

@Suite struct FakeQueueTests {
    private func run(_ change: (inout FilterRun) -> Void = { _ in }, fault: String? = nil) throws -> (
        FilterResult, [QueuedMessage]
    ) {
        let queue = try FakeQueue()
        defer { queue.remove() }
        var run = FilterRun(
            of: BuiltPrograms.fakeQmailQueue, message: SampleMessages.binary, from: "a@example.org",
            to: ["b@example.com", "B@Example.com"])
        run.environment = queue.environment(fault: fault)
        change(&run)
        let result = try run.run()
        return (result, try queue.arrivals())
    }

    @Test(
        "A message and its envelope arrive byte for byte, from pipes and from a file",
        arguments: [
            FilterRun.MessageSource.pipe, .file,
        ])
    func arrival(source: FilterRun.MessageSource) throws {
        let (result, arrivals) = try run { $0.messageSource = source }
        #expect(result.exitStatus == 0)
        #expect(arrivals.map(\.message) == [SampleMessages.binary])
        #expect(arrivals.first?.envelope == Envelope(from: "a@example.org", to: ["b@example.com", "B@Example.com"]))
    }

    @Test("A child has the descriptors and the environment that the run names, and no other")
    func inheritance() throws {
        let (_, arrivals) = try run {
            $0.rejectChannels = [6: .pipe, 9: .file]
            $0.environment["TCPREMOTEIP"] = "192.0.2.1"
            $0.directory = "/"
            $0.launcher = ["/usr/bin/env", "--ignore-signal=CHLD"]
        }
        let inherited = try #require(arrivals.first).inherited
        #expect(inherited.descriptors.keys.sorted() == [0, 1, 2, 6, 9])
        #expect(inherited.descriptors[0]?.hasPrefix("r pipe:") == true)
        #expect(inherited.descriptors[6]?.hasPrefix("w pipe:") == true)
        #expect(inherited.environment.keys.sorted() == ["FAKE_QUEUE", "TCPREMOTEIP"])
        #expect(inherited.directory == "/")
        #expect(inherited.ignoredSignals == [17])
        #expect(inherited.blockedSignals == [])
    }

    @Test(
        "The envelope's rules are qmail-queue's own",
        arguments: [
            ("", 54), ("Fa", 54), ("Fa\0", 54), ("Fa\0Tb\0", 54), ("Ta\0Tb\0\0", 91), ("Fa\0Fb\0\0", 91), ("Fa\0\0", 0),
            ("Fa\0Tb\0\0junk", 0), ("F\0T\0\0", 0),
        ])
    func envelopeRules(envelope: String, status: Int32) throws {
        let (result, arrivals) = try run { $0.envelope = Array(envelope.utf8) }
        #expect(result.exitStatus == status)
        #expect(arrivals.count == (status == 0 ? 1 : 0))
    }

    @Test("An address of 1002 bytes fits, one of 1003 does not")
    func longAddresses() throws {
        let longest = String(repeating: "a", count: 1002)
        for (address, status) in [(longest, Int32(0)), (longest + "a", 11)] {
            let recipient = try run { $0.envelope = Envelope(from: "", to: [address]).bytes }
            #expect(recipient.0.exitStatus == status)
            let sender = try run { $0.envelope = Envelope(from: address, to: ["b"]).bytes }
            #expect(sender.0.exitStatus == status)
        }
    }

    @Test(
        "It fails as it is told, and queues nothing",
        arguments: [
            ("exit=31", FilterResult.Ending.exited(31)), ("exit=53", .exited(53)), ("signal=11", .signalled(11)),
            ("late-signal=9", .signalled(9)), ("noread", .exited(53)), ("nonsense", .exited(127)),
        ])
    func faults(fault: String, ending: FilterResult.Ending) throws {
        let (result, arrivals) = try run(fault: fault)
        #expect(result.ending == ending)
        #expect(arrivals.isEmpty)
    }

    @Test("A run that takes too long is killed")
    func timeLimit() throws {
        let (result, arrivals) = try run({ $0.timeLimit = .milliseconds(200) }, fault: "hang=60")
        #expect(result.ending == .timedOut)
        #expect(arrivals.isEmpty)
    }

    @Test("A held message waits for its release, and a kill does not")
    func heldMessage() throws {
        let queue = try FakeQueue()
        defer { queue.remove() }
        var run = FilterRun(of: BuiltPrograms.fakeQmailQueue, message: SampleMessages.clean, from: "", to: ["b"])
        run.environment = queue.environment()
        run.messageSource = .heldPipe(after: 10)
        let killed = try run.start()
        killed.kill()
        #expect(killed.wait().ending == .signalled(9))
        #expect(try queue.isEmpty())
        let released = try run.start()
        released.releaseMessage()
        #expect(released.wait().exitStatus == 0)
        #expect(try queue.arrivals().map(\.message) == [SampleMessages.clean])
    }

    @Test("What comes from the reject channel and from fd 2 is kept apart")
    func outputs() throws {
        var run = FilterRun(of: "/bin/sh", message: [], envelope: [])
        run.arguments = ["-c", "printf Dno >&6; echo one >&2; printf two >&2; printf lost >&3; kill -9 $$"]
        run.rejectChannels = [4: .pipe, 6: .pipe]
        let result = try run.run()
        #expect(result.ending == .signalled(9))
        #expect(result.rejectText == "Dno")
        #expect(result.rejectTexts == [4: [], 6: Array("Dno".utf8)])
        #expect(result.logLines.first == "one")
        #expect(result.logLines.dropFirst().first?.hasPrefix("two") == true)
    }
}

@Suite struct DemoTests {
    /// Runs the demo; what it prints comes with what it complains about.
    private func demo(_ arguments: [String]) throws -> FilterResult {
        var run = FilterRun(of: "/bin/sh", message: [], envelope: [])
        run.arguments = ["-c", "exec \"$0\" demo \"$@\" >&2", BuiltPrograms.fakes] + arguments
        run.rejectChannels = [:]
        return try run.run()
    }

    @Test("The demo shows each sample and its end")
    func tour() throws {
        let result = try demo([])
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let table = result.logLines.joined(separator: "\n")
        for verdict in ["CLEAN", "VIRUS", "SPAM REJECT", "ATTACH", "ERROR"] { #expect(table.contains(verdict)) }
        #expect(!table.contains("\u{1B}"))
    }

    @Test("A message of one's own goes the same way, with lines that end in CR LF")
    func ownMessage() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = try directory.write(SampleMessages.crlf, to: "own.eml")
        let result = try demo(["--message", path, "--from", "a@b.example", "--rcpt", "c@d.example e@f.example"])
        #expect(result.exitStatus == 0, "\(result.logLines)")
        #expect(result.logLines.contains { $0.hasPrefix("own.eml") && $0.contains("CLEAN") })
        #expect(result.logLines.contains { $0.hasSuffix(":a@b.example:c@d.example,e@f.example") })
    }

    @Test("A filter that does nothing fails the demo")
    func uselessFilter() throws {
        let result = try demo(["--simscan", "/bin/true"])
        #expect(result.exitStatus == 1)
        #expect(result.logLines.contains("Not as expected:"))
    }

    @Test("A message that is not there, or a program, is an error")
    func missing() throws {
        #expect(try demo(["--message", "/nonexistent"]).logLines.contains("Error: cannot read /nonexistent"))
        #expect(try demo(["--simscan", "/nonexistent"]).exitStatus == 1)
    }
}
