import Testing

@testable import SimscanNative

/// What fuzzers have found once, in Fuzz/findings.
@Suite struct FuzzFindingTests {
    private static let directory =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Fuzz/findings"

    @Test(arguments: ["mime-archive-without-format", "mime-base64-odd-lines"])
    func `A message that once crashed the check, or depended on how it came, is looked at to its end`(
        file: String
    ) throws {
        let message = CorpusTests.bytes(of: Self.directory + "/" + file)
        try #require(!message.isEmpty)
        let options = AttachmentOptions(
            archives: true, types: true, doubleExtension: true, rejectsEncrypted: true, rejectsBroken: true)
        #expect(try check(message, blocking: [".nothing"], options: options).match == nil)
    }

    @Test func `A name that is blocked for whoever takes the message apart is blocked ahead of that, too`() throws {
        let message = CorpusTests.bytes(of: Self.directory + "/mime-word-in-word")
        #expect(try checkPlainAndNames(message, blocking: [".scr"])?.match != nil)
        #expect(try check(message, blocking: [".scr"]).match != nil)
    }

    @Test func `A file that is called an archive, and is none, is broken`() throws {
        let options = AttachmentOptions(archives: true, rejectsBroken: true)
        for content in ["", "no archive"] {
            let message = "Content-Type: application/zip; name=a.zip\n\n" + content
            guard case .broken = try check(message.utf8, blocking: [".exe"], options: options) else {
                Issue.record("“\(content)” is taken for an archive")
                continue
            }
        }
    }
}
