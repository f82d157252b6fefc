import Fakes
import Testing

/// Where the text of a refusal goes: qmails differ in the descriptor, and a text that nobody reads would turn a
/// refusal into a deferral.
@Suite struct RejectChannelTests {
    /// Whether the message is refused for good or for now.
    enum Refusal: CaseIterable {
        case permanent, temporary

        var status: Int32 { self == .permanent ? 31 : 71 }
        var text: String {
            self == .permanent
                ? "DYour email was rejected because it contains the Eicar-Signature.UNOFFICIAL virus"
                : "ZYour email could not be checked for viruses now, please try again later"
        }
        var state: String { self == .permanent ? "VIRUS" : "ERROR" }

        func site(_ clamd: FakeClamd, _ settings: [String: String] = [:]) throws -> Site {
            try Site(["clamd": clamd.address, "custom-smtp-reject": "yes"].merging(settings) { $1 })
        }

        func clamd() throws -> FakeClamd {
            try FakeClamd(door: self == .permanent ? .open : .closed)
        }
    }

    private func run(
        _ refusal: Refusal, channels: [Int32: FilterRun.RejectChannel], errorFD: String? = nil,
        settings: [String: String] = [:], at location: SourceLocation = #_sourceLocation
    ) throws -> FilterResult {
        let clamd = try refusal.clamd()
        defer { clamd.stop() }
        let site = try refusal.site(clamd, settings)
        let result = try site.run(SampleMessages.eicar, at: location) {
            $0.rejectChannels = channels
            $0.environment["ERROR_FD"] = errorFD
        }
        #expect(result.state == refusal.state, sourceLocation: location)
        #expect(try site.queue.isEmpty(), sourceLocation: location)
        return result
    }

