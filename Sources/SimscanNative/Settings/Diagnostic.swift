/// One thing that a control file's check found, and where.
package struct Diagnostic: Equatable, Sendable {
    /// Whether the file can be compiled all the same.
    package enum Severity: String, Sendable {
        case warning
        case error
    }

    package var severity: Severity
    /// The file as the user knows it.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in bytes.
    package var column: Int
    /// What was found and what is allowed; no line break.
    package var message: String

    package init(_ severity: Severity, file: String, line: Int, column: Int, _ message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: error: message`, as compilers write it.
    package var description: String {
        file + ":" + String(line) + ":" + String(column) + ": " + severity.rawValue + ": " + message
    }
}
