import Fakes
import Glibc
import Tracer

/// One installation of the filter for one worker: control files, a working directory, a queue, a quarantine.
final class Lab: Sendable {
    let control: ControlDirectory
    let workdir: TemporaryDirectory
    let queue: FakeQueue
    let quarantine: TemporaryDirectory
    private let programs: Programs

    /// The programs under test.
    struct Programs: Sendable {
        let simscan: String
        let simscanmk: String
    }

    /// - Parameters:
    ///   - settings: beside the directories; `QUARANTINE` in a value stands for the quarantine's path.
    ///   - simcontrol: the records of single addresses, where there are any.
    init(
        _ programs: Programs, settings: [String: String], suffixes: [String] = [], simcontrol: [String] = []
    ) throws {
        self.programs = programs
        // Everybody may: a filter may run as somebody else.
        control = try ControlDirectory()
        workdir = try TemporaryDirectory(mode: 0o777)
        queue = try FakeQueue()
        quarantine = try TemporaryDirectory(mode: 0o777)
        var all = [
            "workdir": workdir.path, "qmail-queue": BuiltPrograms.fakeQmailQueue, "clamav": "no", "deadline": "1",
        ]
        for (name, value) in settings { all[name] = value == "QUARANTINE" ? quarantine.path : value }
        try control.write(all.map { $0.key + " = " + $0.value }.sorted(), to: "simscan.conf")
        try control.writeAttachmentList(suffixes)
        if !simcontrol.isEmpty { try control.writeSimcontrol(simcontrol) }
        let compiled = try control.compile(by: programs.simscanmk)
        guard compiled.exitStatus == 0 else {
            throw Trouble("simscanmk: " + compiled.logLines.joined(separator: "\n"))
        }
    }

    func remove() {
        control.remove()
        workdir.remove()
        queue.remove()
        quarantine.remove()
    }

    /// How one run goes.
    struct Plan {
        var fault = tracer_fault()
        var limits = tracer_limits()
        /// The run is traced, so that it can be made to fail and its memory is known.
        var isTraced = true
        /// The most system calls that are kept.
        var keepsCalls = 0
        var timeLimit = 20.0
        /// A directory that is a file system of its own for the run, and its options.
        var mount: (path: String, options: String, isReadOnly: Bool)?
    }

    /// Takes one message through the filter.
    ///
    /// - Throws: where the run could not be started, or the queue cannot be read.
    func run(_ mail: Mail, _ plan: Plan = Plan()) throws -> Outcome {
        let input = try mail.input()
        defer { close(input) }
        let envelope = try pipeHolding(mail.envelope)
        defer { close(envelope) }
        let log = try pipe()
        let reject = try pipe()
        defer {
            close(log.readEnd)
            close(reject.readEnd)
        }
        var run = tracer_run()
        run.descriptors = (input, envelope, log.writeEnd, -1, reject.writeEnd, -1, -1, -1)
        run.fault = plan.fault
        run.limits = plan.limits
        run.traced = plan.isTraced ? 1 : 0
        run.milliseconds = Int32(plan.timeLimit * 1000)
        run.room = plan.keepsCalls
        let calls = UnsafeMutablePointer<tracer_call>.allocate(capacity: max(plan.keepsCalls, 1))
        defer { calls.deallocate() }
        run.calls = calls
        var variables = queue.environment()
        variables["SIMSCAN_CONTROLDIR"] = control.path
        variables["PATH"] = "/usr/bin:/bin"
        variables["TCPREMOTEIP"] = "192.0.2.25"
        let failure = withCStrings(variables.map { $0.key + "=" + $0.value }) { environment in
            programs.simscan.withCString { program in
                (plan.mount?.path ?? "").withCString { mountPoint in
                    (plan.mount?.options ?? "").withCString { options in
                        run.program = program
                        run.environment = UnsafePointer(environment)
                        if let mount = plan.mount {
                            run.limits.mount_point = mountPoint
                            run.limits.mount_options = options
                            run.limits.mount_read_only = mount.isReadOnly ? 1 : 0
                        }
                        return tracer_run(&run)
                    }
                }
            }
        }
        close(log.writeEnd)
        close(reject.writeEnd)
        guard failure == 0 else { throw Trouble("the filter cannot be run: " + String(cString: strerror(failure))) }
        return Outcome(
            run, calls: Array(UnsafeBufferPointer(start: calls, count: min(Int(run.count), plan.keepsCalls))),
            log: String(decoding: readAvailable(log.readEnd), as: UTF8.self),
            rejectText: String(decoding: readAvailable(reject.readEnd), as: UTF8.self))
    }
}
