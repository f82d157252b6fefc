import Glibc

/// `X.Y.Z`: unix seconds, microseconds, process id.
struct QuarantineName: Comparable, CustomStringConvertible {
    /// The files of an entry, in the order in which they are taken away.
    enum Kind: String, CaseIterable {
        case message = "msg"
        case log
        case released = "rel"
        case envelope = "addr"
    }

    let description: String
    /// Unix seconds of the message's arrival.
    let seconds: Int64
    private let microseconds: Int64
    private let process: Int64

    /// Nil where the text is anything else: no other name is ever opened.
    init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { (1...18).contains($0.count) && $0.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count == 3, isPlain else { return nil }
        let numbers = parts.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3 else { return nil }
        description = String(text)
        (seconds, microseconds, process) = (numbers[0], numbers[1], numbers[2])
    }

    func file(_ kind: Kind) -> String { kind.rawValue + "." + description }

    static func < (left: QuarantineName, right: QuarantineName) -> Bool {
        (left.seconds, left.microseconds, left.process) < (right.seconds, right.microseconds, right.process)
    }
}

/// An open file of the quarantine, closed when nobody has it any more.
final class QuarantineFile {
    let descriptor: Int32
    /// Bytes.
    let size: Int64
    /// Unix seconds.
    let modified: Int64

    init(descriptor: Int32, size: Int64, modified: Int64) {
        self.descriptor = descriptor
        self.size = size
        self.modified = modified
    }

    deinit { close(descriptor) }

    /// The first bytes of the file, at most so many.
    func bytes(atMost maximum: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(1, min(maximum, Int(size)))) { buffer, count in
            count = 0
            while count < min(maximum, Int(size)) {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), min(maximum, Int(size)) - count, off_t(count))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                count += got
            }
        }
    }
}
