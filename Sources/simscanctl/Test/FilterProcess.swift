import Foundation
import SimscanNative
import SystemPackage

/// One run of a filter with the contract of qmail-queue (qmail-queue(8)), and a channel for its reject text.
struct FilterProcess {
    /// The filter, behind what starts it.
    let command: [String]
    let environment: [String]

    struct Result {
        /// Nil where a signal ended it.
        let status: Int32?
        let rejectText: [UInt8]
        let logLines: [String]

        /// The state of the message's own line.
        var state: String? {
            logLines.lazy.compactMap(Self.state).first { $0 != "NOTE" && $0 != "DEBUG" }
        }

        /// What the notes say.
        var notes: [String] {
            logLines.filter { Self.state($0) == "NOTE" }.map { line in
                // The text stands behind the time.
                line.split(separator: ":").dropFirst(4).first.map(String.init) ?? line
            }
        }

        private static func state(_ line: String) -> String? {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 3, fields[0] == "simscan" else { return nil }
            return fields[2].range(of: " (").map { String(fields[2][..<$0.lowerBound]) } ?? String(fields[2])
        }
    }

    /// The classic patch's descriptor for the text.
    private static let rejectDescriptor: Int32 = 4

    /// Runs it to its end; it has a deadline of its own.
    ///
    /// - Throws: `Failure` where it cannot be started.
    func run(_ message: [UInt8], envelope: [UInt8]) throws(Failure) -> Result {
        do {
            let files = try [message, envelope, []].map { bytes in
                let file = try UnnamedFile(in: Workdir(FileManager.default.temporaryDirectory.path))
                try file.descriptor.writeAll(bytes)
                return file.descriptor
            }
            defer { for file in files { try? file.close() } }
            let pipe = try FileDescriptor.pipe(options: .closeOnExec)
            defer { try? pipe.readEnd.close() }
            let process = try start([0: files[0], 1: files[1], 2: files[2], Self.rejectDescriptor: pipe.writeEnd])
            try pipe.writeEnd.close()
            let text = try pipe.readEnd.readToEnd()
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            let exited = status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
            try files[2].seek(offset: 0, from: .start)
            let log = String(decoding: try files[2].readToEnd(), as: UTF8.self)
            return Result(status: exited, rejectText: text, logLines: log.split(separator: "\n").map(String.init))
        } catch {
            throw Failure(command[0] + ": " + ((error as? Errno)?.description ?? "cannot be run"), status: EX_OSERR)
        }
    }

    private func start(_ descriptors: [Int32: FileDescriptor]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // From the lowest: a source that stands where a later one goes has been taken by then.
        for (target, source) in descriptors.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_adddup2(&actions, source.rawValue, target)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }
}

extension FileDescriptor {
    fileprivate func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
                count = try read(into: UnsafeMutableRawBufferPointer(room))
            }
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }
}
