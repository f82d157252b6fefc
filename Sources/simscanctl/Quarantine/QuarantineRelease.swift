import Glibc
import SimscanNative
import SystemPackage

/// Gives a message to qmail-queue (`qmail-queue(8)`), past every scan.
struct QuarantineRelease {
    /// qmail-queue, or any program with its contract.
    let program: String

    /// Runs the program with the message on descriptor 0 and the envelope on descriptor 1, and waits for its end.
    ///
    /// - Parameter recipients: other recipients than the envelope's; empty: the envelope as it is, byte for byte.
    /// - Throws: `Failure` where the program did not take the message, for whatever reason: 75 where it may do so
    ///   later, 69 where it does not run.
    func run(_ message: QuarantineFile, _ envelope: Envelope, to recipients: [String]) throws(Failure) {
        let bytes = recipients.isEmpty ? envelope.bytes : Self.envelope(from: envelope, to: recipients)
        guard let ends = try? FileDescriptor.pipe(options: .closeOnExec) else { throw Self.failure("pipe") }
        guard lseek(message.descriptor, 0, SEEK_SET) == 0 else { throw Self.failure("message") }
        let child: pid_t
        do throws(Failure) {
            defer { close(ends.readEnd.rawValue) }
            child = try spawn(message: message.descriptor, envelope: ends.readEnd.rawValue)
        } catch {
            close(ends.writeEnd.rawValue)
            throw error
        }
        // The envelope's last byte is its end: cut short, it is none, and nothing is taken.
        Self.writeAll(bytes, to: ends.writeEnd.rawValue)
        close(ends.writeEnd.rawValue)
        try wait(for: child)
    }

    private static func envelope(from envelope: Envelope, to recipients: [String]) -> [UInt8] {
        var bytes = [UInt8(ascii: "F")] + Array(envelope.address(envelope.sender)) + [0]
        for recipient in recipients { bytes += [UInt8(ascii: "T")] + Array(recipient.utf8) + [0] }
        return bytes + [0]
    }

    private func spawn(message: Int32, envelope: Int32) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, message, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, envelope, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGHUP, SIGTERM] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        defer { free(arguments[0]) }
        var child: pid_t = 0
        let error = posix_spawn(&child, program, &actions, &attributes, &arguments, environ)
        guard error == 0 else {
            throw Failure(program + ": " + String(cString: strerror(error)), status: EX_UNAVAILABLE)
        }
        return child
    }

    private func wait(for child: pid_t) throws(Failure) {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw Self.failure("wait") }
        }
        // Was it killed? comes before what did it return.
        let signal = status & 0x7F
        guard signal == 0 else {
            throw Failure(program + ": killed by signal " + String(signal) + ", not released", status: EX_TEMPFAIL)
        }
        let code = (status >> 8) & 0xFF
        guard code == 0 else {
            throw Failure(
                program + ": exit status " + String(code) + Self.meaning(code) + ", not released", status: EX_TEMPFAIL)
        }
    }

    /// What qmail-queue(8) means by its status.
    private static func meaning(_ code: Int32) -> String {
        switch code {
        case 11: " (an address is too long)"
        case 31: " (refused for good)"
        case 51: " (out of memory)"
        case 52: " (timeout)"
        case 53: " (write error, or the disk is full)"
        case 54: " (cannot read the message or the envelope)"
        case 61, 62, 63, 64, 65, 66: " (trouble with its queue)"
        case 71: " (try again later)"
        case 82: " (refused by a filter)"
        case 91: " (the envelope's format is wrong)"
        case 120: " (cannot be executed)"
        default: ""
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                // The program has stopped reading; its status says why.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    private static func failure(_ what: String) -> Failure {
        Failure(what + ": " + String(cString: strerror(errno)), status: EX_OSERR)
    }
}
