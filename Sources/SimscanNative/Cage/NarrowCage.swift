internal import CLinux

/// A child process that answers a question with yes or no, and can do nothing else: it has no descriptor, and no system
/// call but its end is left to it (`seccomp(2)`, strict mode), not even for memory.
///
/// It costs half of what a `Cage` does, and its answer is worth as much: that of a child whom nobody has hindered.
package struct NarrowCage {
    /// Processor time in whole seconds: all that the child can take, and what it is waited for.
    private let seconds: UInt64

    package init(seconds: UInt64) { self.seconds = seconds }

    /// Asks a child.
    ///
    /// - Parameter question: runs in the child.
    /// - Returns: nil where it gave no answer: there is no such child here, it wanted more than it may have, it crashed,
    ///   or took too long. A `Cage` can say which.
    package func ask(_ question: () -> Bool) -> Bool? {
        let child = cage_fork_narrow()
        if child == 0 {
            guard cage_close_narrowly(seconds) != 0 else { cage_exit(CInt(cage_no_descriptor_status)) }
            cage_exit(CInt(question() ? cage_yes_status : cage_no_status))
        }
        guard child > 0 else { return nil }
        switch cage_narrow_status(child) {
        case CInt(cage_yes_status): return true
        case CInt(cage_no_status): return false
        default: return nil
        }
    }
}
