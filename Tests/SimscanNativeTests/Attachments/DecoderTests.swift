import SimscanNative
import Testing

@Suite struct DecoderTests {
    /// A file inside of text, in base64, in lines of so many characters.
    private func message(lineLength: Int, end: String) -> String {
        let digits = "SGVsbG8uCmJlZ2luIDY0NCB0cm9qYW4uZXhlCiMwViVUCmAKZW5kCg=="
        var text = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
        for (index, digit) in digits.enumerated() {
            text.append(digit)
            if index % lineLength == lineLength - 1 { text += end }
        }
        return text
    }

    @Test(arguments: 1...60) func `Base64 is decoded whatever the length of its lines`(lineLength: Int) throws {
        for end in ["\n", "\r\n", " ", "-\n"] {
            let message = message(lineLength: lineLength, end: end)
            #expect(try check(message).name == "trojan.exe", "lines end in \(end.debugDescription)")
        }
    }
}