    /// Which descriptors there are, and which of them gets the text; none: the status alone says it.
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let channels: [Int32: FilterRun.RejectChannel]
        var errorFD: String?
        let told: Set<Int32>
    }

    static let rows = [
        Row(testDescription: "fd 4 is a pipe", channels: [4: .pipe], told: [4]),
        Row(testDescription: "fd 6 is a pipe", channels: [6: .pipe], told: [6]),
        Row(testDescription: "both are pipes", channels: [4: .pipe, 6: .pipe], told: [4, 6]),
        Row(testDescription: "there is none", channels: [:], told: []),
        Row(testDescription: "other pipes", channels: [3: .pipe, 5: .pipe, 7: .pipe], told: []),
        Row(testDescription: "fd 4 is a file", channels: [4: .file], told: []),
        Row(testDescription: "fd 4 is a file, fd 6 a pipe", channels: [4: .file, 6: .pipe], told: [6]),
        Row(testDescription: "fd 4 can only be read", channels: [4: .readEnd], told: []),
        Row(testDescription: "fd 4 can only be read, fd 6 is a pipe", channels: [4: .readEnd, 6: .pipe], told: [6]),
        Row(testDescription: "nobody reads fd 4", channels: [4: .abandonedPipe], told: []),
        Row(testDescription: "nobody reads fd 4, fd 6 is a pipe", channels: [4: .abandonedPipe, 6: .pipe], told: [6]),
        Row(testDescription: "nobody reads either", channels: [4: .abandonedPipe, 6: .abandonedPipe], told: []),
        Row(testDescription: "ERROR_FD names one", channels: [5: .pipe], errorFD: "5", told: [5]),
        Row(
            testDescription: "ERROR_FD beats 4 and 6", channels: [4: .pipe, 5: .pipe, 6: .pipe], errorFD: "5", told: [5]
        ),
        Row(testDescription: "ERROR_FD names a large one", channels: [19: .pipe], errorFD: "19", told: [19]),
        Row(
            testDescription: "ERROR_FD names one that nobody reads", channels: [5: .abandonedPipe], errorFD: "5",
            told: []),
        Row(testDescription: "ERROR_FD names one that is not there", channels: [:], errorFD: "5", told: []),
    ]

    @Test(arguments: rows, Refusal.allCases) func `The text goes where it is read`(row: Row, refusal: Refusal) throws {
        let result = try run(refusal, channels: row.channels, errorFD: row.errorFD)
        #expect(result.exitStatus == (row.told.isEmpty ? refusal.status : 82))
        for (fd, text) in result.rejectTexts {
            #expect(String(decoding: text, as: UTF8.self) == (row.told.contains(fd) ? refusal.text : ""), "fd \(fd)")
        }
    }

    @Test(arguments: Refusal.allCases) func `The setting reject-fd beats ERROR_FD`(refusal: Refusal) throws {
        let result = try run(
            refusal, channels: [4: .pipe, 5: .pipe, 7: .pipe], errorFD: "5", settings: ["reject-fd": "7"])
        #expect(result.exitStatus == 82)
        #expect(result.rejectTexts[7].map { String(decoding: $0, as: UTF8.self) } == refusal.text)
        #expect(result.rejectTexts[4] == [])
        #expect(result.rejectTexts[5] == [])
    }

    @Test(arguments: ["", "x", "-1", "99999999999", "4x", " 4"]) func `An ERROR_FD that is no number is none`(
        value: String
    ) throws {
        let result = try run(.permanent, channels: [6: .pipe], errorFD: value)
        #expect(result.exitStatus == 82)
        #expect(result.rejectTexts[6].map { String(decoding: $0, as: UTF8.self) } == Refusal.permanent.text)
    }

    @Test func `Without custom-smtp-reject there is no text`() throws {
        let clamd = try FakeClamd()
        defer { clamd.stop() }
        let site = try Site(["clamd": clamd.address])
        let result = try site.run(SampleMessages.eicar) { $0.rejectChannels = [4: .pipe, 6: .pipe] }
        #expect(result.exitStatus == 31)
        #expect(result.rejectTexts == [4: [], 6: []])
    }

    @Test(arguments: ["reject-fd", "ERROR_FD"], [nil, "1", "4"])
    func `Where fd 2 is the channel, nothing but the text is written there`(source: String, debug: String?) throws {
        let settings: [String: String] = source == "reject-fd" ? ["reject-fd": "2"] : [:]
        for refusal in Refusal.allCases {
            let clamd = try refusal.clamd()
            defer { clamd.stop() }
            let site = try refusal.site(clamd, settings)
            var run = site.filter(SampleMessages.eicar)
            run.environment["ERROR_FD"] = source == "ERROR_FD" ? "2" : nil
            run.environment["SIMSCAN_DEBUG"] = debug
            let result = try run.run()
            #expect(result.exitStatus == 82)
            #expect(String(decoding: result.standardError, as: UTF8.self) == refusal.text)
            #expect(result.rejectTexts[4] == [])

            // A message that passes has nothing to say there.
            var clean = site.filter(SampleMessages.clean, envelope: [0x46, 0])
            clean.environment = run.environment
            let other = try clean.run()
            #expect(other.exitStatus == 54)
            #expect(other.standardError == [])
        }
    }

    @Test(arguments: ["2", "4"]) func `A crash has its line where the channel is not`(setting: String) throws {
        // What the environment says at first, the setting changes.
        let site = try Site(["custom-smtp-reject": "yes", "reject-fd": setting])
        let strace = try Strace("pipe2", inject: "pipe2:signal=SIGSEGV")
        var run = site.filter(SampleMessages.clean)
        run.launcher = strace.launcher
        run.environment["ERROR_FD"] = setting == "2" ? "4" : "2"
        let result = try run.run()
        #expect(result.exitStatus == 81)
        let said = String(decoding: result.standardError, as: UTF8.self)
        #expect(said.contains("internal fault") == (setting == "4"), "\(said)")
        if setting == "2" { #expect(said == "") }
        #expect(result.rejectTexts[4] == [])
    }

    @Test func `A text has at most 255 bytes, printable and on one line`() throws {
        let names = [
            String(repeating: "long", count: 200), "two\r\nlines", "D\u{1b}[31mred", "Z\u{0}", "ümlaut", "\u{7f}",
        ]
        for name in names {
            let clamd = try FakeClamd { $0.verdict = .infected(name: name) }
            defer { clamd.stop() }
            let site = try Site(["clamd": clamd.address, "custom-smtp-reject": "yes"])
            let run = try site.filter(SampleMessages.clean).run()
            #expect(run.exitStatus == 82)
            let text = Array(run.rejectText.utf8)
            #expect(text.count <= 255)
            #expect(text.allSatisfy { (0x20...0x7e).contains($0) }, "\(visible(text))")
            #expect(run.rejectText.hasPrefix("DYour email was rejected because it contains the "))
            #expect(run.rejectText.hasSuffix(" virus"))
        }
    }
}
