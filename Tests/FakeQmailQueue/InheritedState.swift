import Glibc

/// What the program was given beside its message: descriptors, environment, signals, umask, directory, limits.
struct InheritedState {
    /// Records `name value`, each with a NUL behind it.
    private(set) var records: [UInt8] = []

    /// Looks at once; nothing may be open by then that was not inherited.
    init() {
        for fd in Int32(0)..<256 where fcntl(fd, F_GETFD) >= 0 {
            add("fd", "\(fd) \(kind(of: fd)) \(link("/proc/self/fd/\(fd)"))")
        }
        var variable = environ
        while let text = variable.pointee {
            add("env", String(cString: text))
            variable += 1
        }
        for number in Int32(1)..<65 {
            var action = sigaction()
            if sigaction(number, nil, &action) == 0, isIgnored(action) { add("ignored", "\(number)") }
        }
        var blocked = sigset_t()
        sigprocmask(SIG_BLOCK, nil, &blocked)
        for number in Int32(1)..<65 where sigismember(&blocked, number) == 1 { add("blocked", "\(number)") }
        let mask = umask(0)
        umask(mask)
        add("umask", String(mask, radix: 8))
        add("directory", link("/proc/self/cwd"))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        add("fsize", "\(limit.rlim_cur)")
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        add("core", "\(limit.rlim_cur)")
        add("user", "\(getuid()) \(geteuid()) \(getgid()) \(getegid())")
        for wall in ["NoNewPrivs", "Seccomp"] { add("wall", "\(wall) \(status(wall))") }
        for argument in CommandLine.arguments { add("argument", argument) }
    }

    private mutating func add(_ name: String, _ value: String) {
        records += Array("\(name) \(value)".utf8) + [0]
    }

    private func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// How it may be used: `r`, `w` or `rw`, and `@` with its offset where it has one.
    private func kind(of fd: Int32) -> String {
        let names = [O_RDONLY: "r", O_WRONLY: "w", O_RDWR: "rw"]
        let offset = lseek(fd, 0, SEEK_CUR)
        return (names[fcntl(fd, F_GETFL) & O_ACCMODE] ?? "?") + (offset >= 0 ? "@\(offset)" : "")
    }

    /// A line of `/proc/self/status`.
    private func status(_ field: String) -> String {
        guard let file = fopen("/proc/self/status", "r") else { return "?" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if text.hasPrefix(field + ":") { return String(text.dropFirst(field.count + 1).filter { $0.isNumber }) }
        }
        return "?"
    }

    private func link(_ path: String) -> String {
        var room = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &room, room.count)
        return count < 0 ? "?" : String(decoding: room[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
