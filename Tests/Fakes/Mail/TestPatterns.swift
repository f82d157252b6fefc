import Foundation

/// The harmless strings that every virus scanner and every spam filter must find.
///
/// They are put together here, so that no file of this repository holds one and is taken for the thing itself.
package enum TestPatterns {
    /// The EICAR test file, 68 bytes (eicar.org).
    package static let eicar = [UInt8](
        ["X5O!P%@AP[4", "\\", "PZX54(P^)7CC)7}", "$", "EICAR-", "STANDARD-ANTIVIRUS-", "TEST-FILE!", "$H+H*"].joined()
            .utf8)

    /// GTUBE, the generic test for unsolicited bulk email, 68 bytes (SpamAssassin).
    package static let gtube = [UInt8](
        ["XJS*C4JDBQADN1.", "NSBN3*2IDNEN*", "GTUBE-STANDARD-", "ANTI-UBE-TEST-", "EMAIL*C.34X"].joined().utf8)

    /// Whether the EICAR string stands in these bytes as it is, or in base64 on lines of any length.
    package static func hasEICAR(_ message: [UInt8]) -> Bool {
        if message.contains(pattern: eicar) { return true }
        let lines = message.withoutLineBreaks()
        return encodedEICAR.contains { lines.contains(pattern: $0) }
    }

    /// Whether the GTUBE string stands in these bytes.
    package static func hasGTUBE(_ message: [UInt8]) -> Bool {
        message.contains(pattern: gtube)
    }

    /// What base64 makes of the EICAR string behind 0, 1 and 2 bytes, less the characters that its neighbours share.
    private static let encodedEICAR: [[UInt8]] = (0..<3).map { offset in
        let padded = Data([UInt8](repeating: 0, count: offset) + eicar)
        let shared = [0, 2, 3][offset]
        let whole = padded.count / 3 * 4
        return [UInt8](padded.base64EncodedData().prefix(whole).dropFirst(shared))
    }
}

extension [UInt8] {
    /// Whether these bytes stand somewhere in the array.
    package func contains(pattern: [UInt8]) -> Bool {
        guard let first = pattern.first else { return true }
        return withUnsafeBytes { bytes in
            var start = 0
            while let base = bytes.baseAddress, count - start >= pattern.count,
                let found = memchr(base + start, Int32(first), count - start - pattern.count + 1)
            {
                if memcmp(found, pattern, pattern.count) == 0 { return true }
                start = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }

    /// The bytes without CR and LF.
    func withoutLineBreaks() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for line in splitLines() {
            result += line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        return result
    }

    /// The lines, without their LF; what stands behind the last LF is the last one.
    func splitLines() -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        withUnsafeBytes { bytes in
            while let base = bytes.baseAddress, start < count,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), count - start)
            {
                let end = UnsafeRawPointer(found) - base
                lines.append(self[start..<end])
                start = end + 1
            }
        }
        lines.append(self[start...])
        return lines
    }
}
