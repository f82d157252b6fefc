internal import CLinux
internal import Glibc
package import SystemPackage

/// A child process that takes a message apart, behind walls, so that a parser in a stranger's hands can reach
/// nothing: no file, no socket, no other process (`landlock(7)`, `seccomp(2)`).
///
/// The parent cannot be behind them itself: `no_new_privs` would take the rights from a setuid qmail-queue.
package struct Cage {
    /// How a child ended.
    package enum Ending: Equatable {
        /// With an answer, which is still to be read.
        case answered(CageWalls, [UInt8])
        /// Without one; the text says why.
        case died(String)
        /// For want of memory, of which the caller allows less than the cage does.
        case outOfMemory
        /// For a reason that is not the message: a system call failed, or somebody killed it.
        case disturbed(String)
        /// It was not ready in time. What a message can do about that is to take processor time, which has a limit of
        /// its own; a machine that is slow, or a child that was stopped, is not the sender's affair.
        case late
    }

    /// The longest answer: 4096 parts with their paths.
    static let maximumAnswerBytes = 4_194_304
    /// What one read takes at most: the capacity of a Linux pipe.
    private static let blockBytes = 65_536

    private let limits: CageLimits
    /// What must be done while files can still be opened.
    private let prepare: () -> Void

    package init(limits: CageLimits, prepare: @escaping () -> Void = {}) {
        self.limits = limits
        self.prepare = prepare
    }

    /// Runs a body in a child, and waits for the child's end.
    ///
    /// - Parameters:
    ///   - message: what the child can read, under a descriptor of its own; nil where it has all in memory.
    ///   - output: a file that the child can write, as descriptor 2.
    ///   - deadline: when the child is killed.
    ///   - body: runs in the child; what it adds is the answer, which is sent when it returns.
    /// - Throws: an `Errno` where no child can be made.
    package func run(
        on message: FileDescriptor?, output: FileDescriptor?, until deadline: Instant,
        _ body: (inout AnswerWriter) -> Void
    ) throws(Errno) -> Ending {
        var ends: [CInt] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        let child = cage_fork()
        if child == 0 { live(message, ends[1], output, body) }
        let failure = Errno(rawValue: errno)
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else { throw failure }
        let answer = listen(to: ends[0], until: deadline)
        return ending(answer, cage_end_child(child))
    }

    /// The child's life.
    private func live(
        _ message: FileDescriptor?, _ answerEnd: CInt, _ output: FileDescriptor?, _ body: (inout AnswerWriter) -> Void
    ) -> Never {
        guard cage_take_descriptors(message?.rawValue ?? -1, answerEnd, output?.rawValue ?? -1) == 0 else {
            cage_exit(CInt(cage_no_descriptor_status))
        }
        prepare()
        var raw = limits.raw
        var answer = AnswerWriter()
        CageWalls(cage_close(&raw)).write(to: &answer)
        body(&answer)
        // No destructors, and nothing that the parent has not written yet is written twice.
        cage_exit(answer.send() ? 0 : CInt(cage_no_descriptor_status))
    }

    // MARK: The parent

    private enum Answer {
        /// All that the child has announced.
        case whole([UInt8])
        /// The child has closed its end before that.
        case cutOff
        case tooLong
        case tooLate
        case unheard(Errno)
    }

    private func listen(to descriptor: CInt, until deadline: Instant) -> Answer {
        var bytes: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { block.deallocate() }
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, (deadline - .now).milliseconds)
            if ready < 0 {
                if errno == EINTR { continue }
                return .unheard(Errno(rawValue: errno))
            }
            guard ready > 0 else { return .tooLate }
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0 {
                if errno == EINTR { continue }
                return .unheard(Errno(rawValue: errno))
            }
            guard count > 0 else { return .cutOff }
            bytes.append(contentsOf: block[..<count])
            var reader = AnswerReader(bytes)
            guard let announced = reader.number() else { continue }
            guard announced <= Self.maximumAnswerBytes, reader.rest.count <= announced else { return .tooLong }
            if reader.rest.count == announced { return .whole(Array(reader.rest)) }
        }
    }

    private func ending(_ answer: Answer, _ end: cage_end) -> Ending {
        switch answer {
        case .tooLate: return .late
        case .tooLong: return .died("an answer without end")
        case .unheard(let error): return .disturbed("its answer cannot be read, " + error.description)
        case .whole(let bytes):
            var reader = AnswerReader(bytes)
            guard let walls = CageWalls(&reader) else { return .died("no answer") }
            return .answered(walls, Array(reader.rest))
        case .cutOff: return ending(end)
        }
    }

    /// Without an answer.
    private func ending(_ end: cage_end) -> Ending {
        let status = end.exit_status
        if status == CInt(cage_no_memory_status) { return isCallersLimitLower ? .outOfMemory : .died("out of memory") }
        if status == CInt(cage_no_descriptor_status) { return .disturbed("a system call failed") }
        // The kernel counts by the tick.
        if end.signal == SIGKILL, end.cpu_milliseconds >= Int64(limits.seconds) * 1000 - 100 {
            return .died("out of processor time")
        }
        // Nothing that a parser does brings these, but an administrator may, or a machine that is out of memory.
        if [SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM].contains(end.signal) {
            return .disturbed("ended by signal " + String(end.signal))
        }
        if end.signal != 0 { return .died("ended by signal " + String(end.signal)) }
        if status > CInt(cage_crash_status) {
            return .died("ended by signal " + String(status - CInt(cage_crash_status)))
        }
        return .died(status > 0 ? "exit status " + String(status) : "no answer")
    }

    private var isCallersLimitLower: Bool {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 && limit.rlim_cur < limits.memoryBytes
    }
}
