import CLinux
import Glibc
import SimscanNative

/// What the child tries.
enum Deed: String, CaseIterable {
    /// Every way out that there is; it says which of them it could go.
    case escape
    /// What the parser needs; it says what it could not do.
    case work
    case loop
    case sleep
    case memory
    case crash
    case answer
    case refuse
    case silence
    case endless
    case manyFiles
    case largeFile

    /// - Parameter parent: the process that waits for the child.
    func act(_ parent: pid_t, _ answer: inout AnswerWriter) {
        switch self {
        case .escape: answer.add(text: waysOut(parent).joined(separator: " ").utf8, upTo: 4096)
        case .work: answer.add(text: hindrances().joined(separator: " ").utf8, upTo: 4096)
        case .loop: while true {}
        case .sleep:
            // What is locked twice is waited for without end.
            var mutex = pthread_mutex_t()
            pthread_mutex_init(&mutex, nil)
            while true { pthread_mutex_lock(&mutex) }
        case .memory:
            var blocks: [[UInt8]] = []
            // Untouched: what is written takes processor time, which has a limit, too.
            while true { blocks.append([UInt8](unsafeUninitializedCapacity: 1 << 24) { $1 = 0 }) }
        case .crash: preconditionFailure("as it was meant")
        case .answer: break
        case .refuse: answer.add(byte: 1)
        case .silence: cage_exit(0)
        case .endless:
            let block = [UInt8](repeating: 0x41, count: 65_536)
            while write(cage_answer_fd.descriptor, block, block.count) > 0 {}
        case .manyFiles:
            var count = 0
            while linux_memory_file("x") >= 0 { count += 1 }
            answer.add(text: String(count).utf8, upTo: 20)
        case .largeFile:
            let file = linux_memory_file("x")
            let block = [UInt8](repeating: 0x41, count: 65_536)
            var size = 0
            while case let count = write(file, block, block.count), count > 0 { size += count }
            answer.add(text: String(size).utf8, upTo: 20)
        }
    }

    private func waysOut(_ parent: pid_t) -> [String] {
        var found: [String] = []
        func attempt(_ name: String, _ succeeds: Bool) {
            if succeeds { found.append(name) }
        }
        var pair: [CInt] = [-1, -1]
        let file = cage_message_fd.descriptor
        attempt("open-read", open("/etc/passwd", O_RDONLY) >= 0)
        attempt("open-write", open("/tmp/cage-probe-was-here", O_WRONLY | O_CREAT, 0o600) >= 0)
        attempt("open-unnamed", linux_open_unnamed(AT_FDCWD, 0o600) >= 0)
        attempt("reopen", linux_reopen(file) >= 0)
        attempt("mkdir", mkdir("/tmp/cage-probe-was-here-too", 0o700) == 0)
        attempt("unlink", unlink("/tmp/cage-probe-may-go") == 0)
        attempt("chmod", chmod("/tmp", 0o777) == 0)
        attempt("access", access("/etc/passwd", F_OK) == 0)
        var room = [CChar](repeating: 0, count: 64)
        attempt("readlink", readlink("/proc/self/exe", &room, room.count) >= 0)
        attempt("socket-unix", socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0) >= 0)
        attempt("socket-inet", socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0) >= 0)
        attempt("socketpair", socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        attempt("pipe", linux_pipe(&pair) == 0)
        attempt("kill-nobody", kill(parent, 0) == 0)
        attempt("kill-parent", kill(parent, SIGKILL) == 0)
        attempt("setuid", setuid(0) == 0)
        attempt("setrlimit", raisesLimit())
        attempt("write-message", write(file, "x", 1) > 0)
        attempt("pwrite-message", pwrite(file, "x", 1, 0) > 0)
        attempt("truncate-message", ftruncate(file, 0) == 0)
        attempt("map-message", mmap(nil, 1, PROT_READ, MAP_SHARED, file, 0) != MAP_FAILED)
        attempt("map-code", mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        attempt("duplicate", dup(file) >= 0)
        attempt("chdir", chdir("/") == 0)
        let process = cage_fork()
        if process == 0 { cage_exit(0) }
        attempt("fork", process > 0)
        // Whoever gets through here says nothing any more.
        var arguments: [UnsafeMutablePointer<CChar>?] = [nil]
        attempt("execve", execve("/bin/true", &arguments, &arguments) == 0)
        return found.isEmpty ? ["nothing"] : found
    }

    private func raisesLimit() -> Bool {
        var limit = rlimit(rlim_cur: 1_000_000, rlim_max: 1_000_000)
        return setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit) == 0
    }

    private func hindrances() -> [String] {
        var found: [String] = []
        func attempt(_ name: String, _ succeeds: Bool) {
            if !succeeds { found.append(name) }
        }
        var byte: UInt8 = 0
        attempt("read", pread(cage_message_fd.descriptor, &byte, 1, 0) == 1 && byte == UInt8(ascii: "S"))
        let room = mmap(nil, 1 << 22, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        attempt("memory", room != MAP_FAILED)
        let file = linux_memory_file("archive")
        attempt("memory-file", file == cage_first_free_fd.descriptor - 1 || file == cage_first_free_fd.descriptor)
        attempt("write", write(file, "abc", 3) == 3 && pwrite(file, "d", 1, 3) == 1)
        attempt("read-back", pread(file, &byte, 1, 3) == 1 && byte == UInt8(ascii: "d"))
        attempt("close", close(file) == 0)
        return found.isEmpty ? ["nothing hinders"] : found
    }
}

extension Int {
    /// The C header's numbers come without their type.
    fileprivate var descriptor: CInt { CInt(self) }
}
