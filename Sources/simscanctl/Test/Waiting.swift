import Glibc

/// A sign of life on standard error while something takes its time that nobody can foretell.
///
/// A timer and a signal, and no thread: the parser's cage is a fork of this process.
enum Waiting {
    /// Written by the handler alone while the timer runs, which one process has one of.
    private nonisolated(unsafe) static var seconds: CInt = 0
    private nonisolated(unsafe) static var label: [UInt8] = []

    static func during<Result, E: Error>(_ label: String, _ work: () throws(E) -> Result) throws(E) -> Result {
        guard Terminal.error.isTerminal else { return try work() }
        begin(label)
        defer { end() }
        return try work()
    }

    private static func begin(_ label: String) {
        seconds = 0
        self.label = Array(("\r" + label + " ").utf8)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in Waiting.tick() }
        action.sa_flags = SA_RESTART
        sigaction(SIGALRM, &action, nil)
        setTimer(everySeconds: 1)
    }

    private static func end() {
        setTimer(everySeconds: 0)
        signal(SIGALRM, SIG_IGN)
        if seconds > 0 { Terminal.error.write("\r\u{1B}[K") }
    }

    private static func setTimer(everySeconds seconds: Int) {
        let time = timeval(tv_sec: seconds, tv_usec: 0)
        var timer = itimerval(it_interval: time, it_value: time)
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }

    /// Nothing here takes memory: the work may be anywhere.
    private static func tick() {
        seconds += 1
        let error = errno
        label.withUnsafeBytes { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        var digits: (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, UInt8(ascii: " "), UInt8(ascii: "s"))
        digits.0 = seconds < 100 ? UInt8(ascii: " ") : UInt8(ascii: "0") + UInt8(seconds / 100 % 10)
        digits.1 = seconds < 10 ? UInt8(ascii: " ") : UInt8(ascii: "0") + UInt8(seconds / 10 % 10)
        digits.2 = UInt8(ascii: "0") + UInt8(seconds % 10)
        withUnsafeBytes(of: digits) { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        errno = error
    }
}
