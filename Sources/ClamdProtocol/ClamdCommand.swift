/// A command of clamd's protocol, in its NUL-terminated form (`clamd(8)`, COMMANDS).
package enum ClamdCommand: String, Sendable {
    case ping = "zPING\0"
    case version = "zVERSION\0"

    /// The bytes to send.
    package var bytes: [UInt8] { Array(rawValue.utf8) }
}
