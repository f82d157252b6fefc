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

    private static let classicPatch: Int32 = 4
    private static let notqmail: Int32 = 6

    /// Looks for the channel.
    ///
    /// - Precondition: every descriptor above 2 is the caller's.
    /// - Parameters:
    ///   - setting: the setting `reject-fd`.
    ///   - environment: the value of `ERROR_FD`.
    package init(setting: Int32?, environment: String?) {
        var found: [FileDescriptor] = []
        func consider(_ number: Int32) {
            if Self.isWritablePipe(number) { found.append(FileDescriptor(rawValue: number)) }
        }
        if let setting {
            consider(setting)
        } else if let named = environment.flatMap({ Int32($0) }), named >= 0 {
            consider(named)
        } else {
            consider(Self.classicPatch)
            consider(Self.notqmail)
        }
        descriptors = found
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
        // In rising order, as they were looked for.
        for descriptor in descriptors where descriptor.rawValue >= first {
            let number = UInt32(descriptor.rawValue)
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
