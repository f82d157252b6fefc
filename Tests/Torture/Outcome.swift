import CLinux
import Fakes
import Glibc
import Tracer

/// A message and its envelope, as qmail-smtpd gives them.
struct Mail: Sendable {
    var message: [UInt8]
    var envelope: [UInt8]
    /// A file in memory with the message, where it does not fit into a pipe.
    private var file: CInt?

    init(_ message: [UInt8], envelope: [UInt8]) throws {
        self.message = message
        self.envelope = envelope
        guard message.count > 1_000_000 || envelope.count > 1_000_000 else { return }
        guard message.count > 1_000_000 else { throw Trouble("a very long envelope with a short message") }
        file = try memoryFile(message)
    }

    /// A new descriptor with the message, at its beginning.
    func input() throws -> CInt {
        guard let file else { return try pipeHolding(message) }
        // Another open file: the offset is this run's alone.
        let descriptor = open("/proc/self/fd/\(file)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Trouble("/proc: " + String(cString: strerror(errno))) }
        return descriptor
    }

    func discard() {
        if let file { close(file) }
    }
}

private func memoryFile(_ bytes: [UInt8]) throws -> CInt {
    let file = linux_memory_file("message")
    guard file >= 0 else { throw Trouble("memfd_create: " + String(cString: strerror(errno))) }
    var done = 0
    while done < bytes.count {
        let count = bytes[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard count > 0 else { throw Trouble("a file in memory: " + String(cString: strerror(errno))) }
        done += count
    }
    return file
}

/// How a run of the filter ended.
struct Outcome {
    /// What qmail-smtpd makes of an exit status.
    enum Reply: Equatable {
        /// 250: the message is ours now.
        case accepted
        /// 5xx: the sender gets it back.
        case permanent
        /// 4xx: the sender keeps it and tries again.
        case temporary
    }

    let reply: Reply
    /// The exit status, or the signal.
    let ending: String
    let injected: Int
    let timedOut: Bool
    /// Whether qmail-queue was started.
    let isHandedOn: Bool
    let calls: [tracer_call]
    let log: String
    let rejectText: String
    let peakKiB: Int
    /// The processor time of the filter and its children, in seconds.
    let processorTime: Double
    let seconds: Double

    init(_ run: tracer_run, calls: [tracer_call], log: String, rejectText: String) {
        let signal = run.status & 0x7f
        let status = run.status >> 8 & 0xff
        ending = signal == 0 ? "exit status \(status)" : "signal \(signal)"
        reply =
            if signal != 0 {
                // qmail-smtpd says “qq crashed (#4.3.0)”.
                .temporary
            } else if status == 0 {
                .accepted
            } else if status == 82 {
                rejectText.hasPrefix("D") ? .permanent : .temporary
            } else {
                (11...40).contains(status) ? .permanent : .temporary
            }
        injected = Int(run.injected)
        timedOut = run.timed_out != 0
        isHandedOn = run.executed == 2
        self.calls = calls
        self.log = log
        self.rejectText = rejectText
        peakKiB = Int(run.peak_kib)
        processorTime = run.usage.ru_utime.seconds + run.usage.ru_stime.seconds
        seconds = run.seconds
    }

    /// The lines that end a message, which is all but notes.
    var events: [Substring] {
        log.split(separator: "\n").filter { !$0.contains("]:NOTE:") && !$0.contains("]:DEBUG:") }
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
