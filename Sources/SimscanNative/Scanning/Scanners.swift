internal import SpamdProtocol
internal import TrophieProtocol

/// The scanners that a message is taken to, all at the same time.
package struct Scanners {
    private let settings: Settings
    private let policy: Policy
    private let message: SpooledMessage
    /// The directory that trophie is told to scan.
    private let directory: String?
    private let log: Log

    package init(
        _ settings: Settings, _ policy: Policy, message: SpooledMessage, directory: String?, log: Log
    ) {
        self.settings = settings
        self.policy = policy
        self.message = message
        self.directory = directory
        self.log = log
    }

    /// Asks every scanner that the policy wants, until the verdict is certain.
    ///
    /// - Parameters:
    ///   - findings: what is known already; what the scanners say is added.
    ///   - skip: why spamd is not to be asked, nil where it is.
    /// - Returns: what spamd made of the message.
    package func ask(
        _ findings: inout Findings, skippingSpam skip: SpamFinding.Skip?, until deadline: Instant
    ) -> SpamReport.Rewrite {
        if policy.scanSpam, let skip { findings.spam = .notAsked(skip) }
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
        let trophie = policy.scanTrophie ? trophieScan(resolver, now) : nil
        let spamd = asksSpamd ? spamdScan(resolver, now) : nil
        let scans = [clamd, trophie, spamd].compactMap { $0 }
        func collect() {
            if let clamd { known.clamd = clamd.virusFinding }
            if let trophie { known.trophie = trophie.virusFinding }
            if let spamd { known.spam = spamd.spamFinding }
        }
        run(scans, resolver: resolver, until: deadline) {
            collect()
            return Verdict.decide(known, policy) != nil
        }
        collect()
        findings = known
        for scan in scans { log.debug(2, scan.summary(since: now)) }
        guard case .spam(let report) = spamd?.answer else { return .none }
        return report.rewrite
    }

    private func clamdScan(_ resolver: Resolver, _ now: Instant) -> Scan {
        Scan(
            name: "clamd", addresses: settings.clamd, waits: waits(firstByte: settings.firstByteClamd),
            spool: message.descriptor, resolver: resolver, now: now
        ) { endpoint in clamdConversation(with: endpoint) }
    }

    private func clamdConversation(with endpoint: Endpoint) -> any Conversation {
        let stream = ClamdConversation(message)
        switch settings.clamdTransfer {
        // A stream that is over a limit of clamd's is told so; a file over its MaxFileSize is just OK.
        case .instream, .auto: return stream
        case .fildes: return endpoint.isUnix ? ClamdDescriptorConversation(fallback: stream) : stream
        }
    }

    private func trophieScan(_ resolver: Resolver, _ now: Instant) -> Scan {
        let path = directory ?? ""
        // A path that cannot be told is answered with an error by the server, and so the scan fails.
        let request = TrophieRequest.scan(path: Array(path.utf8)) ?? []
        return Scan(
            name: "trophie", addresses: settings.trophieSocket, waits: waits(firstByte: settings.firstByteClamd),
            spool: message.descriptor, resolver: resolver, now: now
        ) { _ in TrophieConversation(request: request) }
    }

    private func spamdScan(_ resolver: Resolver, _ now: Instant) -> Scan {
        let question = SpamdConversation.Question(
            method: spamdMethod, user: policy.spamUser, message: message, workdir: settings.workdir,
            headroom: message.start)
        return Scan(
            name: "spamd", addresses: settings.spamd, waits: waits(firstByte: settings.firstByteSpamd),
            spool: message.descriptor, resolver: resolver, now: now
        ) { _ in SpamdConversation(question) }
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
        case .spam: preconditionFailure("a virus scanner gives no score")
        }
    }

    fileprivate var spamFinding: SpamFinding {
        switch answer {
        case nil: .pending
        case .spam(let report): .scored(report.verdict)
        case .failed(let fault): .failed(fault.text)
        case .clean, .infected, .notScanned: preconditionFailure("spamd gives a score")
        }
    }

    fileprivate func summary(since start: Instant) -> String {
        let host = answeredBy ?? "no host"
        switch answer {
        case nil: return name + " " + host + ": not needed any more"
        case .clean: return name + " " + host + ": clean"
        case .infected: return name + " " + host + ": infected"
        case .notScanned(let text): return name + " " + host + ": " + text
        case .spam: return name + " " + host + ": scored"
        case .failed(let fault): return fault.text
        }
    }
}
