import CStart
import Glibc
import SimscanNative
import SystemPackage

/// What is known of one message at any time: enough to end with the right status and one log line.
final class Session {
    let environment: CallerEnvironment
    private let startedAt = Instant.now
    private let name = MessageName()
    private(set) var log: Log
    private var channel: RejectChannel
    private var directory: WorkingDirectory?
    /// Why the working directory lacks decoded parts; nil where it has all, or there is none.
    private(set) var missing: String?
    var scanners: Scanners?
    private var logsMessageID = false
    /// Where messages are counted; nil where they are not.
    private var countsIn: String?
    /// What the list of suffixes says, once it has been read.
    private var suffixes: [[UInt8]]?
    var message: SpooledMessage?
    var envelope: Envelope?

    /// A list of suffixes is short; a file without end is not read to its end.
    private static let maximumListBytes = 1_048_576

    init() {
        guard let pointer = start_caller_environment() else { preconditionFailure("a process has an environment") }
        environment = CallerEnvironment(pointer)
        plugStandardDescriptors()
        channel = RejectChannel(setting: nil, environment: environment["ERROR_FD"])
        log = Self.makeLog(environment, channel, startedAt, name)
        start_handle_signals(crashLog, ExitStatus.internalFault.rawValue, ExitStatus.outOfMemory.rawValue)
    }

    /// Where a crash has its line; none where somebody would read it as the text of a refusal.
    private var crashLog: CInt { channel.isStandardError ? -1 : FileDescriptor.standardError.rawValue }

    private static func makeLog(
        _ environment: CallerEnvironment, _ channel: RejectChannel, _ start: Instant, _ name: MessageName
    ) -> Log {
        let level = environment["SIMSCAN_DEBUG"].map { Int($0) ?? 1 } ?? 0
        return Log(
            to: channel.isStandardError ? nil : .standardError,
            debugLevel: min(max(level, Log.debugLevels.lowerBound), Log.debugLevels.upperBound),
            clientAddress: environment["TCPREMOTEIP"].map { Array($0.utf8) }, startedAt: start, name: name,
            format: .classic)
    }

    // MARK: Settings and policy

    /// The settings, and what depends on them: the reject channel, and the descriptors that nobody needs.
    func loadSettings() throws(FilterFailure) -> Settings {
        let settings: Settings
        do throws(ControlFileFailure) {
            settings = try SimscanNative.loadSettings(controlDirectory: controlDirectory)
        } catch {
            throw FilterFailure(.settingsUnreadable, error.description)
        }
        if let named = settings.rejectFD {
            channel = RejectChannel(setting: named, environment: nil)
            log = Self.makeLog(environment, channel, startedAt, name)
            start_log_crashes(crashLog)
        }
        channel.closeAllOthers()
        log.format = settings.logFormat
        logsMessageID = settings.logMessageID
        countsIn = settings.metrics ? settings.statedir : nil
        return settings
    }

    /// With more rights than the caller has, nothing of the caller's says where the control files are.
    private var controlDirectory: String {
        isPrivileged ? Installation.controldir : environment["SIMSCAN_CONTROLDIR"] ?? Installation.controldir
    }

    /// How many records are looked up between two looks at the clock: less than a millisecond of them.
    private static let lookUpsAtOnce = 1000

    func policy(
        _ settings: Settings, for envelope: Envelope, until deadline: Instant
    ) throws(FilterFailure) -> Policy {
        var lookUps = 0
        var isLate = false
        do throws(ControlFileFailure) {
            guard settings.perDomain else {
                let suffixes = settings.attach ? try readSuffixes() : []
                let firstRecipient = envelope.recipients.first.map { Array(envelope.address($0)) } ?? []
                return Policy(settings, attachSuffixes: suffixes, firstRecipient: firstRecipient)
            }
            let simcontrol = try Simcontrol(controlDirectory: controlDirectory)
            return try Policy(
                settings, sender: envelope.address(envelope.sender),
                recipients: envelope.recipients.lazy.map(envelope.address)
            ) { (key) throws(ControlFileFailure) in
                lookUps += 1
                if lookUps % Self.lookUpsAtOnce == 0, Instant.now >= deadline {
                    isLate = true
                    throw ControlFileFailure(path: Simcontrol.fileName, reason: "no time")
                }
                return try simcontrol.record(key)
            }
        } catch {
            // An address can have hundreds of dashes, an envelope thousands of such addresses.
            if isLate { throw FilterFailure(.tryLater, "records: not all looked up, time is up") }
            throw FilterFailure(.settingsUnreadable, error.description)
        }
    }

