import Glibc

/// How this qmail-queue fails.
enum Fault {
    case none
    case exit(Int32)
    case signal(Int32)
    case lateSignal(Int32)
    case noread
    case hang(seconds: UInt32)

    /// Reads `name` or `name=number`; a text that is no fault must not look like a success.
    init(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let number = parts.count == 2 ? Int32(parts[1]) : nil
        switch (parts.first.map(String.init), number) {
        case (nil, _): self = .none
        case ("exit", let number?): self = .exit(number)
        case ("signal", let number?): self = .signal(number)
        case ("late-signal", let number?): self = .lateSignal(number)
        case ("noread", nil): self = .noread
        case ("hang", let number?): self = .hang(seconds: UInt32(max(0, number)))
        default:
            let complaint = "fake-qmail-queue: no such fault: \(text)\n"
            _ = complaint.withCString { write(2, $0, strlen($0)) }
            Glibc.exit(127)
        }
    }
}

/// Ends this process by a signal, without a core file.
func killMyself(by number: Int32) -> Never {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    sigprocmask(SIG_UNBLOCK, &set, nil)
    kill(getpid(), number)
    exit(126)
}

/// The value of an environment variable.
func environmentText(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
