import Glibc

/// The rights with which the filter runs: those of the program's owner, and of its group where it is setgid. The
/// group of its caller is anybody's.
struct FilterRights {
    let user: uid_t
    let group: gid_t

    /// The group of files of nobody in particular.
    private static let nogroup: gid_t = 65534

    /// - Parameter program: nil where it is not there; then the user's own rights are taken.
    init(_ user: User, program: Status?) {
        self.user = user.id
        let isSetgid = program.map { $0.mode & S_ISGID != 0 } ?? false
        group = isSetgid ? program?.group ?? Self.nogroup : Self.nogroup
    }

    /// Whether what may be done with these rights shows by trying: for another user nothing can be said of them.
    var canTry: Bool { geteuid() == 0 || geteuid() == user }

    /// Does something with these rights, where we may take them on: as root.
    ///
    /// Not for a process of several threads that all go on.
    func acting<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard geteuid() == 0, user != 0 else { return try body() }
        var groups = [gid_t](repeating: 0, count: Int(max(getgroups(0, nil), 0)))
        let count = getgroups(CInt(groups.count), &groups)
        let ownGroup = getegid()
        guard setgroups(0, nil) == 0, setegid(group) == 0, seteuid(user) == 0 else { return try body() }
        defer {
            seteuid(0)
            setegid(ownGroup)
            setgroups(Int(max(count, 0)), groups)
        }
        return try body()
    }
}