    // MARK: Checks

    /// Looks for attachments while the message arrives; nil where it depends on the envelope which are looked for.
    func checkOnArrival(_ settings: Settings) throws(FilterFailure) -> PlainCheck? {
        guard settings.attach, !settings.perDomain else { return nil }
        do throws(ControlFileFailure) {
            return PlainCheck(
                rules: AttachmentRules(suffixes: try readSuffixes(), allow: settings.attachAllow),
                limits: settings.mimeLimitValues, options: settings.attachmentOptions)
        } catch {
            throw FilterFailure(.settingsUnreadable, error.description)
        }
    }

    private func readSuffixes() throws(ControlFileFailure) -> [[UInt8]] {
        if let suffixes { return suffixes }
        let path = controlDirectory + "/" + ControlFiles.suffixListName
        guard let bytes = try readWhole(path, maximumBytes: Self.maximumListBytes) else {
            // Without it nothing would be refused, and nobody would know.
            throw ControlFileFailure(path: path, reason: ControlFiles.noSuffixList)
        }
        let list = readSuffixList(bytes)
        suffixes = list
        return list
    }

    /// The names of the message's attachments and its lines, as far as the policy looks at them.
    func check(
        _ findings: inout Findings, _ policy: Policy, _ settings: Settings, seenBy seen: PlainCheck?,
        until deadline: Instant
    ) throws(FilterFailure) {
        guard let message else { return }
        var check = CagedCheck(
            rules: seen?.rules
                ?? policy.attachSuffixes.map { AttachmentRules(suffixes: $0, allow: settings.attachAllow) },
            limits: settings.mimeLimitValues, options: settings.attachmentOptions, expressions: policy.regexes)
        do throws(CagedCheck.Failure) {
            (findings.attachment, findings.regex) = try check.look(at: message, seenBy: seen, until: deadline)
        } catch {
            throw error.filterFailure(settings)
        }
        if let walls = check.walls { log.debug(1, "cage: " + walls.description) }
        if let why = findings.attachment.why { log.debug(1, why) }
    }

    /// Why spamd is not asked though the policy wants it.
    func spamSkip(_ settings: Settings, _ policy: Policy) -> SpamFinding.Skip? {
        guard policy.scanSpam, let message else { return nil }
        if environment["RELAYCLIENT"] != nil && !settings.spamAuthUser { return .relayClient }
        return message.size >= policy.sizeLimit ? .size(message.size) : nil
    }

    // MARK: The working directory

    func openWorkdir(_ settings: Settings) throws(FilterFailure) -> Workdir {
        do throws(Errno) {
            return try Workdir(settings.workdir)
        } catch {
            throw FilterFailure(.workdirUnusable, "workdir: " + settings.workdir + ": " + error.description)
        }
    }

    /// - Returns: the path that trophie is told; nil where nothing needs names.
    func makeWorkingDirectory(
        in workdir: Workdir, _ settings: Settings, _ policy: Policy, until deadline: Instant
    ) throws(FilterFailure) -> String? {
        guard let message, policy.scanTrophie || log.debugLevel > 0 else { return nil }
        do throws(Errno) {
            let made = try WorkingDirectory(in: workdir, name, message)
            let path = made.path
            if policy.scanTrophie {
                do throws(Errno) {
                    missing = try made.addParts(of: message, limits: settings.mimeLimitValues, until: deadline)
                } catch {
                    made.remove()
                    throw error
                }
            }
            directory = consume made
            return path
        } catch {
            if error == .timedOut { throw FilterFailure(.tryLater, "parser: no answer in time") }
            throw FilterFailure(
                error == .noSpace ? .writeError : .workdirUnusable,
                "workdir: " + settings.workdir + ": " + error.description)
        }
    }

    /// Kept with SIMSCAN_DEBUG, gone without.
    func finishWorkingDirectory(_ rewrite: SpamReport.Rewrite = .none) {
        guard let directory = directory.take() else { return }
        guard log.debugLevel > 0, let envelope else { return directory.remove() }
        do throws(Errno) {
            try directory.keep(envelope, fromSpamd: rewrite.file())
        } catch {
            log.note("workdir: " + directory.path + ": " + error.description, envelope: envelope)
        }
    }

