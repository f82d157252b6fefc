internal import CLinux
internal import Glibc
package import SystemPackage

/// The descriptors on which qmail-smtpd reads the text of a refusal (exit 82).
///
/// Patches differ: the classic custom-error patch reads descriptor 4, notqmail 1.09 and later descriptor 6,
/// others name it in `ERROR_FD`. A text that nobody reads would turn a refusal into a deferral.
package struct RejectChannel: Equatable, Sendable {
    /// Where a text is written; empty: the qmail in front has no channel.
    package let descriptors: [FileDescriptor]

    private static let usual: [Int32] = [4, 6]

    /// Looks for the channel.
    ///
    /// - Precondition: every descriptor above 2 is the caller's.
    /// - Parameters:
    ///   - setting: the setting `reject-fd`.
    ///   - environment: the value of `ERROR_FD`.
    package init(setting: Int32?, environment: String?) {
        let candidates =
            if let setting {
                [setting]
            } else if let named = environment.flatMap({ Int32($0) }), named >= 0 {
                [named]
            } else {
                Self.usual
            }
        descriptors = candidates.filter(Self.isWritablePipe).map { FileDescriptor(rawValue: $0) }
    }

    /// Whether log lines would be taken for the text.
    package var isStandardError: Bool { descriptors.contains(.standardError) }

    /// Writes the text.
    ///
    /// - Returns: whether somebody may read it; exit 82 says more than exit 31 only then.
    package func write(_ text: [UInt8]) -> Bool {
        var isWritten = false
        for descriptor in descriptors {
            // One write: the text is shorter than PIPE_BUF.
            if (try? descriptor.writeAll(text)) == text.count { isWritten = true }
        }
        return isWritten
    }

    /// Closes every descriptor of the caller's that is no part of qmail-queue's contract.
    package func closeAllOthers() {
        var first: UInt32 = 3
        for number in descriptors.map({ UInt32($0.rawValue) }).sorted() where number >= first {
            if number > first { Self.closeRange(first, number - 1) }
            first = number + 1
        }
        Self.closeRange(first, .max)
    }

    private static func closeRange(_ first: UInt32, _ last: UInt32) {
        guard linux_close_range(first, last) != 0 else { return }
        // A kernel before 5.9: one by one, as far as the limit of this process goes.
        let limit = sysconf(CInt(_SC_OPEN_MAX))
        for number in Int(first)...max(Int(first), min(Int(last), limit)) { close(CInt(number)) }
    }

    private static func isWritablePipe(_ number: Int32) -> Bool {
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return false }
        let flags = fcntl(number, F_GETFL)
        return flags >= 0 && flags & O_ACCMODE != O_RDONLY
    }
}
