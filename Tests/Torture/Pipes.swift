import CLinux
import Fakes
import Glibc
import Tracer

/// A pipe whose ends no child inherits by accident.
func pipe() throws(Trouble) -> (readEnd: CInt, writeEnd: CInt) {
    var ends: [CInt] = [-1, -1]
    guard linux_pipe(&ends) == 0 else { throw Trouble("pipe2: " + String(cString: strerror(errno))) }
    return (ends[0], ends[1])
}

/// The reading end of a pipe that has all these bytes, and then the end.
///
/// - Throws: where they do not fit: a pipe holds one megabyte at most, and less for a user who has many of them.
func pipeHolding(_ bytes: [UInt8]) throws(Trouble) -> CInt {
    let ends = try pipe()
    defer { close(ends.writeEnd) }
    if bytes.count > 65_536 { _ = tracer_enlarge_pipe(ends.writeEnd) }
    _ = fcntl(ends.writeEnd, F_SETFL, O_NONBLOCK)
    let count = bytes.withUnsafeBytes { write(ends.writeEnd, $0.baseAddress, $0.count) }
    guard count == bytes.count else {
        close(ends.readEnd)
        throw Trouble("a pipe does not hold \(bytes.count) bytes")
    }
    return ends.readEnd
}

/// What is in a pipe whose writers have gone, or are not to be waited for.
func readAvailable(_ descriptor: CInt) -> [UInt8] {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var all: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &room, room.count)
        guard count > 0 else { return all }
        all += room[..<count]
    }
}

/// Calls with an array of C strings that ends in NULL, as `execve(2)` wants it.
func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = texts.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: copies.count)
    defer { array.deallocate() }
    array.initialize(from: copies, count: copies.count)
    return body(array)
}
