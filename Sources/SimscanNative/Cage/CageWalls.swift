internal import CLinux

/// What stands around the parser, as far as the kernel has it.
package struct CageWalls: Equatable, Sendable, CustomStringConvertible {
    /// The ABI of Landlock (`landlock(7)`) whose rights are all taken: no file can be opened, no TCP connection made.
    /// 0 where there is none.
    package var landlock: UInt8
    /// All system calls but a few are refused (`seccomp(2)`).
    package var hasSeccomp: Bool
    /// No program gives more rights (`PR_SET_NO_NEW_PRIVS`).
    package var hasNoNewPrivileges: Bool

    init(_ walls: cage_walls) {
        landlock = UInt8(clamping: walls.landlock)
        hasSeccomp = walls.seccomp != 0
        hasNoNewPrivileges = walls.no_new_privs != 0
    }

    init?(_ answer: inout AnswerReader) {
        guard let landlock = answer.byte(), let flags = answer.byte(), flags < 4 else { return nil }
        self.landlock = landlock
        hasSeccomp = flags & 1 != 0
        hasNoNewPrivileges = flags & 2 != 0
    }

    func write(to answer: inout AnswerWriter) {
        answer.add(byte: landlock)
        answer.add(byte: (hasSeccomp ? 1 : 0) | (hasNoNewPrivileges ? 2 : 0))
    }

    /// As `simscan --version` says it: `landlock 6, seccomp, no_new_privs`, and what is missing.
    package var description: String {
        (landlock > 0 ? "landlock " + String(landlock) : "no landlock") + (hasSeccomp ? ", seccomp" : ", no seccomp")
            + (hasNoNewPrivileges ? ", no_new_privs" : ", no no_new_privs")
    }

    /// Puts a child into a cage to see what there is; nil where none can be made.
    package static func standing(until deadline: Instant) -> CageWalls? {
        let cage = Cage(limits: CageLimits(messageSize: 0, fileBytes: 0))
        guard case .answered(let walls, _) = try? cage.run(on: nil, output: nil, until: deadline, { _ in }) else {
            return nil
        }
        return walls
    }
}
