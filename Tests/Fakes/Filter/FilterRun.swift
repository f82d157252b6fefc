import SystemPackage

/// One run of the filter, called as qmail-smtpd calls it: the message on fd 0, the envelope on fd 1, a log on
/// fd 2, and a channel for the reject text.
///
///     var run = FilterRun(of: simscan, message: SampleMessages.eicar, from: "a@example.org", to: ["b@example.com"])
///     run.environment["SIMSCAN_CONTROLDIR"] = control.path
///     let result = try run.run()
///     #expect(result.exitStatus == 82)
package struct FilterRun: Sendable {
    /// How the message gets to fd 0.
    package enum MessageSource: Sendable, Equatable {
        /// A pipe, as from qmail-smtpd.
        case pipe
        /// A pipe that stops after so many bytes until `RunningFilter.releaseMessage()`.
        case heldPipe(after: Int)
        /// A regular file, as from a shell.
        case file
    }

    /// What a descriptor for the reject text is.
    package enum RejectChannel: Sendable, Equatable {
        /// A pipe that is read to its end, as qmail's.
        case pipe
        /// A pipe whose reader has gone.
        case abandonedPipe
        /// A regular file, which is no channel.
        case file
        /// The reading end of a pipe, which is no channel either.
        case readEnd
    }

    /// The path of the program.
    package var program: String
    /// Its arguments, without its name.
    package var arguments: [String] = []
    /// A command that is put ahead of the program: `["/usr/bin/prlimit", "--fsize=1000"]`,
    /// `["/usr/bin/strace", "-f", "-o", path]`, `["/usr/bin/env", "--ignore-signal=CHLD"]`, or
    /// `["/usr/bin/time", "-f", "%M", "-o", path]`, which tells the peak memory in KiB. (What `wait4(2)` tells of it
    /// is never less than our own, because the child has our memory until it has exec'd.)
    package var launcher: [String] = []
    /// The message's bytes.
    package var message: [UInt8]
    package var messageSource = MessageSource.pipe
    /// The bytes for fd 1, written when the message is through.
    package var envelope: [UInt8]
    /// Whether our end of the envelope's pipe stays open until the filter has ended.
    package var envelopeStaysOpen = false
    /// Which descriptors are there for a reject text; none but 3 to 19.
    package var rejectChannels: [Int32: RejectChannel] = [4: .pipe]
    /// The whole environment.
    package var environment: [String: String] = ["PATH": "/usr/bin:/bin"]
    /// The directory in which it starts; nil is ours.
    package var directory: String?
    /// When it is killed.
    package var timeLimit = Duration.seconds(30)

    /// A run with an envelope of any bytes.
    package init(of program: String, message: [UInt8], envelope: [UInt8]) {
        self.program = program
        self.message = message
        self.envelope = envelope
    }

    /// A run for a sender and recipients.
    package init(of program: String, message: [UInt8], from sender: String, to recipients: [String]) {
        self.init(of: program, message: message, envelope: Envelope(from: sender, to: recipients).bytes)
    }

    /// Runs the filter to its end.
    ///
    /// - Throws: `Errno` where it could not be started.
    package func run() throws -> FilterResult {
        try start().wait()
    }

    /// Starts the filter; what it needs is fed to it by a thread.
    ///
    /// - Throws: `Errno` where it could not be started.
    package func start() throws -> RunningFilter {
        try RunningFilter(self)
    }
}

/// How a run of the filter ended, and what it said.
package struct FilterResult: Sendable {
    /// How a process ends.
    package enum Ending: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// It was killed because it took longer than the run's time limit.
        case timedOut

        package var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let number): "killed by signal \(number)"
            case .timedOut: "killed, it took too long"
            }
        }
    }

    package var ending: Ending
    /// What came from each reject channel that is a pipe or a file.
    package var rejectTexts: [Int32: [UInt8]]
    /// What came from fd 2.
    package var standardError: [UInt8]
    /// How many bytes of the message it took.
    package var messageBytesTaken: Int
    /// Whether a descendant held fd 2 or a reject channel open after the end of the filter.
    package var leftDescriptorsOpen: Bool
    /// From the start to the end of the process.
    package var duration: Duration
    /// The processor time of the process and of its descendants that it waited for.
    package var processorTime: Duration

    /// The exit status; nil where it did not exit by itself.
    package var exitStatus: Int32? {
        if case .exited(let status) = ending { status } else { nil }
    }

    /// The text from the reject channels: that of the lowest one that got any, else the empty text.
    package var rejectText: String {
        let texts = rejectTexts.sorted { $0.key < $1.key }.map(\.value)
        return String(decoding: texts.first { !$0.isEmpty } ?? [], as: UTF8.self)
    }

    /// The lines of fd 2, without their ends.
    package var logLines: [String] {
        let lines = standardError.splitLines().map { String(decoding: $0, as: UTF8.self) }
        return lines.last == "" ? lines.dropLast() : lines
    }
}

extension FilterResult {
    /// The result where the program could not be started: qmail's child exits 120 then.
    init(notStarted reason: String) {
        self.init(
            ending: .exited(120), rejectTexts: [:], standardError: Array((reason + "\n").utf8), messageBytesTaken: 0,
            leftDescriptorsOpen: false, duration: .zero, processorTime: .zero)
    }
}
