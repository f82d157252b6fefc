import Fakes
import Foundation
import Testing

/// One installation of the filter, for one test: control files, a working directory and a queue of its own.
///
///     let clamd = try FakeClamd()
///     let site = try Site(["clamd": clamd.address])
///     let result = try site.run(SampleMessages.eicar)
///     #expect(result.exitStatus == 31)
struct Site {
    let control: ControlDirectory
    let workdir: TemporaryDirectory
    let queue: FakeQueue

    /// Makes one, and compiles its settings.
    ///
    /// No scanner is asked and no name is looked at but where a setting says so: `clamd` and `spamd` turn their
    /// scanner on, a list of suffixes the check of attachment names.
    ///
    /// - Throws: where a file cannot be written, or simscanmk takes the settings for wrong.
    init(_ settings: [String: String] = [:], suffixes: [String] = []) throws {
        control = try ControlDirectory()
        workdir = try TemporaryDirectory(mode: 0o755)
        queue = try FakeQueue()
        try control.writeAttachmentList(suffixes)
        let attach = ["attach": suffixes.isEmpty ? "no" : "yes"]
        try change(attach.merging(settings) { $1 })
    }

    /// Compiles other settings in place of those before; the list of suffixes stays.
    func change(_ settings: [String: String]) throws {
        let basic = [
            "workdir": workdir.path,
            "qmail-queue": BuiltPrograms.fakeQmailQueue,
            "clamav": settings["clamd"] == nil ? "no" : "yes",
            "spam": settings["spamd"] == nil ? "no" : "yes",
            // What one test's filters remember is not for another's.
            "statedir": "off",
            // A test that hangs is to say so soon.
            "deadline": "20",
        ]
        let all = basic.merging(settings) { $1 }
        try control.write(all.map { "\($0.key) = \($0.value)" }.sorted(), to: "simscan.conf")
        let compiled = try control.compile(by: BuiltPrograms.simscanmk)
        guard compiled.exitStatus == 0 else {
            throw Complaint("simscanmk: " + String(decoding: compiled.standardError, as: UTF8.self))
        }
    }

    /// A run of the filter here that has not begun.
    func filter(
        _ message: [UInt8], from sender: String = "alice@example.org", to recipients: [String] = ["bob@example.com"]
    ) -> FilterRun {
        filter(message, envelope: Envelope(from: sender, to: recipients).bytes)
    }

    /// A run with an envelope of any bytes.
    func filter(_ message: [UInt8], envelope: [UInt8]) -> FilterRun {
        var run = FilterRun(of: BuiltPrograms.simscan, message: message, envelope: envelope)
        run.environment["SIMSCAN_CONTROLDIR"] = control.path
        run.environment.merge(queue.environment()) { $1 }
        return run
    }

    /// Runs the filter, and checks what holds for every run: it ends by itself, with one log line, with nothing
    /// left in the working directory and nobody left behind.
    func run(
        _ message: [UInt8], from sender: String = "alice@example.org", to recipients: [String] = ["bob@example.com"],
        check checks: Bool = true, at location: SourceLocation = #_sourceLocation,
        _ change: (inout FilterRun) -> Void = { _ in }
    ) throws -> FilterResult {
        var run = filter(message, from: sender, to: recipients)
        change(&run)
        let result = try run.run()
        if checks { try check(result, at: location) }
        return result
    }

    /// Checks what holds for every run.
    func check(_ result: FilterResult, at location: SourceLocation = #_sourceLocation) throws {
        #expect(result.exitStatus != nil, "\(result.ending)", sourceLocation: location)
        #expect(result.events.count == 1, "\(result.logLines)", sourceLocation: location)
        #expect(result.strangeLines == [], sourceLocation: location)
        #expect(try workdir.names() == [], sourceLocation: location)
        #expect(!result.leftDescriptorsOpen, sourceLocation: location)
    }

    /// The one message in the queue.
    ///
    /// - Throws: where there is none, or more than one.
    func queued(at location: SourceLocation = #_sourceLocation) throws -> QueuedMessage {
        let arrivals = try queue.arrivals()
        return try #require(arrivals.count == 1 ? arrivals.first : nil, "\(arrivals.count)", sourceLocation: location)
    }
}

/// Why a test cannot go on.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
