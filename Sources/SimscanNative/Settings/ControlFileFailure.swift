/// Why a control file cannot be read, used or replaced.
package struct ControlFileFailure: Error, Equatable, Sendable {
    /// The file or directory.
    package var path: String
    /// What is wrong, without the path.
    package var reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

extension ControlFileFailure: CustomStringConvertible {
    package var description: String { path + ": " + reason }
}
