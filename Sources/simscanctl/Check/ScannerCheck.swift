import SimscanNative

/// Every address of every scanner that is switched on.
struct ScannerCheck {
    let settings: Settings
    let controlDirectory: String
    let rights: FilterRights?
    /// A `clamd.conf` to read in place of the usual ones.
    let clamdConfiguration: String?
    let patience: Duration

    /// clamd's own default of StreamMaxLength.
    private static let usualStreamMaxLength = 100 << 20

    func findings() -> [Finding] {
        var findings = FindingList(.scanners)
        var scanners: [(kind: ScannerKind, addresses: [ScannerAddress])] = []
        if settings.clamav { scanners.append((.clamd, settings.clamd.map(\.address))) }
        if !settings.trophieSocket.isEmpty { scanners.append((.trophie, settings.trophieSocket.map(\.address))) }
        if settings.spam { scanners.append((.spamd, settings.spamd.map(\.address))) }
        guard !scanners.isEmpty else { return [] }
        func ask() -> [HostReport] { checkHosts(scanners, patience: patience) }
        for report in rights.map({ $0.acting(ask) }) ?? ask() { tell(report, &findings) }
        if settings.clamav { tellLimit(&findings) }
        return findings.all
    }

    private func tell(_ report: HostReport, _ findings: inout FindingList) {
        let kind = report.scanner.rawValue
        // The endpoint of a name has the name, and the address that it stood for.
        let host = kind + " " + (report.endpoint ?? report.address.description)
        let setting = report.scanner == .trophie ? SettingName.trophieSocket.rawValue : kind
        let elsewhere = "or take it out of " + setting + " in simscan.conf, then: simscanmk"
        switch report.state {
        case .works(let version):
            let time = (report.answered ?? report.connected).map { ", " + Self.milliseconds($0) } ?? ""
            findings.ok(kind, host + time + (version.map { ", " + $0 } ?? ""))
        case .checksOnly where settings.spamdCommand == .check:
            findings.ok(kind, host + ", answers CHECK alone, as rspamd does")
        case .checksOnly:
            findings.problem(
                kind + "-check-only",
                host + " answers CHECK alone, as rspamd does, and spamd-command is "
                    + settings.spamdCommand.rawValue,
                mend: "spamd-command = check in simscan.conf, then: simscanmk")
        case .starting:
            findings.warn(kind + "-starting", host + " still reads its signatures", mend: "check again in a minute")
        case .noAddress(let text):
            findings.problem(
                kind + "-address", host + ": " + text,
                mend: "mend the name in " + setting + " (getent hosts NAME), then: simscanmk")
        case .cannotConnect(let text):
            let isForbidden = text.contains("Permission denied")
            // The socket may well be for the filter, and not for whoever asks.
            if isForbidden, let rights, !rights.canTry { return }
            findings.problem(
                kind + "-dead", host + ": " + text,
                mend: isForbidden
                    ? "let the filter's user at the socket (clamd.conf: LocalSocketMode 666; spamd: --socketmode=0666)"
                    : Self.start(report.scanner) + ", " + elsewhere)
        case .silent:
            findings.problem(
                kind + "-silent", host + ": connects, and does not answer within " + Self.seconds(patience),
                mend: "look at its load and its log: is every child of it busy?")
        case .wrongAnswer(let text):
            findings.problem(
                kind + "-garbage", host + " is no " + kind + ": it says '" + SafeText.text(text) + "'",
                mend: "mend the address in " + setting + ", then: simscanmk")
        case .broken(let text):
            findings.problem(
                kind + "-broken", host + ": " + text, mend: "look into its log; " + Self.start(report.scanner))
        }
    }

    /// Mail that qmail takes and clamd does not.
    private func tellLimit(_ findings: inout FindingList) {
        let local: [String] = settings.clamd.compactMap { host in
            if case .unix(let path) = host.address { path } else { nil }
        }
        let files = clamdConfiguration.map { [$0] } ?? ClamdConfiguration.usualFiles
        let configuration = files.lazy.compactMap { ClamdConfiguration(file: $0) }.first { found in
            clamdConfiguration != nil || found.sockets.contains(where: local.contains)
        }
        guard let configuration else { return }
        let limit = configuration.streamMaxLength ?? Self.usualStreamMaxLength
        let bytes = try? readWhole(controlDirectory + "/databytes", maximumBytes: 4096)
        let databytes = bytes.map { String(decoding: $0, as: UTF8.self).split { !$0.isNumber } }?.first.flatMap {
            Int($0)
        }
        let what = "clamd takes messages up to \(limit) bytes (StreamMaxLength of \(configuration.file))"
        guard databytes.map({ $0 == 0 || $0 > limit }) ?? true else {
            return findings.ok("clamd-limit", what + ", qmail up to " + String(databytes ?? 0))
        }
        let qmail = databytes.map { $0 == 0 ? "any size" : "up to " + String($0) } ?? "any size"
        let larger = ", qmail " + qmail + " (control/databytes): what is larger is "
        let outcome =
            switch settings.clamdOversize {
            case .defer: "deferred again and again"
            case .reject: "rejected"
            case .pass: "passed unscanned"
            }
        findings.warn(
            "clamd-limit", what + larger + outcome + " (clamd-oversize)",
            mend: "echo " + String(limit) + " >" + shellWord(controlDirectory + "/databytes")
                + ", or raise StreamMaxLength")
    }

    private static func start(_ scanner: ScannerKind) -> String {
        switch scanner {
        case .clamd: "start it: systemctl start clamav-daemon"
        case .spamd: "start it: systemctl start spamd"
        case .trophie: "start it"
        }
    }

    private static func milliseconds(_ time: Duration) -> String {
        String((Double(time.nanoseconds) / 1e5).rounded() / 10) + " ms"
    }

    private static func seconds(_ time: Duration) -> String {
        String(Double(time.nanoseconds / 1_000_000) / 1000) + " s"
    }
}
