import Glibc
import SimscanNative
import SystemPackage

/// Decoded parts, in memory.
struct Decoded {
    let contents: [[UInt8]]
    let paths: [String]
    let isComplete: Bool
}

func withSpooled<Result>(_ bytes: [UInt8], _ body: (SpooledMessage) throws -> Result) throws -> Result {
    guard let file = tmpfile() else { throw Errno(rawValue: errno) }
    defer { fclose(file) }
    let descriptor = FileDescriptor(rawValue: fileno(file))
    _ = try descriptor.writeAll(bytes)
    return try body(SpooledMessage(descriptor: descriptor, start: 0, size: Int64(bytes.count)))
}

func spool<Result>(
    _ message: [UInt8], limits: MIMELimits = MIMELimits(), _ body: (DecodedParts) throws -> Result
) throws -> Result {
    try withSpooled(message) { message in
        try withSpooled([]) { file in
            try body(DecodedParts(of: message, limits: limits, in: file.descriptor))
        }
    }
}

func decoded(_ message: [UInt8], limits: MIMELimits = MIMELimits()) throws -> Decoded {
    try spool(message, limits: limits) { parts in
        let contents = try parts.parts.map { part in
            var bytes = [UInt8](repeating: 0, count: Int(part.content.size))
            let count = try bytes.withUnsafeMutableBytes {
                try part.content.descriptor.read(fromAbsoluteOffset: part.content.start, into: $0)
            }
            return Array(bytes.prefix(count))
        }
        return Decoded(contents: contents, paths: parts.parts.map(\.path), isComplete: parts.isComplete)
    }
}

// MARK: Encoders

func base64(_ bytes: [UInt8], width: Int = 76) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text: [Character] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        if !text.isEmpty, width < .max, start / 3 * 4 % width == 0 { text.append("\n") }
        for index in 0..<4 { text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : "=") }
    }
    return String(text)
}

/// Bytes that do not belong into base64, which decoders pass over.
func junk(_ text: String) -> String {
    var result = ""
    for (index, character) in text.enumerated() {
        if index % 7 == 5 { result += "* -" }
        result.append(character)
    }
    return result
}

func quoted(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF")
    var text = ""
    for (index, byte) in bytes.enumerated() {
        text += "=" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
        if index % 24 == 23 { text += "=\n" }
    }
    // A soft line break: the line end behind the file is none of it.
    return text + "=\n"
}

func uuencode(_ bytes: [UInt8], zero: UInt8 = 0x60, strips: Bool = false) -> String {
    var lines = ["begin 644 file"]
    for start in stride(from: 0, to: bytes.count, by: 45) {
        let line = Array(bytes[start..<min(start + 45, bytes.count)])
        var text = [UInt8(line.count) + 0x20]
        for group in stride(from: 0, to: line.count, by: 3) {
            let bits = (0..<3).reduce(0) { $0 << 8 | (group + $1 < line.count ? Int(line[group + $1]) : 0) }
            for index in 0..<4 {
                let value = UInt8(bits >> (18 - 6 * index) & 63)
                text.append(value == 0 ? zero : value + 0x20)
            }
        }
        // No line loses more than one group of blanks, as a mail program leaves it.
        if strips { for _ in 0..<3 where text.last == 0x20 { text.removeLast() } }
        lines.append(String(decoding: text, as: UTF8.self))
    }
    return lines.joined(separator: "\n") + "\n`\nend\n"
}

func yEnc(_ bytes: [UInt8]) -> [UInt8] {
    var output = Array("=ybegin line=128 size=\(bytes.count) name=file\n".utf8)
    for (index, byte) in bytes.enumerated() {
        let encoded = byte &+ 42
        output += [0x00, 0x0A, 0x0D, 0x3D].contains(encoded) ? [0x3D, encoded &+ 64] : [encoded]
        if index % 128 == 127 { output.append(0x0A) }
    }
    return output + Array("\n=yend size=\(bytes.count)\n".utf8)
}

/// - Parameters:
///   - rawFork: a data fork that is in runs already.
///   - length: what the header says of its length.
func binHex(_ bytes: [UInt8], rawFork: [UInt8]? = nil, length: Int? = nil) -> [UInt8] {
    func big(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    func escaped(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { $0 == 0x90 ? [0x90, 0] : [$0] } }
    var raw: [UInt8] = [4]
    raw += Array("file".utf8) + [0]
    raw += Array("TEXTttxt".utf8) + [0, 0]
    raw += escaped(big(length ?? bytes.count))
    raw += big(0) + [0, 0]
    raw += rawFork ?? escaped(bytes)
    raw += [0, 0, 0, 0]
    let digits = Array("!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr".utf8)
    var text = Array(":".utf8)
    var column = 1
    for start in stride(from: 0, to: raw.count, by: 3) {
        let bits = (0..<3).reduce(0) { $0 << 8 | (start + $1 < raw.count ? Int(raw[start + $1]) : 0) }
        for index in 0..<4 {
            text.append(digits[bits >> (18 - 6 * index) & 63])
            column += 1
            if column % 64 == 0 { text.append(0x0A) }
        }
    }
    return Array("(This file must be converted with BinHex 4.0)\n\n".utf8) + text + Array(":\n".utf8)
}

/// A winmail.dat ([MS-OXTNEF]) with these files and wrong checksums.
func tnef(_ files: [[UInt8]]) -> [UInt8] {
    func little(_ number: Int) -> [UInt8] { [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) } }
    let checksum: [UInt8] = [0xBA, 0xAD]
    var container: [UInt8] = [0x78, 0x9F, 0x3E, 0x22, 1, 0]
    for file in files {
        container += [0x02, 0x0F, 0x80, 0x06, 0x00]
        container += little(file.count)
        container += file + checksum
        container += [0x02, 0x10, 0x80, 0x01, 0x00]
        container += little(6)
        container += Array("a.txt".utf8) + [0] + checksum
    }
    return container
}
