import ArgumentParser
import CGMime
import CLibrariesOnDemand
import Glibc
import SimscanNative
import SystemPackage

/// Runs the corpus and prints a table: what the check says, what GMime alone would have found, and ripmime.
struct Table: ParsableCommand {
    static let suffixes = [".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"]

    @Argument(help: "The directory that holds corpus.tsv.")
    var directory: String

    @Flag(help: "Only what is wrong.")
    var quiet = false

    func run() throws {
        gobject_start()
        g_mime_init()
        var wrong = 0
        var counts = (ours: 0, gmime: 0, ripmime: 0, hostile: 0, all: 0)
        if !quiet { print(row("message", "must", "simscan", "GMime", "ripmime", "why")) }
        for columns in try entries() {
            let path = directory + "/" + columns[0]
            let (finding, names) = try check(path, needs: columns[3])
            let isBlocked = finding != .nothing
            let mustBlock = columns[1] == "block"
            // What a file is has no name that could be found.
            let hasName =
                !mustBlock || ["attach-types", "double-extension"].contains(columns[3])
                || names.contains { String(decoding: $0, as: UTF8.self).lowercased().hasSuffix(columns[2].suffix(4)) }
            let isRight = isBlocked == mustBlock && hasName
            let gmime = isBad(gmimeNames(path))
            let ripmime = isBad(ripmimeNames(path))
            counts.all += 1
            wrong += isRight ? 0 : 1
            counts.ours += isRight ? 1 : 0
            if mustBlock {
                counts.hostile += 1
                counts.gmime += gmime ? 1 : 0
                counts.ripmime += ripmime ? 1 : 0
            }
            if !isRight || !quiet {
                print(
                    row(
                        columns[0], columns[1], isRight ? (isBlocked ? "block" : "pass") : "WRONG: \(finding.text)",
                        gmime ? "block" : "pass", ripmime ? "block" : "pass", columns[4]))
            }
        }
        print(
            "\(counts.ours) of \(counts.all) right; of \(counts.hostile) hidden names plain GMime finds \(counts.gmime), ripmime \(counts.ripmime)"
        )
        if wrong > 0 { throw ExitCode(1) }
    }

    /// The lines of corpus.tsv, each five columns.
    func entries() throws -> [[String]] {
        let lines = try read(directory + "/corpus.tsv").split(separator: 0x0A).filter { $0.first != UInt8(ascii: "#") }
        return try lines.map { line in
            let columns = line.split(separator: 0x09).map { String(decoding: $0, as: UTF8.self) }
            guard columns.count == 5 else { throw ValidationError("a line of corpus.tsv has \(columns.count) columns") }
            return columns
        }
    }

    private func row(_ columns: String...) -> String {
        zip(columns, [48, 6, 8, 6, 8, 0]).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined(
            separator: " ")
    }

    func check(_ path: String, needs: String) throws -> (AttachmentFinding, [[UInt8]]) {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            let message = SpooledMessage(descriptor: file, start: 0, size: try file.seek(offset: 0, from: .end))
            let rules = AttachmentRules(suffixes: Self.suffixes.map { Array($0.utf8) }, allow: [])
            let options = AttachmentOptions(
                archives: needs != "-", types: needs == "attach-types", doubleExtension: needs == "double-extension")
            return (
                try checkAttachments(of: message, rules: rules, limits: MIMELimits(), options: options),
                try attachmentNames(of: message, limits: MIMELimits(), options: options).map(\.name)
            )
        }
    }

    func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            let size = Int(try file.seek(offset: 0, from: .end))
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }

    func isBad(_ names: [String]) -> Bool {
        names.contains { name in Self.suffixes.contains { name.lowercased().hasSuffix($0) } }
    }

    /// The names that GMime gives for the parts of its tree.
    func gmimeNames(_ path: String) -> [String] {
        var names: [String] = []
        let descriptor = open(path, O_RDONLY)
        guard let stream = g_mime_stream_fs_new(descriptor), let parser = g_mime_parser_new_with_stream(stream) else {
            return []
        }
        defer {
            g_object_unref(parser)
            g_object_unref(stream)
        }
        guard let message = g_mime_parser_construct_message(parser, nil) else { return [] }
        defer { g_object_unref(message) }
        withUnsafeMutablePointer(to: &names) { list in
            g_mime_message_foreach(
                message,
                { _, part, list in
                    guard let part, let name = gmime_part_filename(part) else { return }
                    list?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
                }, list)
        }
        return names
    }

    /// The files that ripmime writes, as the classic simscan called it.
    private func ripmimeNames(_ path: String) -> [String] {
        var template = Array("/tmp/simscan-corpus-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return [] }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { rmdir(directory) }
        let arguments = ["ripmime", "--disable-qmail-bounce", "-i", path, "-d", directory]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var pid = pid_t()
        guard posix_spawnp(&pid, "ripmime", &actions, nil, &pointers, environ) == 0 else { return [] }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        var names: [String] = []
        guard let open = opendir(directory) else { return [] }
        while let entry = readdir(open) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            names.append(name)
            unlink(directory + "/" + name)
        }
        closedir(open)
        return names
    }
}
