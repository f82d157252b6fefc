/// Text made of strangers' bytes. Every byte of a message, an envelope or a scanner's answer that is shown to
/// anybody goes through here.
enum Text {
    private static let printable: ClosedRange<UInt8> = 0x20...0x7E

    /// For an SMTP reply (RFC 5321, section 4.2): printable ASCII, `?` for every other byte.
    static func printableASCII(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.map { printable.contains($0) ? $0 : UInt8(ascii: "?") }
    }

    /// For a field of a log line: no control bytes, and no `:`, which separates fields.
    ///
    /// Bytes above 127 stay: subjects are in the language of their readers.
    static func logField(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.map { byte in
            switch byte {
            case UInt8(ascii: ":"): UInt8(ascii: "_")
            case 0..<0x20, 0x7F: UInt8(ascii: "?")
            default: byte
            }
        }
    }

    /// For an address in a log line: as `logField`, in lower case, and no `,`, which separates addresses.
    static func logAddress(_ bytes: some Collection<UInt8>) -> [UInt8] {
        logField(bytes.asciiLowercased).map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "_") : $0 }
    }

    /// A number with this many digits after the point, as `%.*f` prints it; `inf` where it is infinite.
    static func decimal(_ number: Double, digits: Int) -> String {
        guard number.isFinite else { return number < 0 ? "-inf" : "inf" }
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        // Scores and seconds are small; what is not is shown as the largest that is.
        let scaled = Int64((min(abs(number), 1e12) * Double(scale)).rounded())
        var fraction = String(scaled % scale)
        while fraction.utf8.count < digits { fraction = "0" + fraction }
        return (number < 0 && scaled > 0 ? "-" : "") + String(scaled / scale) + "." + fraction
    }
}
