import SimscanNative
import Testing

@Suite("The limits on a message's structure")
struct MIMELimitTests {
    /// Levels of multipart, and a blocked name at the bottom.
    private func nested(_ levels: Int) -> String {
        var message = "From: a@b\n"
        for level in 0..<levels { message += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        return message + "Content-Disposition: attachment; filename=x.exe\n\nx\n"
    }

    private func messages(_ levels: Int) -> String {
        "From: a@b\n" + String(repeating: "Content-Type: message/rfc822\n\n", count: levels)
            + "Content-Disposition: attachment; filename=x.exe\n\nx\n"
    }

    private func parts(_ count: Int) -> String {
        "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\n", count: count - 2)
            + "--b\nContent-Disposition: attachment; filename=x.exe\n\nx\n"
    }

    private func fields(_ count: Int) -> String {
        String(repeating: "a: b\n", count: count - 1) + "Content-Disposition: attachment; filename=x.exe\n\nx\n"
    }

    @Test func `Depth passes at its limit and not beyond it`() throws {
        let limits = MIMELimits(depth: 20)
        #expect(try check(nested(20), limits: limits).name == "x.exe")
        #expect(try check(nested(21), limits: limits) == .limit(.depth))
        #expect(try check(messages(20), limits: limits).name == "x.exe")
        #expect(try check(messages(21), limits: limits) == .limit(.depth))
    }

    @Test func `Parts pass at their limit and not beyond it`() throws {
        let limits = MIMELimits(parts: 30)
        #expect(try check(parts(30), limits: limits).name == "x.exe")
        #expect(try check(parts(31), limits: limits) == .limit(.parts))
    }

    @Test func `Fields pass at their limit and not beyond it`() throws {
        let limits = MIMELimits(fields: 40)
        #expect(try check(fields(40), limits: limits).name == "x.exe")
        #expect(try check(fields(41), limits: limits) == .limit(.fields))
    }

    @Test func `Header bytes pass at their limit and not beyond it`() throws {
        let head = "Subject: 1234567890\n"
        let message = String(repeating: head, count: 10) + "\nbody\n"
        #expect(try check(message, limits: MIMELimits(headerBytes: 200)) == .nothing)
        #expect(try check(message, limits: MIMELimits(headerBytes: 199)) == .limit(.headerBytes))
    }

    @Test func `What an honest message may have passes under the defaults`() throws {
        #expect(try check(nested(500)).name == "x.exe")
        #expect(try check(messages(500)).name == "x.exe")
        #expect(try check(parts(1000)).name == "x.exe")
        #expect(try check(fields(10_000)).name == "x.exe")
        let long = String(repeating: "a", count: 1_048_576)
        #expect(try check("Subject: \(long)\n" + fields(1)).name == "x.exe")
        #expect(try check("Content-Type: text/plain; charset=\(long)\n" + fields(1)).name == "x.exe")
        #expect(try check("Content-Disposition: attachment; filename=\(long).exe\n\n").match != nil)
    }

    @Test func `A patch with a hundred thousand lines of dashes passes`() throws {
        let patch = String(repeating: "--- a line that goes\n-- another\n--\n", count: 33_334)
        #expect(try check("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\(patch)--b--\n") == .nothing)
        #expect(try check("From: a@b\n\n\(patch)") == .nothing)
    }

    @Test(arguments: [
        "Content-Disposition: a", "From: a@b\n", "Content-Type: multipart/mixed; boundary=b\n\n--b",
        "Content-Type: message/rfc822\n\n", "\n", "", "--", "\r", ":", "\0",
    ])
    func `A message that stops anywhere is no trouble`(_ start: String) throws {
        #expect(try check(start) == .nothing)
    }
}
