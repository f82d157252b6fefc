/// Takes bytes as they come, split anywhere: a decoder, a reader of a container, a walk through a message.
protocol ByteSink: AnyObject {
    /// The bytes are valid during the call only.
    func take(_ bytes: UnsafeRawBufferPointer)
    /// Nothing more comes.
    func end()
    /// Whether further bytes make no difference.
    var isDone: Bool { get }
}

extension ByteSink {
    var isDone: Bool { false }
}

/// How the body of a part is encoded (RFC 2045, 6).
enum TransferEncoding: UInt8 {
    case identity
    case base64
    case quotedPrintable
    case uuencode

    /// Some of them.
    struct Set: OptionSet {
        let rawValue: UInt8

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ encoding: TransferEncoding) { rawValue = 1 << encoding.rawValue }

        func forEach(_ body: (TransferEncoding) -> Void) {
            var number: UInt8 = 0
            while let encoding = TransferEncoding(rawValue: number) {
                if contains(Set(encoding)) { body(encoding) }
                number += 1
            }
        }
    }

    /// What a Content-Transfer-Encoding field says; nil for what no mail program decodes.
    init?(_ value: [UInt8]) {
        let word = value.drop(while: isBlankOrControl).prefix { !isBlankOrControl($0) && $0 != UInt8(ascii: ";") }
            .filter { $0 != UInt8(ascii: "\"") }
        if isWord(word, "base64") || isWord(word, "base-64") {
            self = .base64
        } else if isWord(word, "quoted-printable") {
            self = .quotedPrintable
        } else if startsWithWord(word, "x-uue") || isWord(word, "uuencode") || startsWithWord(word, "x-uuencode")
            || isWord(word, "uue")
        {
            self = .uuencode
        } else if isWord(word, "7bit") || isWord(word, "8bit") || isWord(word, "binary") {
            self = .identity
        } else {
            return nil
        }
    }
}

/// Decodes base64 as mail programs do: bytes outside of the alphabet are passed over, padding starts anew.
final class Base64Decoder: ByteSink {
    private let sink: any ByteSink
    private var bits: UInt32 = 0
    private var digits = 0
    /// Behind a small piece it is known whether anybody wants the rest.
    private static let pieceBytes = 8192
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes / 4 * 3 + 4, alignment: 16)

    init(into sink: any ByteSink) { self.sink = sink }

    deinit { output.deallocate() }

    func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty, !sink.isDone {
            let piece = rest.prefix(Self.pieceBytes)
            decode(UnsafeRawBufferPointer(rebasing: piece))
            rest = rest.dropFirst(piece.count)
        }
    }

    func end() { sink.end() }

    private func decode(_ bytes: UnsafeRawBufferPointer) {
        guard let input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let output = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        let count = bytes.count
        var bits = bits
        var digits = digits
        var written = 0
        var index = 0
        let table = base64Digits
        while index < count {
            if digits == 0 {
                // Whole groups, as long as nothing else stands between them.
                while index &+ 4 <= count {
                    let group =
                        table[Int(input[index])] << 18 | table[Int(input[index &+ 1])] << 12
                        | table[Int(input[index &+ 2])] << 6 | table[Int(input[index &+ 3])]
                    if group & 0xFF00_0000 != 0 { break }
                    // A fourth byte, for which there is room, is written over by the next group.
                    UnsafeMutableRawPointer(output).storeBytes(
                        of: (group << 8).bigEndian, toByteOffset: written, as: UInt32.self)
                    written &+= 3
                    index &+= 4
                }
                if index >= count { break }
            }
            let byte = input[index]
            index += 1
            if byte == UInt8(ascii: "=") {
                if digits == 2 {
                    output[written] = UInt8(truncatingIfNeeded: bits >> 4)
                    written += 1
                } else if digits == 3 {
                    output[written] = UInt8(truncatingIfNeeded: bits >> 10)
                    output[written + 1] = UInt8(truncatingIfNeeded: bits >> 2)
                    written += 2
                }
                bits = 0
                digits = 0
                continue
            }
            let value = table[Int(byte)]
            if value > 63 { continue }
            bits = bits << 6 | value
            digits += 1
            if digits == 4 {
                output[written] = UInt8(truncatingIfNeeded: bits >> 16)
                output[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                output[written + 2] = UInt8(truncatingIfNeeded: bits)
                written += 3
                bits = 0
                digits = 0
            }
        }
        self.bits = bits
        self.digits = digits
        if written > 0 { sink.take(UnsafeRawBufferPointer(start: output, count: written)) }
    }
}

/// The value of each base64 digit (RFC 4648, 4); for the other bytes a number that reaches above the 24 bits of a
/// group from each of its four places, shifted by 18, 12, 6 or not at all.
private nonisolated(unsafe) let base64Digits: UnsafePointer<UInt32> = {
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    table.initialize(repeating: 1 << 6 | 1 << 12 | 1 << 18 | 1 << 24, count: 256)
    for byte in UInt8(ascii: "+")...UInt8(ascii: "z") {
        if let value = base64Value(byte) { table[Int(byte)] = UInt32(value) }
    }
    return UnsafePointer(table)
}()

/// Decodes quoted-printable; an equals sign that stands for nothing stands for itself.
final class QuotedPrintableDecoder: ByteSink {
    private let sink: any ByteSink
    /// An equals sign and what follows it, until that can be understood.
    private var pending: [UInt8] = []
    private var output: [UInt8] = []

    init(into sink: any ByteSink) { self.sink = sink }

    func take(_ bytes: UnsafeRawBufferPointer) {
        output.removeAll(keepingCapacity: true)
        var index = 0
        while index < bytes.count {
            if pending.isEmpty {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                let mark = rest.firstIndex(of: UInt8(ascii: "=")) ?? rest.count
                output.append(contentsOf: rest[..<mark])
                index += mark
                if index < bytes.count {
                    pending.append(bytes[index])
                    index += 1
                }
            } else {
                pending.append(bytes[index])
                index += 1
                resolve()
            }
        }
        if !output.isEmpty { output.withUnsafeBytes { sink.take($0) } }
    }

    func end() {
        if !pending.isEmpty { pending.withUnsafeBytes { sink.take($0) } }
        pending.removeAll()
        sink.end()
    }

    private func resolve() {
        let last = pending[pending.count - 1]
        if last == UInt8(ascii: "\n") {
            // A soft line break: blanks may have been added behind the equals sign.
            pending.removeAll(keepingCapacity: true)
        } else if isBlank(last) || last == UInt8(ascii: "\r"), pending.count < 80,
            pending.count == 2 || isBlank(pending[1]) || pending[1] == UInt8(ascii: "\r")
        {
            return
        } else if pending.count == 2, hexValue(last) != nil {
            return
        } else if pending.count == 3, let high = hexValue(pending[1]), let low = hexValue(last) {
            output.append(high << 4 | low)
            pending.removeAll(keepingCapacity: true)
        } else {
            let isMark = last == UInt8(ascii: "=")
            output.append(contentsOf: isMark ? pending.dropLast() : pending[...])
            pending.removeAll(keepingCapacity: true)
            if isMark { pending.append(last) }
        }
    }
}
