internal import Glibc
package import SystemPackage

/// Where log lines go: descriptor 2, which multilog or syslog reads; nowhere where it is the reject channel.
package struct Log: Sendable {
    /// The last level of `SIMSCAN_DEBUG` that says more.
    package static let debugLevels: ClosedRange<Int> = 0...4

    private let descriptor: FileDescriptor?
    /// `SIMSCAN_DEBUG`, 0 to 4.
    package let debugLevel: Int
    private let parentProcessID: Int32
    private let clientAddress: [UInt8]?
    private let startedAt: Instant
    private let name: MessageName
    /// Before the settings are read, lines have the classic form.
    package var format: LogFormat

    package init(
        to descriptor: FileDescriptor?, debugLevel: Int, clientAddress: [UInt8]?, startedAt: Instant,
        name: MessageName, format: LogFormat
    ) {
        self.descriptor = descriptor
        self.debugLevel = debugLevel
        self.clientAddress = clientAddress
        self.startedAt = startedAt
        self.name = name
        self.format = format
        parentProcessID = getppid()
    }

    /// A line of this message as it stands now.
    package func line(_ state: String, what: [UInt8]?, envelope: Envelope?) -> LogLine {
        var line = LogLine(parentProcessID: parentProcessID, state: state, elapsed: .now - startedAt)
        line.what = what
        line.clientAddress = clientAddress
        line.envelope = envelope
        line.name = name
        return line
    }

    /// Writes the line; a log that cannot be written stops no mail.
    package func write(_ line: LogLine) {
        guard let descriptor else { return }
        // One write(2), and not swift-system's generic loop: a line that is cut is better than two that are mixed.
        _ = bytes(of: line).withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
    }

    /// The line in the form that the settings ask for.
    package func bytes(of line: LogLine) -> [UInt8] {
        switch format {
        case .classic: line.bytes
        case .json: line.json
        }
    }

    /// Something that a postmaster should know beside the message's own line.
    package func note(_ text: String, envelope: Envelope?) {
        write(line("NOTE", what: Array(text.utf8), envelope: envelope))
    }

    /// Something to see at this level of `SIMSCAN_DEBUG` and above.
    package func debug(_ level: Int, _ text: @autoclosure () -> String) {
        guard debugLevel >= level else { return }
        write(line("DEBUG", what: Array(text().utf8), envelope: nil))
    }
}
