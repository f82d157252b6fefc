import SimscanNative
import Testing

@Suite("The Received line")
struct ReceivedLineTests {
    private func text(_ scanners: [ReceivedLine.Scanner]) -> String {
        let line = ReceivedLine(scanners: scanners, elapsed: .milliseconds(4700) + .microseconds(730))
        return String(
            decoding: line.bytes(at: 1_795_340_170, processID: 25400, parentProcessID: 25399), as: UTF8.self)
    }

    @Test("names the scanners that looked, with their versions and the time")
    func scanners() {
        let scanners = [
            ReceivedLine.Scanner(name: "attach", version: "1.0.0"),
            ReceivedLine.Scanner(name: "clamav", version: "1.4.6/m:62/d:27000"),
            ReceivedLine.Scanner(name: "spam", version: nil),
        ]
        let expected = """
            Received: by simscan 1.0.0 (ppid: 25399, pid: 25400, t: 4.7007s)
            \t(scanners: attach: 1.0.0 clamav: 1.4.6/m:62/d:27000 spam: -); 22 Nov 2026 09:36:10 -0000

            """
        #expect(text(scanners) == expected)
    }

    @Test("says none where nobody looked")
    func none() {
        #expect(text([]).contains("\t(scanners: none); "))
    }

    @Test("is not torn by a version that holds line ends, parentheses or too much")
    func hostileVersion() {
        let line = text([
            ReceivedLine.Scanner(name: "clamav", version: "1\n\nX: (y)" + String(repeating: "z", count: 5000))
        ])
        #expect(line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 2)
        #expect(line.contains("clamav: 1??X: _y_zz"))
        #expect(line.utf8.count <= Int(Spool.receivedRoom))
    }
}
