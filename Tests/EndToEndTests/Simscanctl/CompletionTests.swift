import Fakes
import Foundation
import Testing

/// What bash offers for a half of a command, by the script that simscanctl prints.
@Suite struct CompletionTests {
    /// - Parameter words: the last one is what has been typed of the next word.
    private func offers(_ words: [String], in directory: String) throws -> [String] {
        let quoted = ([BuiltPrograms.simscanctl] + words).map { "'" + $0 + "'" }.joined(separator: " ")
        let script = """
            eval "$('\(BuiltPrograms.simscanctl)' --generate-completion-script bash)"
            COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count)
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _simscanctl simscanctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try CommandResult(of: ["/bin/bash", "-c", script], directory: directory)
        return result.text.split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        ["log"], ["log", "--html"], ["test"], ["test", "--self", "--program"], ["migrate"], ["migrate", "--output"],
        ["check", "--program"], ["check", "--clamd-conf"], ["metrics", "--output"],
        ["quarantine", "release", "--queue"],
    ]) func `Files are offered where a file is meant`(words: [String]) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write([], to: "message.eml")
        #expect(try offers(words + ["mess"], in: directory.path) == ["message.eml"])
    }

    @Test(arguments: [
        ["check", "--controldir"], ["quarantine", "list", "--quarantinedir"], ["metrics", "--statedir"],
    ]) func `Directories alone are offered where a directory is meant`(words: [String]) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write([], to: "qfile")
        try FileManager.default.createDirectory(atPath: directory.path(of: "qdir"), withIntermediateDirectories: false)
        #expect(try offers(words + ["q"], in: directory.path) == ["qdir"])
    }

    @Test(arguments: ["show", "release", "delete"]) func `The messages in quarantine are offered`(command: String)
        throws
    {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        for name in ["msg.1790000000.1.2", "msg.1790000001.1.2", "addr.1790000000.1.2", "msg.x"] {
            try directory.write([], to: name)
        }
        let words = ["quarantine", command, "--quarantinedir", directory.path]
        #expect(try offers(words + ["179"], in: "/") == ["1790000000.1.2", "1790000001.1.2"])
        #expect(try offers(words + ["1790000001"], in: "/") == ["1790000001.1.2"])
    }
}
