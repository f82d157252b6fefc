import Glibc
import SimscanNative
import SystemPackage

/// The programs that clean mail is handed to.
struct QueueCheck {
    /// The setting's, and those of records.
    let queues: [(path: String, origin: String)]
    let program: String
    let rights: FilterRights?

    /// How much of a script is looked at.
    private static let maximumScriptBytes = 65_536

    func findings() -> [Finding] {
        var findings = FindingList(.queue)
        for queue in queues { check(queue.path, queue.origin, &findings) }
        return findings.all
    }

    private func check(_ path: String, _ origin: String, _ findings: inout FindingList) {
        let what = origin + ": " + path
        let status: Status
        do throws(Errno) {
            status = try Status(path)
        } catch {
            if error == .permissionDenied, let rights, !rights.canTry { return }
            findings.problem(
                "queue-missing", what + ": " + error.description,
                mend: "name qmail's own: qmail-queue = " + Installation.qmaildir + "/bin/qmail-queue; then simscanmk")
            return
        }
        if let filter = try? Status(program), status.isSameFile(as: filter) {
            findings.problem(
                "queue-loop", what + " is the filter itself: a clean message would go round for ever",
                mend: "name qmail's own: qmail-queue = " + Installation.qmaildir + "/bin/qmail-queue; then simscanmk")
            return
        }
        let mayRun =
            rights.map { rights in !rights.canTry || rights.acting { mayUse(path, X_OK) } } ?? mayUse(path, X_OK)
        guard status.isFile, status.mode & 0o111 != 0, mayRun else {
            findings.problem(
                "queue-not-executable", what + " cannot be run by the filter: mode " + status.permissions,
                mend: "chmod a+x " + shellWord(path))
            return
        }
        if isScriptThatNamesFilter(path) {
            findings.problem(
                "queue-loop", what + " is a script that runs the filter again: a clean message would go round for ever",
                mend: "have it run qmail's own, " + Installation.qmaildir + "/bin/qmail-queue")
            return
        }
        findings.ok("queue", what)
    }

    private func isScriptThatNamesFilter(_ path: String) -> Bool {
        guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
            return false
        }
        defer { try? descriptor.close() }
        let bytes = try? [UInt8](unsafeUninitializedCapacity: Self.maximumScriptBytes) { room, count in
            count = try descriptor.read(into: UnsafeMutableRawBufferPointer(room))
        }
        guard let bytes, bytes.starts(with: "#!".utf8) else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            !line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#")
                && line.split { !($0.isLetter || $0.isNumber || "/._-+@".contains($0)) }.contains { $0 == program }
        }
    }
}
