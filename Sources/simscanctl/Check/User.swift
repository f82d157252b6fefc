import Glibc

/// A user of the system (passwd(5)).
struct User: Equatable {
    let name: String
    let id: uid_t
    let group: gid_t

    /// Nil where there is none of this name.
    init?(named name: String) {
        guard let entry = getpwnam(name)?.pointee else { return nil }
        self.name = name
        id = entry.pw_uid
        group = entry.pw_gid
    }

    /// The name of a user's number, or the number.
    static func name(of id: uid_t) -> String {
        getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? String(id)
    }

    /// The name of a group's number, or the number.
    static func groupName(of id: gid_t) -> String {
        getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? String(id)
    }
}
