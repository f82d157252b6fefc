import Foundation

/// trophie or sophie: one line with an absolute path, one line back; it scans what is there on its own disk.
///
/// A file, or any file below a directory, is infected where it holds the EICAR string.
package struct FakeTrophie: Fake {
    /// What it answers.
    package enum Verdict: Sendable {
        /// `0`, or `1:EICAR-Test-File`, or `-1:…` where the path cannot be read.
        case byContent
        /// These bytes, whole.
        case raw([UInt8])

        /// The text, whole.
        package static func raw(_ text: String) -> Verdict { .raw(Array(text.utf8)) }
    }

    /// How it behaves.
    package struct Behaviour: Sendable {
        package var verdict = Verdict.byContent
        /// The time before the answer.
        package var delay = Duration.zero
        /// The answer waits for this gate.
        package var gate: Gate?
        /// The answer is sent in pieces of so many bytes.
        package var pieces: Int?
        /// What goes wrong at a certain byte.
        package var fault: Fault?

        package init() {}
    }

    package let server: FakeServer

    /// Starts one; `change` sets what is different about it.
    ///
    /// A request's command is the path; its message is the content of the files there, in the order of their names.
    ///
    /// - Throws: `Errno` of the socket calls.
    package init(
        at place: Place = .unix, door: Door = .open, patience: Duration = .seconds(10),
        _ change: (inout Behaviour) -> Void = { _ in }
    ) throws {
        var behaviour = Behaviour()
        change(&behaviour)
        server = try FakeServer(at: place, door: door, patience: patience) { [behaviour] client in
            client.fault = behaviour.fault
            try Self.serve(client, behaviour)
        }
    }

    private static func serve(_ client: Conversation, _ behaviour: Behaviour) throws {
        let line = try client.readLine(endingIn: UInt8(ascii: "\n"), upTo: 4096)
        let path = String(decoding: line, as: UTF8.self)
        if !path.hasPrefix("/") { client.report("not an absolute path: “\(visible(line))”") }
        let contents = contents(of: path)
        if contents == nil { client.report("cannot read “\(visible(line))”") }
        client.record(
            FakeRequest(
                connection: client.number, command: path, head: line + [UInt8(ascii: "\n")],
                message: contents.map { Array($0.joined()) } ?? []))
        try client.wait(behaviour.delay)
        if let gate = behaviour.gate { try client.wait(for: gate) }
        switch behaviour.verdict {
        case .raw(let bytes): try client.send(bytes, inPiecesOf: behaviour.pieces)
        case .byContent: try client.send(reply(to: contents), inPiecesOf: behaviour.pieces)
        }
    }

    private static func reply(to contents: [[UInt8]]?) -> String {
        guard let contents else { return "-1:cannot read it\n" }
        return contents.contains(where: TestPatterns.hasEICAR) ? "1:EICAR-Test-File\n" : "0\n"
    }

    /// The bytes of the file, or of all files below the directory, by name; nil where one cannot be read.
    private static func contents(of path: String) -> [[UInt8]]? {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
        guard isDirectory.boolValue else {
            return FileManager.default.contents(atPath: path).map { [[UInt8]($0)] }
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path).sorted() else { return nil }
        var all: [[UInt8]] = []
        for name in names {
            guard let below = contents(of: path + "/" + name) else { return nil }
            all += below
        }
        return all
    }
}
