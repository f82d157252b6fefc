import Glibc

/// What qmail-queue exits with (`qmail-queue(8)`, EXIT CODES).
enum Status: Int32 {
    case addressTooLong = 11
    case timeout = 52
    case cannotWrite = 53
    case cannotRead = 54
    case badEnvelope = 91
}

func stop(_ status: Status) -> Never {
    exit(status.rawValue)
}

/// The room for an address with the NUL behind it in qmail-queue: 1,002 bytes are the longest that fit.
let addressRoom = 1003

/// Everything on fd 0.
func readMessage() -> [UInt8] {
    var message: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(0, &room, room.count)
        if count == 0 { return message }
        if count < 0 {
            if errno == EINTR { continue }
            stop(.cannotRead)
        }
        message += room[..<count]
    }
}

/// The envelope on fd 1, up to the NUL that ends it; what stands behind that is left alone.
func readEnvelope() -> [UInt8] {
    var envelope: [UInt8] = []
    guard readByte(into: &envelope) == UInt8(ascii: "F") else { stop(.badEnvelope) }
    readAddress(into: &envelope)
    while true {
        switch readByte(into: &envelope) {
        case 0: return envelope
        case UInt8(ascii: "T"): readAddress(into: &envelope)
        default: stop(.badEnvelope)
        }
    }
}

private func readAddress(into envelope: inout [UInt8]) {
    for _ in 0..<addressRoom where readByte(into: &envelope) == 0 { return }
    stop(.addressTooLong)
}

private nonisolated(unsafe) var buffer = [UInt8](repeating: 0, count: 4096)
private nonisolated(unsafe) var unread = buffer[..<0]

/// The next byte of fd 1, which is added to the envelope; its end is an error.
private func readByte(into envelope: inout [UInt8]) -> UInt8 {
    while unread.isEmpty {
        let count = read(1, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { stop(.cannotRead) }
        unread = buffer[..<count]
    }
    let byte = unread.removeFirst()
    envelope.append(byte)
    return byte
}

/// Writes a file that has its name only when it is complete.
func write(_ bytes: [UInt8], as name: String, in directory: String) {
    let temporary = "\(directory)/tmp.\(name)"
    let fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard fd >= 0 else { stop(.cannotWrite) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(fd, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { stop(.cannotWrite) }
        rest = rest.dropFirst(count)
    }
    guard close(fd) == 0, rename(temporary, "\(directory)/\(name)") == 0 else { stop(.cannotWrite) }
}
