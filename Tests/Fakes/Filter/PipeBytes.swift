import Glibc
import SystemPackage

/// Bytes on their way into a pipe.
struct OutgoingBytes {
    private let bytes: [UInt8]
    private let closesAtEnd: Bool
    private var descriptor: FileDescriptor?
    private var heldAfter: Int?
    private(set) var written = 0

    init(_ bytes: [UInt8], to descriptor: FileDescriptor?, heldAfter: Int? = nil, closesAtEnd: Bool = true) {
        self.bytes = bytes
        self.closesAtEnd = closesAtEnd
        self.descriptor = descriptor
        self.heldAfter = heldAfter
        if let descriptor { _ = fcntl(descriptor.rawValue, F_SETFL, O_NONBLOCK) }
        closeIfThrough()
    }

    mutating func release() {
        heldAfter = nil
        closeIfThrough()
    }

    var isClosed: Bool { descriptor == nil }

    private var limit: Int { min(heldAfter ?? bytes.count, bytes.count) }

    var fdToWrite: Int32? {
        written < limit ? descriptor?.rawValue : nil
    }

    mutating func write(ifIn ready: Set<Int32>) {
        guard let descriptor, ready.contains(descriptor.rawValue) else { return }
        let result = bytes[written..<limit].withUnsafeBytes {
            Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count)
        }
        if result >= 0 {
            written += result
            closeIfThrough()
        } else if errno != EAGAIN, errno != EINTR {
            close()
        }
    }

    private mutating func closeIfThrough() {
        if closesAtEnd, heldAfter == nil, written == bytes.count { close() }
    }

    mutating func close() {
        try? descriptor?.close()
        descriptor = nil
    }
}

/// Bytes that come out of a pipe.
struct IncomingBytes {
    private let descriptor: FileDescriptor
    private(set) var bytes: [UInt8] = []
    private(set) var isAtEnd = false

    init(from descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    var fdToRead: Int32? { isAtEnd ? nil : descriptor.rawValue }

    mutating func read(ifIn ready: Set<Int32>) {
        guard !isAtEnd, ready.contains(descriptor.rawValue) else { return }
        var room = [UInt8](repeating: 0, count: 65536)
        let count = room.withUnsafeMutableBytes { Glibc.read(descriptor.rawValue, $0.baseAddress, $0.count) }
        if count > 0 { bytes += room.prefix(count) } else if count == 0 || errno != EINTR { isAtEnd = true }
    }

    func close() {
        try? descriptor.close()
    }
}
