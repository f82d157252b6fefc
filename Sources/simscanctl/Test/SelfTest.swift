import Foundation
import SimscanNative

/// Takes messages whose verdict is known through the installed filter, and compares with what the settings promise.
struct SelfTest {
    let sources: ControlSources
    let program: String
    let sender: String?
    let recipients: [String]

    /// How the messages get to a filter whose queue discards them.
    enum Way: Equatable {
        /// Why there is no filter to run.
        enum Reason: Equatable {
            case missing
            /// An installed filter is its owner's to read.
            case unreadable
        }

        /// The installed filter, which takes its control directory from the environment.
        case environment
        /// The installed filter, setuid, in a mount namespace where the control directory is another one.
        case mount
        /// A copy of the installed filter, without the rights that setuid gives.
        case copy
        /// No filter: simscanctl's own pipeline, which is the filter's.
        case own(Reason)

        var description: String {
            switch self {
            case .environment: "the installed filter, with a queue that discards"
            case .mount: "the installed filter with its own rights, with a queue that discards"
            case .copy:
                "a copy of the installed filter, without its rights and with a queue that discards; root can test "
                    + "the filter itself"
            case .own(.missing): "simscanctl's own pipeline, because there is no filter to run"
            case .own(.unreadable):
                "simscanctl's own pipeline, which is the filter's, without the filter's rights, because only root "
                    + "can test the filter itself"
            }
        }
    }

    /// - Throws: `Failure` where a control file cannot be read, or the filter cannot be run.
    func run() throws(Failure) -> SelfTestReport {
        let host = hostName
        let from = sender ?? "simscan-self-test@" + host
        let to = recipients.isEmpty ? ["postmaster@" + host] : recipients
        let settings = sources.settings.withUsableWorkdir()
        let probe = try TrialMessage(
            [], name: "-", sender: from, recipients: to, settings.workdir, settings.spoolRoom)
        let policy = try sources.policy(for: probe.envelope)
        let way = way
        // A copy has not the filter's rights in its directories.
        let control = try PrivateControl(
            copying: sources.directory, sources.settings, workdir: way == .copy ? settings.workdir : nil)
        defer { control.remove() }
        let filter = try start(way, control)
        defer { if way == .copy { unlink(control.path + "/simscan") } }

        var rows: [SelfTestReport.Row] = []
        for item in SelfTestPromise.all(policy, settings, from, to[0]) {
            if let filter {
                let result = try filter.run(item.message, envelope: TrialMessage.envelopeBytes(from, to))
                rows.append(SelfTestReport.Row(item, result))
            } else {
                let source = try TrialMessage(
                    item.message, name: item.name, sender: from, recipients: to, settings.workdir, settings.spoolRoom)
                let trial = try Trial(source, settings: settings, policy: policy, client: nil, isRelay: false)
                rows.append(SelfTestReport.Row(item, trial))
            }
        }
        return SelfTestReport(way: way, program: program, rows: rows)
    }

    /// Nil where there is no filter.
    private func start(_ way: Way, _ control: PrivateControl) throws(Failure) -> FilterProcess? {
        let path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        let directory = "SIMSCAN_CONTROLDIR=" + control.path
        switch way {
        case .own: return nil
        case .environment: return FilterProcess(command: [program], environment: [path, directory])
        case .copy:
            let copy = control.path + "/simscan"
            guard let bytes = FileManager.default.contents(atPath: program),
                FileManager.default.createFile(
                    atPath: copy, contents: bytes, attributes: [.posixPermissions: 0o755])
            else { throw Failure(program + ": cannot be copied", status: EX_IOERR) }
            return FilterProcess(command: [copy], environment: [path, directory])
        case .mount:
            let script = "mount --bind \"$1\" \"$2\" && exec \"$0\""
            let words = [program, control.path, Installation.controldir]
            return FilterProcess(command: Self.unshare + ["/bin/sh", "-c", script] + words, environment: [path])
        }
    }

    private static let unshare = ["/usr/bin/unshare", "--mount"]

    private var way: Way {
        guard let status = try? Status(program), status.isFile, status.mode & 0o111 != 0 else { return .own(.missing) }
        let changesUser = status.mode & S_ISUID != 0 && status.owner != getuid()
        let changesGroup = status.mode & S_ISGID != 0 && status.group != getgid()
        guard changesUser || changesGroup else { return .environment }
        if geteuid() == 0, mayMount { return .mount }
        return mayUse(program, R_OK) ? .copy : .own(.unreadable)
    }

    private var mayMount: Bool {
        let test = FilterProcess(
            command: Self.unshare + ["/bin/sh", "-c", "mount --bind \"$0\" \"$0\"", Installation.controldir],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        return (try? test.run([], envelope: []))?.status == 0
    }

    /// What qmail calls itself (qmail-control(5)).
    private var hostName: String {
        let bytes = (try? readWhole(sources.directory + "/me", maximumBytes: 4096)) ?? nil
        let name = bytes.map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace) }?.first
        return name.map(String.init) ?? "localhost"
    }
}
