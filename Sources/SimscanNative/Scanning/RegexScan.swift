internal import Glibc
package import SystemPackage

/// Holds a policy's expressions against every line of a message, header and body.
///
/// A line longer than `maximumLineBytes` is looked at in pieces of that length, so that memory does not grow with
/// it.
package struct RegexScan {
    /// The longest line that is seen as one.
    package static let maximumLineBytes = 65_536

    private let expressions: [[UInt8]]

    package init(_ expressions: [[UInt8]]) {
        self.expressions = expressions
    }

    /// Reads the whole message, or up to the first line that matches.
    ///
    /// - Throws: what reading says.
    package func look(at message: SpooledMessage) throws(Errno) -> RegexFinding {
        guard !expressions.isEmpty else { return .nothing }
        let regexes: Regexes
        do throws(RegexFailure) {
            regexes = try Regexes(expressions)
        } catch {
            return .failed(1, error.description)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * Self.maximumLineBytes, alignment: 16)
        defer { buffer.deallocate() }
        // What is left of an unfinished line stands at the buffer's beginning.
        var held = 0
        var offset = message.start
        while offset < message.end || held > 0 {
            let wanted = min(buffer.count - held, Int(message.end - offset))
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[held..<held + wanted])
            guard try message.readAll(into: room, at: offset) == wanted else { throw .ioError }
            offset += Int64(wanted)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(held + wanted)])
            let (finding, used) = look(at: bytes, with: regexes, isLast: offset == message.end)
            guard finding == .nothing else { return finding }
            held = bytes.count - used
            if let base = buffer.baseAddress { memmove(base, base + used, held) }
        }
        return .nothing
    }

    /// - Returns: what was found, and how many bytes are done with.
    private func look(
        at bytes: UnsafeRawBufferPointer, with regexes: Regexes, isLast: Bool
    ) -> (finding: RegexFinding, used: Int) {
        var position = 0
        while position < bytes.count, let base = bytes.baseAddress {
            let rest = bytes.count - position
            let newline = memchr(base + position, CInt(UInt8(ascii: "\n")), min(rest, Self.maximumLineBytes))
            let length = newline.map { UnsafeRawPointer($0) - base - position } ?? min(rest, Self.maximumLineBytes)
            guard newline != nil || length == Self.maximumLineBytes || isLast else { break }
            var line = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
            if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
            switch regexes.match(line) {
            case .none: break
            case .matched(let number): return (.matched(number), position)
            case .tooHard(let number): return (.failed(number, "takes too many steps on a line"), position)
            }
            position += length + (newline == nil ? 0 : 1)
        }
        return (.nothing, position)
    }
}
