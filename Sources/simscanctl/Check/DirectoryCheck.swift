import Glibc
import SimscanNative
import SystemPackage

/// A directory that the filter writes into: there, its owner's alone, writable, with room.
struct DirectoryCheck {
    /// The setting that names it.
    let setting: SettingName
    let path: String
    let user: User?
    let rights: FilterRights?
    /// What it should be: `2750`.
    let mode: String
    /// What it means where it cannot be used.
    let consequence: String

    /// Below this a message of a common limit no longer fits.
    private static let scarceBytes: UInt64 = 256 << 20
    private static let fullBytes: UInt64 = 1 << 20
    private static let scarceFiles: UInt64 = 1000
    private static let fullFiles: UInt64 = 10
    /// What is written to see whether writing goes.
    private static let sampleBytes = 65_536

    private var name: String { setting.rawValue }
    private var owner: String { user?.name ?? Installation.user }

    /// The command that makes it, or makes it right.
    private var install: String {
        "install -d -m " + mode + " -o " + shellWord(owner) + " -g " + shellWord(owner) + " " + shellWord(path)
    }

    func findings() -> [Finding] {
        var findings = FindingList(.directories)
        let status: Status
        do throws(Errno) {
            status = try Status(path)
        } catch {
            if error == .permissionDenied && !canTry { return [] }
            findings.problem(name + "-missing", whatIs(error.description), mend: install)
            return findings.all
        }
        guard status.isDirectory else {
            findings.problem(
                name + "-missing", whatIs("is no directory"), mend: "rm " + shellWord(path) + " && " + install)
            return findings.all
        }
        checkOwner(status, &findings)
        if let room = try? Room(path) { checkRoom(room, &findings) }
        if setting == .quarantinedir { checkLink(&findings) }
        if canTry { rights.map { rights in rights.acting { checkWriting(&findings) } } ?? checkWriting(&findings) }
        if !findings.all.contains(where: { $0.severity == .problem }), let room = try? Room(path) {
            findings.ok(name, name + " = " + path + ", mode " + status.permissions + ", " + room.text)
        }
        return findings.all
    }

    private var canTry: Bool { rights?.canTry ?? true }

    /// The filter follows a link to its quarantine only where root or its own user made it.
    private func checkLink(_ findings: inout FindingList) {
        do throws(Errno) {
            _ = try Directory(path, trusting: [user?.id].compactMap(\.self))
        } catch {
            guard error == .notDirectory else { return }
            findings.problem(
                name + "-link", whatIs("is a symbolic link of another user than root and " + owner),
                mend: "chown --no-dereference " + shellWord(owner) + " " + shellWord(path))
        }
    }

    private func whatIs(_ wrong: String) -> String { name + " = " + path + ": " + wrong + "; " + consequence }

    private func checkOwner(_ status: Status, _ findings: inout FindingList) {
        if let user, status.owner != user.id {
            findings.problem(
                name + "-owner",
                name + " = " + path + " belongs to " + User.name(of: status.owner) + ", not to " + owner,
                mend: "chown " + shellWord(owner + ":" + owner) + " " + shellWord(path))
        }
        let change = "chmod " + mode + " " + shellWord(path)
        if status.mode & S_IWOTH != 0 {
            findings.problem(
                name + "-mode", name + " = " + path + " can be written by everybody, mode " + status.permissions,
                mend: change)
        } else if status.mode & S_IRWXO != 0 {
            findings.warn(
                name + "-mode", name + " = " + path + " can be read by everybody, mode " + status.permissions,
                mend: change)
        }
    }

    private func checkRoom(_ room: Room, _ findings: inout FindingList) {
        if room.freeBytes < Self.fullBytes {
            findings.problem(
                name + "-full", whatIs("the disk is full, " + room.text), mend: "make room: df -h " + shellWord(path))
        } else if room.freeBytes < Self.scarceBytes {
            findings.warn(
                name + "-full", name + " = " + path + ": the disk is nearly full, " + room.text,
                mend: "make room: df -h " + shellWord(path))
        }
        guard let files = room.freeFiles, files < Self.scarceFiles else { return }
        let what = String(files) + " inodes are left"
        let look = "make room: df -i " + shellWord(path)
        if files < Self.fullFiles {
            findings.problem(name + "-inodes", whatIs(what), mend: look)
        } else {
            findings.warn(name + "-inodes", name + " = " + path + ": " + what, mend: look)
        }
    }

    /// Writes a file without a name, as the filter does: nothing is left of it.
    private func checkWriting(_ findings: inout FindingList) {
        let directory: Workdir
        let file: UnnamedFile
        do throws(Errno) {
            directory = try Workdir(path)
            file = try UnnamedFile(in: directory)
        } catch {
            switch error {
            case .readOnlyFileSystem:
                findings.problem(
                    name + "-read-only", whatIs("its file system is read-only"),
                    mend: "mount -o remount,rw \"$(findmnt -n -o TARGET -T " + shellWord(path) + ")\"")
            case .noSpace
            where findings.all.contains(where: { $0.name == name + "-full" || $0.name == name + "-inodes" }):
                break
            default:
                findings.problem(
                    name + "-unusable", whatIs("the filter cannot write there: " + error.description), mend: install)
            }
            return
        }
        defer { try? file.descriptor.close() }
        do throws(Errno) {
            try file.descriptor.writeAll([UInt8](repeating: 0, count: Self.sampleBytes))
        } catch {
            guard !findings.all.contains(where: { $0.name == name + "-full" }) else { return }
            findings.problem(
                name + "-full", whatIs("cannot write: " + error.description),
                mend: "make room: df -h " + shellWord(path))
        }
        if !UnnamedFile.isSupported(in: directory) {
            findings.warn(
                name + "-tmpfile", name + " = " + path + ": this file system has no O_TMPFILE",
                mend: "move it to ext4, xfs, btrfs or tmpfs, where a file leaves nothing behind in a crash")
        }
    }
}
