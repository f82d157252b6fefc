import Fakes
import Glibc
import Synchronization
import Tracer

/// One system call of a run, and what is done to it.
struct FaultPoint {
    let call: tracer_call
    let fault: tracer_fault

    var description: String {
        let name = String(cString: tracer_name_of(call.number))
        let place = "\(name) #\(call.occurrence)" + (call.process == 0 ? "" : " of child \(call.process)")
        switch fault.action {
        case tracer_kill_before: return "killed before " + place
        case tracer_kill_after: return "killed after " + place
        case tracer_short: return "short " + place
        default:
            let error = String(cString: strerror(fault.error))
            return error + (fault.lasting != 0 ? " from " + place + " on" : " at " + place)
        }
    }

    var isKill: Bool { fault.action == tracer_kill_before || fault.action == tracer_kill_after }

    /// Everything that can go wrong with a call.
    static func all(of call: tracer_call) -> [FaultPoint] {
        func point(_ action: tracer_action, _ error: CInt = 0, lasting: Bool = false) -> FaultPoint {
            FaultPoint(
                call: call,
                fault: tracer_fault(
                    action: action, process: call.process, number: call.number, occurrence: call.occurrence,
                    error: error, lasting: lasting ? 1 : 0))
        }
        var points = [point(tracer_kill_before)]
        // Nothing of ours comes after these.
        if tracer_name_of(call.number).map({ String(cString: $0) }) != "exit_group" {
            points.append(point(tracer_kill_after))
        }
        let (errors, lasting, isShort) = possible(for: tracer_kind_of(call.number))
        points += errors.map { point(tracer_error, $0) }
        points += lasting.map { point(tracer_error, $0, lasting: true) }
        if isShort { points.append(point(tracer_short)) }
        return points
    }

    /// - Returns: errors of one call, errors that last, and whether fewer bytes than asked for are possible.
    private static func possible(
        for kind: tracer_kind
    ) -> (errors: [CInt], lasting: [CInt], isShort: Bool) {
        switch kind {
        case tracer_never: ([], [], false)
        case tracer_memory: ([ENOMEM], [ENOMEM], false)
        case tracer_wait: ([EINTR, ENOMEM, EIO], [], false)
        case tracer_read: ([EIO, EINTR, ENOMEM], [EIO], true)
        case tracer_write: ([EIO, ENOSPC, EINTR, ENOMEM, EPIPE], [EIO, ENOSPC], true)
        case tracer_socket: ([EIO, EINTR, ENOMEM, EPIPE, ECONNRESET, ENOSPC], [ENOMEM, ECONNRESET], true)
        default: ([EIO, ENOSPC, EMFILE, ENOMEM, EINTR], [EMFILE, EIO], false)
        }
    }
}

/// Point 1: every system call of a message fails, in every way.
struct FaultSection {
    let programs: Lab.Programs
    let scanners: Scanners
    /// Every so many-th fault is made; 1 is all.
    let stride: Int
    let workers: Int

    func run() throws -> Tally {
        guard tracer_can_inject() != 0 else { throw Trouble("system calls can be made to fail on x86-64 alone") }
        var tally = Tally()
        for one in try Case.all(scanners) {
            let result = try run(one)
            print("  " + result.line(one.name))
            tally.add(result)
            one.mail.discard()
            scanners.forget()
        }
        return tally
    }

    private func run(_ one: Case) throws -> Tally {
        let lab = try lab(for: one)
        defer { lab.remove() }
        // What a file of the program's brings along the first time is not the next one's.
        _ = try lab.run(one.mail)
        try lab.queue.empty()
        let plain = try lab.run(one.mail, Lab.Plan(keepsCalls: 5000))
        let judge = Judge(verdict: try one.verdict(try lab.queue.arrivals().first?.message), mail: one.mail)
        var tally = Tally()
        try judge.look(at: plain, in: lab, one.name, into: &tally)
        guard tally.isClean, plain.reply != .temporary else {
            throw Trouble(one.name + ", without a fault: " + plain.ending + ", " + plain.log)
        }
        let points = plain.calls.flatMap(FaultPoint.all)
            .enumerated().filter { $0.offset % stride == 0 }.map(\.element)

        let total = Mutex(Tally())
        let next = Mutex(0)
        try inThreads(workers) { _ in
            let lab = try self.lab(for: one)
            defer { lab.remove() }
            var tally = Tally()
            while true {
                let index = next.withLock { index in
                    defer { index += 1 }
                    return index
                }
                guard index < points.count else { break }
                try strike(points[index], one, judge, lab, &tally)
                if index % 500 == 499 { scanners.forget() }
            }
            total.withLock { $0.add(tally) }
        }
        return total.withLock { $0 }
    }

    private func lab(for one: Case) throws -> Lab {
        try Lab(programs, settings: one.settings, suffixes: one.suffixes, simcontrol: one.simcontrol)
    }

    private func strike(
        _ point: FaultPoint, _ one: Case, _ judge: Judge, _ lab: Lab, _ tally: inout Tally
    ) throws {
        let title = one.name + ", " + point.description
        let outcome = try lab.run(one.mail, Lab.Plan(fault: point.fault))
        tally.runs += 1
        tally.injected += outcome.injected
        try judge.look(at: outcome, in: lab, title, into: &tally)
        guard try !lab.workdir.names().isEmpty else { return }
        // A filter that was killed, or could not remove what trophie was shown, leaves that to the next one.
        let next = try lab.run(one.mail)
        tally.runs += 1
        try judge.look(at: next, in: lab, "after " + title, into: &tally)
        let left = try lab.workdir.names()
        if !left.isEmpty { tally.note(.leftBehind, title + ": " + left.joined(separator: " ")) }
        for name in left { lab.workdir.removeFile(name) }
    }
}
