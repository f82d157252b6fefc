internal import CLinux
internal import Glibc

/// What a caged child says: bytes, numbers of 8 bytes, and texts, in the order that both sides know.
package struct AnswerWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func add(byte: UInt8) { bytes.append(byte) }

    package mutating func add(number: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// A text of at most so many bytes; what is longer is cut.
    package mutating func add(text: some Collection<UInt8>, upTo maximum: Int) {
        let text = text.prefix(maximum)
        add(number: UInt64(text.count))
        bytes.append(contentsOf: text)
    }

    /// Writes how many bytes there are, and all of them, to the parent, who may have gone.
    ///
    /// - Returns: whether all of it is written.
    package func send() -> Bool {
        var announced = AnswerWriter()
        announced.add(number: UInt64(bytes.count))
        return (announced.bytes + bytes).withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = write(CInt(cage_answer_fd), rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }
}

/// Reads what a child says, who may be in a stranger's hands: nil is whatever is not as it must be.
package struct AnswerReader {
    /// What is not read yet.
    private(set) var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether nothing follows.
    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func number() -> UInt64? {
        guard rest.count >= 8 else { return nil }
        let number = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(8)
        return number
    }

    /// A number that is not larger than this.
    mutating func number(upTo maximum: Int) -> Int? {
        guard let number = number(), number <= UInt64(maximum) else { return nil }
        return Int(number)
    }

    mutating func text(upTo maximum: Int) -> [UInt8]? {
        guard let count = number(upTo: maximum), count <= rest.count else { return nil }
        let text = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return text
    }
}
