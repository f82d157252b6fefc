import SimscanNative
import SystemPackage

/// The way of a message through the filter, up to the verdict, and nothing is done about it (simscan(8)).
struct Trial {
    let source: TrialMessage
    let settings: Settings
    let policy: Policy
    let client: String?
    /// As the attachment check sees it, names and all.
    let inspection: MessageInspection
    let findings: Findings
    let scanners: [ScannerReport]
    let verdict: Verdict
    /// The line that the filter would have written.
    let logLine: String
    let elapsed: Duration

    /// Takes a message through the checks and scanners that its policy asks for, in the filter's order.
    ///
    /// - Parameters:
    ///   - settings: `workdir` is where the files of the trial are.
    ///   - client: the client's address.
    ///   - isRelay: whether the client has RELAYCLIENT.
    /// - Throws: `Failure` where a file cannot be read or written.
    init(
        _ source: TrialMessage, settings: Settings, policy: Policy, client: String?, isRelay: Bool
    ) throws(Failure) {
        let start = Instant.now
        let deadline = start + settings.deadline
        let name = MessageName()
        var findings = Findings()
        var scanners: [ScannerReport] = []
        let rules = AttachmentRules(suffixes: policy.attachSuffixes ?? [], allow: settings.attachAllow)
        do throws(Errno) {
            inspection = try inspectParts(
                of: source.message, rules: rules, limits: settings.mimeLimitValues,
                options: settings.attachmentOptions, until: deadline)
            (findings.attachment, findings.regex) = try Self.check(source.message, policy, settings, deadline)
            let workdir = try Workdir(settings.workdir)
            if policy.scanTrophie {
                let made = try WorkingDirectory(in: workdir, name, source.message)
                defer { made.remove() }
                let missing = try made.addParts(
                    of: source.message, limits: settings.mimeLimitValues, until: deadline)
                scanners = Self.ask(
                    settings, policy, source.message, workdir, (made.path, missing), &findings, isRelay: isRelay,
                    deadline)
            } else {
                scanners = Self.ask(
                    settings, policy, source.message, workdir, (nil, nil), &findings, isRelay: isRelay, deadline)
            }
        } catch {
            throw Failure(settings.workdir + ": " + error.description, status: 74)
        }
        guard let verdict = Verdict.decide(findings, policy) else {
            throw Failure("no verdict although every scanner has answered", status: 70)
        }
        let log = Log(
            to: nil, debugLevel: 0, clientAddress: client.map { Array($0.utf8) }, startedAt: start, name: name,
            format: settings.logFormat)
        var line = log.line(
            for: verdict, subject: { source.message.headerField("subject:") }, envelope: source.envelope)
        if settings.logMessageID { line.messageID = source.message.headerField("message-id:") ?? [] }
        line.size = source.message.size
        line.scanners = scanners
        logLine = SafeText.text(log.bytes(of: line).dropLast())
        elapsed = .now - start
        self.source = source
        self.settings = settings
        self.policy = policy
        self.client = client
        self.findings = findings
        self.scanners = scanners
        self.verdict = verdict
    }

    private static func check(
        _ message: SpooledMessage, _ policy: Policy, _ settings: Settings, _ deadline: Instant
    ) throws(Errno) -> (attachment: AttachmentFinding, regex: RegexFinding) {
        var check = CagedCheck(
            rules: policy.attachSuffixes.map { AttachmentRules(suffixes: $0, allow: settings.attachAllow) },
            limits: settings.mimeLimitValues, options: settings.attachmentOptions, expressions: policy.regexes)
        do throws(CagedCheck.Failure) {
            return try check.look(at: message, until: deadline)
        } catch {
            switch error {
            case .noChild(let error), .unreadable(let error): throw error
            case .outOfMemory: throw .noMemory
            case .disturbed: throw .ioError
            }
        }
    }

    private static func ask(
        _ settings: Settings, _ policy: Policy, _ message: SpooledMessage, _ workdir: Workdir,
        _ directory: (path: String?, missing: String?), _ findings: inout Findings, isRelay: Bool, _ deadline: Instant
    ) -> [ScannerReport] {
        var skip: SpamFinding.Skip?
        if isRelay && !settings.spamAuthUser {
            skip = .relayClient
        } else if message.size >= policy.sizeLimit {
            skip = .size(message.size)
        }
        var scanners = Scanners(
            settings, policy, message: message, workdir: workdir, directory: directory.path, missing: directory.missing,
            early: nil)
        let rewrite = scanners.ask(&findings, skippingSpam: policy.scanSpam ? skip : nil, until: deadline)
        switch rewrite {
        case .message(let file), .header(let file): try? file.descriptor.close()
        case .none, .heldHeader: break
        }
        return scanners.reports
    }
}
