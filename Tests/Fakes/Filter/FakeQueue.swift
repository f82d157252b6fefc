/// A queue directory that fake-qmail-queue fills, and what has arrived in it.
///
///     let queue = try FakeQueue()
///     run.environment.merge(queue.environment()) { $1 }
///     … run the filter with qmail-queue = the path of fake-qmail-queue …
///     #expect(try queue.arrivals().map(\.message) == [SampleMessages.clean])
package struct FakeQueue: Sendable {
    private let directory: TemporaryDirectory

    /// Makes an empty queue.
    ///
    /// - Throws: `Errno` of the directory.
    package init() throws {
        directory = try TemporaryDirectory(mode: 0o777)
    }

    /// The directory's path.
    package var path: String { directory.path }

    /// What the filter's environment must have, for fake-qmail-queue to find this queue.
    ///
    /// It can be told to fail: `exit=N`, `signal=N`, `late-signal=N`, `noread`, `hang=SECONDS`.
    package func environment(fault: String? = nil) -> [String: String] {
        var environment = ["FAKE_QUEUE": path]
        environment["FAKE_QUEUE_FAULT"] = fault
        return environment
    }

    /// What was queued, in the order of arrival.
    ///
    /// - Throws: what Foundation throws when a file cannot be read.
    package func arrivals() throws -> [QueuedMessage] {
        let names = try directory.names().filter { $0.hasPrefix("env.") }.map { $0.dropFirst(4) }
        return try names.sorted().map { name in
            QueuedMessage(
                message: try directory.read("msg.\(name)"), envelopeBytes: try directory.read("env.\(name)"),
                inherited: InheritedByQueue(try directory.read("fds.\(name)")))
        }
    }

    /// Removes what has arrived.
    ///
    /// - Throws: what Foundation throws when the directory cannot be read.
    package func empty() throws {
        for name in try directory.names() { directory.removeFile(name) }
    }

    /// Whether the directory has nothing at all in it: no message, and no part of one.
    package func isEmpty() throws -> Bool {
        try directory.names().isEmpty
    }

    /// Removes the directory.
    package func remove() { directory.remove() }
}

/// A message that was queued.
package struct QueuedMessage: Sendable {
    /// The bytes of fd 0.
    package let message: [UInt8]
    /// The bytes of fd 1, up to the NUL that ends the envelope.
    package let envelopeBytes: [UInt8]
    /// What qmail-queue had beside its message.
    package let inherited: InheritedByQueue

    /// The sender and the recipients; nil cannot be, for the queue takes no other envelope.
    package var envelope: Envelope? { Envelope(envelopeBytes) }
}

/// What fake-qmail-queue was given by the program that exec'd it.
package struct InheritedByQueue: Sendable, Equatable {
    /// The open descriptors: `r`, `w` or `rw`, `@` and the offset of a file, and what `/proc/self/fd` calls it.
    package var descriptors: [Int32: String] = [:]
    package var environment: [String: String] = [:]
    /// The numbers of the signals that are ignored.
    package var ignoredSignals: [Int32] = []
    /// The numbers of the signals that are blocked.
    package var blockedSignals: [Int32] = []
    /// In octal.
    package var umask = ""
    package var directory = ""
    /// The soft limit RLIMIT_FSIZE, in bytes.
    package var fileSizeLimit = ""
    /// The soft limit RLIMIT_CORE, in bytes.
    package var coreSizeLimit = ""
    /// `NoNewPrivs` and `Seccomp` of `/proc/self/status`.
    package var walls: [String: String] = [:]
    /// Real and effective user id, real and effective group id.
    package var user = ""
    package var arguments: [String] = []

    init(_ records: [UInt8]) {
        for record in records.split(separator: 0) {
            let text = String(decoding: record, as: UTF8.self)
            let (name, value) = Self.halves(of: text, at: " ")
            switch name {
            case "fd":
                let (number, what) = Self.halves(of: value, at: " ")
                descriptors[Int32(number) ?? -1] = what
            case "env":
                let (variable, content) = Self.halves(of: value, at: "=")
                environment[variable] = content
            case "ignored": ignoredSignals.append(Int32(value) ?? -1)
            case "blocked": blockedSignals.append(Int32(value) ?? -1)
            case "umask": umask = value
            case "directory": directory = value
            case "fsize": fileSizeLimit = value
            case "core": coreSizeLimit = value
            case "wall":
                let (name, state) = Self.halves(of: value, at: " ")
                walls[name] = state
            case "user": user = value
            case "argument": arguments.append(value)
            default: preconditionFailure("fake-qmail-queue wrote “\(text)”")
            }
        }
    }

    private static func halves(of text: String, at separator: Character) -> (String, String) {
        guard let index = text.firstIndex(of: separator) else { return (text, "") }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }
}
