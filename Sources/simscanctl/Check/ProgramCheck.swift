import Glibc
import SystemPackage

/// The filter's own file: owner, setuid bit, permissions.
struct ProgramCheck {
    let path: String
    let userName: String
    let user: User?

    func findings() -> [Finding] {
        var findings = FindingList(.program)
        let file = shellWord(path)
        let mode = "chmod 4711 " + file
        if user == nil {
            findings.problem(
                "user-missing", "there is no user " + userName,
                mend: "useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin " + shellWord(userName))
        }
        let status: Status
        do throws(Errno) {
            status = try Status(path)
        } catch {
            findings.problem(
                "program-missing", path + ": " + error.description,
                mend: "make install, or name the filter: --program PATH")
            return findings.all
        }
        guard status.isFile, status.mode & 0o111 != 0 else {
            findings.problem("program-mode", path + " is no program, mode " + status.permissions, mend: mode)
            return findings.all
        }
        if let user, status.owner != user.id {
            findings.problem(
                "program-owner", path + " belongs to " + User.name(of: status.owner) + ", not to " + userName,
                mend: "chown " + shellWord(userName) + " " + file + " && " + mode)
        }
        if status.mode & S_ISUID == 0 {
            findings.problem(
                "program-setuid",
                path + " is not setuid (mode " + status.permissions
                    + "): it runs as qmail-smtpd's user, who may not use " + userName + "'s directories",
                mend: mode)
        }
        if let room = try? Room(path), room.ignoresSetuid, status.mode & S_ISUID != 0 {
            findings.problem(
                "program-nosuid", path + " is on a file system that is mounted nosuid: its setuid bit has no effect",
                mend: "mount -o remount,suid \"$(findmnt -n -o TARGET -T " + file + ")\"")
        }
        if status.mode & (S_IWGRP | S_IWOTH) != 0 {
            findings.problem(
                "program-writable", path + " can be changed by others, mode " + status.permissions, mend: mode)
        }
        if status.mode & S_IXOTH == 0 {
            findings.problem(
                "program-mode", path + " cannot be run by qmail-smtpd's user, mode " + status.permissions, mend: mode)
        }
        if findings.all.isEmpty {
            findings.ok("program", path + ", setuid " + User.name(of: status.owner) + ", mode " + status.permissions)
        }
        return findings.all
    }
}
