import SpamdProtocol
import Testing

@Test(
    arguments: [
        (.ping, nil, nil, false, "PING SPAMC/1.5\r\n\r\n"),
        (.check, 133, nil, false, "CHECK SPAMC/1.5\r\nContent-length: 133\r\n\r\n"),
        (.symbols, 0, nil, false, "SYMBOLS SPAMC/1.5\r\nContent-length: 0\r\n\r\n"),
        (.report, nil, nil, false, "REPORT SPAMC/1.5\r\n\r\n"),
        (.reportIfSpam, nil, nil, false, "REPORT_IFSPAM SPAMC/1.5\r\n\r\n"),
        (
            .process, Int64.max, "a@example.org", false,
            "PROCESS SPAMC/1.5\r\nContent-length: 9223372036854775807\r\nUser: a@example.org\r\n\r\n"
        ),
        (
            .headers, 7, "Jörg Blank", true,
            "HEADERS SPAMC/1.5\r\nContent-length: 7\r\nUser: Jörg Blank\r\nCompress: zlib\r\n\r\n"
        ),
    ] as [(SpamdMethod, Int64?, String?, Bool, Wire)])
func `a request's head ends with an empty line`(
    method: SpamdMethod, length: Int64?, user: String?, compress: Bool, head: Wire
) {
    let request = SpamdRequest(
        method: method, contentLength: length, user: user.map { bytes($0) }, compress: compress)
    #expect(request?.head == head.bytes)
}

@Test(arguments: ["", "a\r\nCompress: zlib", "a\n", "a\r", "a\0", "a\u{1}b", "a\tb", "a\u{7F}"] as [Wire])
func `a user that spamd would refuse, or that would begin a header, is not sent`(user: Wire) {
    #expect(SpamdRequest(method: .check, contentLength: 1, user: user.bytes) == nil)
}

@Test func `a user as long as the longest address is sent, and one byte more is not`() {
    let longest = bytes(SpamdRequest.maximumUserBytes, of: "u")
    #expect(SpamdRequest(method: .check, contentLength: 1, user: longest) != nil)
    #expect(SpamdRequest(method: .check, contentLength: 1, user: longest + bytes("u")) == nil)
}

@Test func `only PROCESS and HEADERS return a message`() {
    let methods: [SpamdMethod] = [.ping, .check, .symbols, .report, .reportIfSpam, .process, .headers]
    #expect(methods.filter(\.returnsMessage) == [.process, .headers])
}

@Test func `a compressed message without its length is our own mistake, since spamd refuses it`() async {
    await #expect(processExitsWith: .failure) {
        _ = SpamdRequest(method: .check, contentLength: nil, user: nil, compress: true)
    }
}
