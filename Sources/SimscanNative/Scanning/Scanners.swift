internal import SpamdProtocol
internal import SystemPackage
internal import TrophieProtocol

/// The scanners that a message is taken to, all at the same time.
package struct Scanners {
    private let settings: Settings
    private let policy: Policy
    private let message: SpooledMessage
    private let workdir: Workdir
    /// The directory that trophie is told to scan.
    private let directory: String?
    /// Why parts of the message are not in the directory; nil where all are.
    private let missing: String?
    /// What clamd was given while the message arrived.
    private let early: EarlyTransfer?
    private let memory: HostMemory?
    /// Why spamd was not asked though the policy wants it.
    private var spamSkip: SpamFinding.Skip?
    /// Those that were asked, and when.
    private var asked: [Scan] = []
    private var askedAt = Instant.now

    package init(
        _ settings: Settings, _ policy: Policy, message: SpooledMessage, workdir: Workdir, directory: String?,
        missing: String?, early: EarlyTransfer?
    ) {
        self.settings = settings
        self.policy = policy
        self.message = message
        self.workdir = workdir
        self.directory = directory
        self.missing = missing
        self.early = early
        memory = HostMemory(directory: settings.statedir)
    }

    /// Asks every scanner that the policy wants, until the verdict is certain.
    ///
    /// - Parameters:
    ///   - findings: what is known already; what the scanners say is added.
    ///   - skip: why spamd is not to be asked, nil where it is.
    /// - Returns: what spamd made of the message.
    package mutating func ask(
        _ findings: inout Findings, skippingSpam skip: SpamFinding.Skip?, until deadline: Instant
    ) -> SpamReport.Rewrite {
        if policy.scanSpam, let skip {
            findings.spam = .notAsked(skip)
            spamSkip = skip
        }
        let asksSpamd = policy.scanSpam && skip == nil
        var known = findings
        if policy.scanClamd { known.clamd = .pending }
        if policy.scanTrophie { known.trophie = .pending }
        if asksSpamd { known.spam = .pending }
        // An attachment has settled it already, or nobody wants to know.
        guard Verdict.decide(known, policy) == nil else { return .none }

        let now = Instant.now
        let resolver = Resolver()
        let clamd = policy.scanClamd ? clamdScan(resolver, now) : nil
        let trophie = policy.scanTrophie ? trophieScan(resolver) : nil
        let spamd = asksSpamd ? spamdScan(resolver) : nil
        var parts = clamd != nil && settings.clamdParts ? partsScan(resolver, until: deadline) : nil
        var scans: [Scan] = []
        if let clamd { scans.append(clamd) }
        if let scan = parts?.scan { scans.append(scan) }
        if let trophie { scans.append(trophie) }
        if let spamd { scans.append(spamd) }
        func collect() {
            if let clamd { known.clamd = clamdFinding(clamd.virusFinding, parts, &known.excused) }
            if let trophie { known.trophie = trophieFinding(trophie.virusFinding) }
            if let spamd { known.spam = spamd.spamFinding }
        }
        run(scans, resolver: resolver, until: deadline) {
            collect()
            return Verdict.decide(known, policy) != nil
        }
        collect()
        if let clamd, parts == nil, clamd.answer != nil, Verdict.decide(known, policy) == nil {
            // clamd names only its first hit: behind one that is excused a virus may stand in another part.
            parts = partsScan(resolver, until: deadline)
            scans += [parts?.scan].compactMap { $0 }
            run([parts?.scan].compactMap { $0 }, resolver: resolver, until: deadline) { false }
            collect()
        }
        findings = known
        asked = scans
        askedAt = now
        guard case .spam(let report) = spamd?.answer else { return .none }
        return report.rewrite
    }

    /// What each scanner had to do with the message.
    package var reports: [ScannerReport] {
        let skipped = spamSkip.map { skip in
            ScannerReport(name: "spamd", verdict: "skipped", detail: Array(skip.description.utf8))
        }
        return [skipped].compactMap(\.self) + asked.map { $0.report(since: askedAt) }
    }

    private func clamdScan(_ resolver: Resolver, _ now: Instant) -> Scan {
        let scan = Scan(
            name: "clamd", hosts: settings.clamd, order: settings.clamdOrder,
            waits: clamdWaits,
            spool: message.descriptor, resolver: resolver, memory: memory
        ) { endpoint in clamdConversation(with: endpoint) }
        if let attempt = early?.finish() { scan.adopt(attempt, now: now) }
        return scan
    }

    /// The decoded parts, each through clamd by itself.
    private struct PartsScan {
        /// Nil where there was nothing to ask.
        var scan: Scan?
        /// Where there is no scan, and where it is clean but not all.
        var finding: VirusFinding
    }

    private func partsScan(_ resolver: Resolver, until deadline: Instant) -> PartsScan {
        let file: UnnamedFile
        let decoded: DecodedParts
        do throws(Errno) {
            file = try UnnamedFile(in: workdir)
            decoded = try DecodedParts.inCage(
                of: message, limits: settings.mimeLimitValues, in: file.descriptor, until: deadline)
        } catch {
            let trouble =
                error == .timedOut ? "parser, no answer in time" : settings.workdir + ": " + error.description
            return PartsScan(scan: nil, finding: .failed("clamd parts: " + trouble))
        }
        let finding =
            decoded.missing.map { VirusFinding.notScanned("clamd parts: " + Self.incompleteParts + $0) } ?? .clean
        guard !decoded.parts.isEmpty else { return PartsScan(scan: nil, finding: finding) }
        let scan = Scan(
            name: "clamd parts", hosts: settings.clamd, order: settings.clamdOrder,
            waits: clamdWaits,
            spool: file.descriptor, resolver: resolver, memory: memory
        ) { _ in ClamdPartsConversation(decoded.parts, isExcused: isExcused) }
        return PartsScan(scan: scan, finding: finding)
    }

    /// What clamd says of the message and of its parts together.
    private func clamdFinding(
        _ whole: VirusFinding, _ parts: PartsScan?, _ excused: inout [[UInt8]]
    ) -> VirusFinding {
        let ofParts = parts.map { parts in
            guard let finding = parts.scan?.virusFinding, finding != .clean else { return parts.finding }
            return finding
        }
        if case .infected(let name) = whole, isExcused(name) {
            if !excused.contains(name) { excused.append(name) }
            return ofParts ?? .pending
        }
        if case .infected = ofParts { return ofParts ?? whole }
        return whole == .clean ? ofParts ?? whole : whole
    }

    private func isExcused(_ name: [UInt8]) -> Bool {
        settings.virusIgnore.contains { globMatches($0.utf8.map(asciiLowercase), name.map(asciiLowercase)) }
    }

    private func trophieFinding(_ finding: VirusFinding) -> VirusFinding {
        guard let missing, finding == .clean else { return finding }
        return .notScanned("trophie: " + Self.incompleteParts + missing)
    }

    private static let incompleteParts = "not all parts were decoded, "

    private func clamdConversation(with endpoint: Endpoint) -> any Conversation {
        let stream = ClamdConversation(message)
        switch settings.clamdTransfer {
        // A stream that is over a limit of clamd's is told so; a file over its MaxFileSize is just OK.
        case .instream, .auto: return stream
        case .fildes: return endpoint.isUnix ? ClamdDescriptorConversation(fallback: stream) : stream
        }
    }

    private func trophieScan(_ resolver: Resolver) -> Scan {
        let path = directory ?? ""
        // A path that cannot be told is answered with an error by the server, and so the scan fails.
        let request = TrophieRequest.scan(path: Array(path.utf8)) ?? []
        return Scan(
            name: "trophie", hosts: settings.trophieSocket, order: .first,
            waits: waits(firstByte: settings.firstByteClamd),
            spool: message.descriptor, resolver: resolver, memory: memory
        ) { _ in TrophieConversation(request: request) }
    }

    private func spamdScan(_ resolver: Resolver) -> Scan {
        let question = SpamdConversation.Question(
            method: spamdMethod, user: policy.spamUser, message: message, workdir: workdir,
            headroom: message.start, needsScore: policy.spamMode.needsScore)
        var compressed: CompressedMessage?
        return Scan(
            name: "spamd", hosts: settings.spamd, order: settings.spamdOrder,
            waits: waits(firstByte: settings.firstByteSpamd),
            spool: message.descriptor, resolver: resolver, memory: memory
        ) { endpoint in
            // A socket in the file system ends on this host, where compressing costs more than it saves.
            guard settings.spamdCompress, !endpoint.isUnix else { return SpamdConversation(question) }
            // Without room for it the message goes as it is.
            if compressed == nil { compressed = try? CompressedMessage(of: message, in: workdir) }
            return SpamdConversation(question, compressed: compressed)
        }
    }

    private var spamdMethod: SpamdMethod {
        switch settings.spamdCommand {
        // What is refused need not come back; a spam that passes has to, as spamd marks it.
        case .auto: policy.spamMode == .refuse ? .headers : .process
        case .process: .process
        case .headers: .headers
        case .check: .check
        }
    }

    private var clamdWaits: Scan.Waits {
        var waits = waits(firstByte: settings.firstByteClamd)
        waits.reload = settings.reloadWait
        return waits
    }

    private func waits(firstByte: Duration) -> Scan.Waits {
        Scan.Waits(connect: settings.connectTimeout, firstByte: firstByte)
    }
}

