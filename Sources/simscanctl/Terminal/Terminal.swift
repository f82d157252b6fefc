import Glibc

/// Where a command writes: a terminal with its width and colours, or a file or pipe without.
struct Terminal {
    private let descriptor: Int32
    /// Whether a person reads it as it is written.
    let isTerminal: Bool
    /// Only on a terminal, and not where `NO_COLOR` is set or `TERM` is `dumb`.
    let hasColor: Bool

    /// Where nobody says how wide it is.
    private static let usualColumns = 80

    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        let isDumb = Self.environment("TERM").map { $0 == "dumb" } ?? true
        hasColor = isTerminal && !isDumb && Self.environment("NO_COLOR", isEmpty: false) == nil
    }

    /// Columns of the terminal; 80 where it does not say.
    var columns: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return Self.usualColumns }
        return Int(size.ws_col)
    }

    /// The text in this style where there is colour, plain where there is none.
    func styled(_ text: String, _ styles: Style...) -> String {
        guard hasColor, !styles.isEmpty else { return text }
        return "\u{1B}[" + styles.map { String($0.rawValue) }.joined(separator: ";") + "m" + text + "\u{1B}[0m"
    }

    /// Writes the text as it is; bytes of strangers go through `SafeText` first.
    ///
    /// A reader who has gone away (`head`) ends the program as SIGPIPE would; a disk that is full with 74.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    func line(_ text: String = "") { write(text + "\n") }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EPIPE: exit(128 + SIGPIPE)
                case let error:
                    if descriptor != STDERR_FILENO {
                        Terminal.error.line("simscanctl: cannot write: " + String(cString: strerror(error)))
                    }
                    exit(EX_IOERR)
                }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// The value of an environment variable.
    static func environment(_ name: String, isEmpty: Bool = true) -> String? {
        guard let value = getenv(name), isEmpty || value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}

/// How text looks on a terminal (ECMA-48, SGR).
enum Style: Int {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
}
