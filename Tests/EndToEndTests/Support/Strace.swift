import Fakes
import Foundation

/// Runs of the filter under `strace(1)`, which shows what it asks the system for, and makes the system refuse.
struct Strace {
    /// One system call.
    struct Call: Sendable {
        /// Who made it.
        let process: Int
        let name: String
        /// The first call of this name in its process has 1, as `when=` counts them.
        let occurrence: Int
        /// The whole line: name, arguments and result.
        let line: String
    }

    private let directory: TemporaryDirectory
    private var log: String { directory.path(of: "trace") }
    /// Goes ahead of the program.
    let launcher: [String]

    /// - Parameters:
    ///   - calls: which are shown, of the filter and of all that it starts, as `-e trace=` has them.
    ///   - injection: what is done to which, as `-e inject=` has it.
    /// - Throws: where strace is not installed.
    init(_ calls: String = "all", inject injection: String? = nil) throws {
        let program = "/usr/bin/strace"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Complaint("strace is not installed; make test does that")
        }
        directory = try TemporaryDirectory()
        let basic = [program, "-f", "-qq", "-s", "200", "-e", "signal=none"]
        let words = basic + ["-o", directory.path(of: "trace"), "-e", "trace=\(calls)"]
        launcher = injection.map { words + ["-e", "inject=\($0)"] } ?? words
    }

    /// What was asked for, in order.
    ///
    /// - Throws: where strace has written nothing.
    func calls() throws -> [Call] {
        struct Counted: Hashable {
            let process: Int
            let name: String
        }
        var counts: [Counted: Int] = [:]
        return String(decoding: try directory.read("trace"), as: UTF8.self).split(separator: "\n").compactMap { line in
            let call = line.drop { $0.isNumber || $0 == " " }
            let process = Int(line.prefix { $0.isNumber }) ?? 0
            guard let parenthesis = call.firstIndex(of: "("), !call.hasPrefix("<"), !call.hasPrefix("-"),
                !call.hasPrefix("+")
            else { return nil }
            let name = String(call[..<parenthesis])
            let counted = Counted(process: process, name: name)
            counts[counted, default: 0] += 1
            return Call(process: process, name: name, occurrence: counts[counted, default: 0], line: String(call))
        }
    }

    func remove() { directory.remove() }
}

extension [Strace.Call] {
    /// The filter's own work: from the file for the message up to qmail-queue, what the system's loader and the
    /// libraries do before left out.
    var ofTheFilter: ArraySlice<Strace.Call> {
        let process = first?.process
        return filter { $0.process == process }.fromItsFile
    }

    private var fromItsFile: ArraySlice<Strace.Call> {
        let start = firstIndex { $0.name == "openat" && $0.line.contains("O_TMPFILE") } ?? endIndex
        let work = self[start...]
        let end = work.firstIndex { $0.name == "execve" || $0.name == "exit_group" }
        return end.map { work[...$0] } ?? work
    }
}
