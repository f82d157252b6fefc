import Glibc
import SimscanNative
import Testing

@Suite("The corpus of hidden attachments")
struct CorpusTests {
    /// One line of corpus.tsv.
    struct Entry: Sendable, CustomTestStringConvertible {
        let file: String
        let isHostile: Bool
        let name: String
        let needs: String

        var testDescription: String { file }
    }

    /// Tests/Corpus, two directories up from this file's.
    static let directory =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Corpus"

    static let entries: [Entry] = {
        let text = String(decoding: bytes(of: directory + "/corpus.tsv"), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let columns = line.split(separator: "\t").map(String.init)
            return Entry(file: columns[0], isHostile: columns[1] == "block", name: columns[2], needs: columns[3])
        }
    }()

    static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    @Test func `The corpus has as many harmless messages as hostile ones`() {
        #expect(Self.entries.count { $0.isHostile } >= 150)
        #expect(Self.entries.count { $0.isHostile } == Self.entries.count { !$0.isHostile })
    }

    @Test func `Every hidden name is found, and every harmless one passes`() throws {
        for entry in Self.entries {
            let message = Self.bytes(of: Self.directory + "/" + entry.file)
            try #require(!message.isEmpty, "\(entry.file)")
            let finding = try check(
                message, blocking: [".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"],
                options: AttachmentOptions(
                    archives: entry.needs != "-", types: entry.needs == "attach-types",
                    doubleExtension: entry.needs == "double-extension"))
            #expect((finding != .nothing) == entry.isHostile, "\(entry.file): \(finding)")
        }
    }

    @Test func `What our own code says without a library is what is said with all of them`() throws {
        var judged = 0
        for entry in Self.entries {
            let message = Self.bytes(of: Self.directory + "/" + entry.file)
            let suffixes = [".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"]
            let options = AttachmentOptions(
                archives: entry.needs != "-", types: entry.needs == "attach-types",
                doubleExtension: entry.needs == "double-extension")
            guard let finding = try checkPlain(message, blocking: suffixes, options: options) else { continue }
            judged += 1
            #expect(try finding == check(message, blocking: suffixes, options: options), "\(entry.file)")
        }
        // Most of them hide their names where it takes more.
        #expect(judged >= 50, "\(judged)")
    }
}
