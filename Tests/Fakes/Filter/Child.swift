import CLinux
import Glibc
import SystemPackage

/// Starting a program with exactly the descriptors that it must have, which Foundation's `Process` cannot do.
enum Child {
    /// Descriptors of ours that a child gets under another number are at least this, so that no number that a
    /// child may want (0 to 19) is in the way.
    private static let firstSourceFD: Int32 = 20

    /// A pipe whose ends no child inherits by accident.
    ///
    /// - Throws: `Errno` of `pipe2(2)` or `fcntl(2)`.
    static func pipe() throws(Errno) -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
        // A write to a child that has gone is an error of that write, not the end of the tests.
        signal(SIGPIPE, SIG_IGN)
        let ends = try FileDescriptor.pipe(options: .closeOnExec)
        return (try moveUp(ends.readEnd), try moveUp(ends.writeEnd))
    }

    /// Opens a file; no child inherits the descriptor by accident.
    ///
    /// - Throws: `Errno` of `open(2)` or `fcntl(2)`.
    static func open(
        _ path: String, _ mode: FileDescriptor.AccessMode, create: Bool = false
    ) throws(Errno) -> FileDescriptor {
        do {
            return try moveUp(
                FileDescriptor.open(
                    FilePath(path), mode, options: create ? [.closeOnExec, .create, .truncate] : [.closeOnExec],
                    permissions: .ownerReadWrite))
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    private static func moveUp(_ descriptor: FileDescriptor) throws(Errno) -> FileDescriptor {
        let moved = fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, firstSourceFD)
        let failure = Errno(rawValue: errno)
        try? descriptor.close()
        guard moved >= 0 else { throw failure }
        return FileDescriptor(rawValue: moved)
    }

    /// Starts a program.
    ///
    /// Its signals are at their defaults and none is blocked; it has the descriptors that are named, and no other.
    ///
    /// - Parameters:
    ///   - command: the path of the program and its arguments.
    ///   - environment: all of it.
    ///   - descriptors: the numbers in the child, and what they are.
    ///   - directory: where it starts; nil is ours.
    /// - Returns: the process id.
    /// - Throws: `Errno` of `posix_spawn(3)`, which says also why the program could not be exec'd.
    static func start(
        _ command: [String], environment: [String: String], descriptors: [Int32: FileDescriptor],
        directory: String? = nil
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for target in 0..<firstSourceFD {
            if let source = descriptors[target] {
                posix_spawn_file_actions_adddup2(&actions, source.rawValue, target)
            } else {
                posix_spawn_file_actions_addclose(&actions, target)
            }
        }
        _ = linux_spawn_close_from(&actions, firstSourceFD)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let words = directory.map { ["/usr/bin/env", "--chdir=" + $0] + command } ?? command
        var pid: pid_t = 0
        let result = withCStrings(words) { arguments in
            withCStrings(environment.map { $0.key + "=" + $0.value }) { variables in
                posix_spawn(&pid, words[0], &actions, &attributes, arguments, variables)
            }
        }
        guard result == 0 else { throw Errno(rawValue: result) }
        return pid
    }

    /// Calls with an array of C strings that ends in NULL, as `execve(2)` wants it.
    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: copies.count)
        defer { array.deallocate() }
        array.initialize(from: copies, count: copies.count)
        return body(array)
    }
}
