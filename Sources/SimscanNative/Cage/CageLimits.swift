internal import CLinux

/// What a parser may use at most.
package struct CageLimits: Equatable, Sendable {
    /// Address space, where the caller allows as much (`setrlimit(2)`, RLIMIT_AS).
    ///
    /// The largest need of honest mail is the dictionary of an archive: 64 MB in xz -9, 256 MB in 7-Zip's "ultra".
    package var memoryBytes: UInt64 = 512 << 20
    /// Processor time in whole seconds.
    package var seconds: UInt64
    /// The longest file that it may write: an archive in memory, or the decoded parts; 0 where there is none.
    package var fileBytes: UInt64
    /// Open at a time, its own three included: six archives inside one another, and some to spare. What a file in
    /// memory has is not in the address space, so few of them are a limit on memory, too.
    package var descriptors: UInt32 = 12

    /// The time of any message; a message of 25 MB that is made to hurt takes less than two seconds.
    private static let leastSeconds: UInt64 = 10
    /// One more second for so many bytes.
    private static let bytesPerSecond: UInt64 = 1 << 20

    /// - Parameters:
    ///   - size: the message's, in bytes.
    ///   - fileBytes: what its longest file may have.
    package init(messageSize size: Int64, fileBytes: Int64) {
        seconds = Self.leastSeconds + UInt64(size) / Self.bytesPerSecond
        self.fileBytes = UInt64(fileBytes)
    }

    var raw: cage_limits {
        cage_limits(
            memory_bytes: memoryBytes, cpu_seconds: seconds, file_bytes: fileBytes, descriptors: descriptors)
    }
}