extension Scan {
    fileprivate var virusFinding: VirusFinding {
        switch answer {
        case nil: .pending
        case .clean: .clean
        case .infected(let name): .infected(name: name)
        case .notScanned(let text): .notScanned(name + " " + (answeredBy ?? "-") + ": " + text)
        case .failed(let fault): .failed(fault.text)
        case .spam, .version: preconditionFailure("a virus scanner gives no score")
        }
    }

    fileprivate var spamFinding: SpamFinding {
        switch answer {
        case nil: .pending
        case .spam(let report): .scored(report.verdict)
        case .failed(let fault): .failed(fault.text)
        case .clean, .infected, .notScanned, .version: preconditionFailure("spamd gives a score")
        }
    }

    fileprivate func report(since start: Instant) -> ScannerReport {
        var report = ScannerReport(
            name: name, host: answeredBy, verdict: "not needed", elapsed: answeredAt.map { $0 - start })
        switch answer {
        case nil, .version: break
        case .clean: report.verdict = "clean"
        case .infected(let name): (report.verdict, report.detail) = ("infected", name)
        case .notScanned(let text): (report.verdict, report.detail) = ("not scanned", Array(text.utf8))
        case .spam(let spam): report.verdict = spam.verdict.isSpam ? "spam" : "ham"
        case .failed(let fault): (report.verdict, report.detail) = ("failed", Array(fault.text.utf8))
        }
        return report
    }
}