    // MARK: Ends

    /// The message as it is delivered: as spamd rewrote it, with the Received line.
    func prepare(
        _ rewrite: SpamReport.Rewrite, _ findings: Findings, _ policy: Policy, _ settings: Settings
    ) throws(FilterFailure) -> SpooledMessage {
        guard let message else { preconditionFailure("a message was read before it is delivered") }
        do throws(Errno) {
            let delivered = try rewrite.applied(to: message, room: settings.received ? Spool.receivedRoom : 0)
            guard settings.received else { return delivered }
            let scanners = findings.scanners(
                checkingAttachments: policy.attachSuffixes != nil,
                versions: CompiledVersions(controlDirectory: controlDirectory))
            return try delivered.prepending(ReceivedLine(scanners: scanners, elapsed: .now - startedAt).bytes)
        } catch {
            throw FilterFailure(.writeError, "workdir: " + settings.workdir + ": " + error.description)
        }
    }

    func quarantine(_ verdict: Verdict, _ line: LogLine, _ settings: Settings) {
        do throws(FilterFailure) {
            try quarantineOrFail(verdict, line, settings)
        } catch {
            log.note(error.what, envelope: envelope)
        }
    }

    func quarantineOrFail(_ verdict: Verdict, _ line: LogLine, _ settings: Settings) throws(FilterFailure) {
        guard let path = settings.quarantinedir, verdict.isQuarantined, let message, let envelope else { return }
        do throws(Errno) {
            try Quarantine(path).keep(message, envelope, line: log.bytes(of: line), as: name)
        } catch {
            throw FilterFailure(.writeError, "quarantine: " + path + ": " + error.description)
        }
    }

    /// The message's one line, and the notes that go before it.
    func write(_ verdict: Verdict, _ line: LogLine) {
        for note in verdict.notes { log.note(note, envelope: envelope) }
        log.write(line)
        count(line)
    }

    /// Adds the message to the filters' counters; that it cannot be counted stops no mail.
    private func count(_ line: LogLine) {
        guard let countsIn else { return }
        do throws(Errno) {
            try MetricsFile(in: countsIn).count(state: line.state, elapsed: line.elapsed, scanners: line.scanners)
        } catch {
            log.debug(1, "metrics: " + countsIn + ": " + error.description)
        }
    }

    func line(for verdict: Verdict) -> LogLine {
        var line = log.line(for: verdict, subject: { message?.headerField("subject:") }, envelope: envelope)
        if logsMessageID { line.messageID = message?.headerField("message-id:") ?? [] }
        line.size = message?.size
        if countsIn != nil || log.format.isJSON { line.scanners = scanners?.reports ?? [] }
        return line
    }

    func end(_ status: ExitStatus, telling reply: Verdict.Reply?, isPermanent: Bool) -> Never {
        // Without somebody who reads the text, the status alone says it.
        if let reply, channel.write(reply.text(isPermanent: isPermanent)) { end(.customReply) }
        end(status)
    }

    func end(failure: FilterFailure) -> Never {
        finishWorkingDirectory()
        let line = log.line("ERROR", what: Array(failure.what.utf8), envelope: envelope)
        log.write(line)
        count(line)
        end(failure.status)
    }

    /// The message's line is written already, and it is counted.
    func end(unexecuted failure: FilterFailure) -> Never {
        log.note(failure.what, envelope: envelope)
        end(failure.status)
    }

    func end(_ status: ExitStatus) -> Never {
        // No destructors: nothing of ours is left to do, and libraries' own would only cost time.
        _exit(status.rawValue)
    }
}

extension CagedCheck.Failure {
    fileprivate func filterFailure(_ settings: Settings) -> FilterFailure {
        switch self {
        case .unreadable(let error):
            FilterFailure(.readError, "workdir: " + settings.workdir + ": cannot read, " + error.description)
        case .noChild(let error):
            FilterFailure(error == .noMemory ? .outOfMemory : .tryLater, "parser: no process, " + error.description)
        case .disturbed(let how): FilterFailure(.tryLater, "parser: " + how)
        case .outOfMemory: FilterFailure(.outOfMemory, "parser: out of memory, the limit of the caller is too low")
        }
    }
}
