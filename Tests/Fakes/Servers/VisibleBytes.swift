/// Bytes as text that can be read in a message to a person: `zPING\0`, `Spam: True\r\n`, `\xff`.
///
/// Bytes beyond the limit are not shown; their number is.
package func visible(_ bytes: some Collection<UInt8>, upTo limit: Int = 160) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
        switch byte {
        case 0: text += "\\0"
        case UInt8(ascii: "\n"): text += "\\n"
        case UInt8(ascii: "\r"): text += "\\r"
        case UInt8(ascii: "\\"): text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    let left = bytes.count - limit
    return left > 0 ? text + " (and \(left) bytes more)" : text
}
