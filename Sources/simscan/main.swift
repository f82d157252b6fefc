import CStart
import SimscanNative
import SystemPackage

/// The way that one message takes, from top to bottom (simscan(8)).
struct Filter {
    private let session = Session()

    /// Ends the process: as qmail-queue where the message passes, with its own status where it does not.
    func run() -> Never {
        do throws(FilterFailure) {
            try filter()
        } catch {
            session.end(failure: error)
        }
    }

    private func filter() throws(FilterFailure) -> Never {
        // 1. What the postmaster wants.
        let settings = try session.loadSettings()
        let workdir = try session.openWorkdir(settings)

        // 2. The message, into a file without a name (a large one to clamd on its way), and the envelope.
        let early = EarlyTransfer(settings)
        let names = try session.checkOnArrival(settings)
        let message = try Spool.receive(
            from: .standardInput, workdir: workdir, room: settings.spoolRoom, follower: early,
            showing: { names?.take($0) })
        session.message = message
        let envelope = try readEnvelope(from: .standardOutput)
        session.envelope = envelope
        let deadline = Instant.now + settings.deadline
        let policy = try session.policy(settings, for: envelope, until: deadline)

        // 3. The names of its attachments, and the lines that a filter is on.
        var findings = Findings()
        try session.check(&findings, policy, settings, seenBy: names, until: deadline)

        // 4. What the scanners say, all at the same time.
        let directory = try session.makeWorkingDirectory(in: workdir, settings, policy, until: deadline)
        var scanners = Scanners(
            settings, policy, message: message, workdir: workdir, directory: directory, missing: session.missing,
            early: early)
        let rewrite = scanners.ask(&findings, skippingSpam: session.spamSkip(settings, policy), until: deadline)
        session.scanners = scanners

        // 5. The verdict.
        guard let verdict = Verdict.decide(findings, policy) else {
            throw FilterFailure(.internalFault, "no verdict although every scanner has answered")
        }
        session.finishWorkingDirectory(rewrite)

        // 6. What is done about it. Its subject is read before spamd's header is written over its own.
        let line = session.line(for: verdict)
        switch verdict.action {
        case .deliver:
            let delivered = try session.prepare(rewrite, findings, policy, settings)
            let queue = Queue(program: policy.qmailQueue, workdir: workdir)
            try queue.prepare(delivered, envelope)
            session.write(verdict, line)
            session.end(
                unexecuted: queue.execute(environment: session.environment, restore: start_restore_caller))
        case .refuse(let reply):
            session.quarantine(verdict, line, settings)
            session.write(verdict, line)
            session.end(.refused, telling: reply, isPermanent: true)
        case .drop:
            try session.quarantineOrFail(verdict, line, settings)
            session.write(verdict, line)
            session.end(.accepted)
        case .tryLater(let reply):
            session.write(verdict, line)
            session.end(.tryLater, telling: reply, isPermanent: false)
        }
    }
}

CommandLineQuestion.answer()
Filter().run()
