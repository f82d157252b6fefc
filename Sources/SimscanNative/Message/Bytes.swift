internal import Glibc

// Small questions about bytes that every reader of mail asks.

/// Whether these bytes stand anywhere between there and there.
func find(_ needle: [UInt8], in start: UnsafeRawPointer, count: Int) -> Bool {
    guard let first = needle.first else { return true }
    var position = start
    let end = start + count
    while end - position >= needle.count, let found = memchr(position, Int32(first), end - position) {
        let candidate = UnsafeRawPointer(found)
        if end - candidate < needle.count { return false }
        if memcmp(candidate, needle, needle.count) == 0 { return true }
        position = candidate + 1
    }
    return false
}

@inline(__always)
func asciiLowercase(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}

@inline(__always)
func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09
}

/// Space and everything below it, and DEL.
@inline(__always)
func isBlankOrControl(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F
}

/// What is left when such bytes are taken off both ends.
func trimmed(_ bytes: ArraySlice<UInt8>, of unwanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    var rest = bytes
    while let byte = rest.first, unwanted(byte) { rest.removeFirst() }
    while let byte = rest.last, unwanted(byte) { rest.removeLast() }
    return rest
}

/// Whether the bytes are this word in any case.
func isWord(_ bytes: some Collection<UInt8>, _ word: StaticString) -> Bool {
    bytes.count == word.utf8CodeUnitCount && startsWithWord(bytes, word)
}

/// Whether the bytes begin with this word in any case. The word is lower case.
func startsWithWord(_ bytes: some Collection<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count >= word.utf8CodeUnitCount else { return false }
    var index = bytes.startIndex
    for offset in 0..<word.utf8CodeUnitCount {
        if asciiLowercase(bytes[index]) != word.utf8Start[offset] { return false }
        bytes.formIndex(after: &index)
    }
    return true
}

/// The value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
