import Fakes

/// Sends a message by swaks, as a mail server in the world would send it.
///
/// - Returns: its exit status, and the server's reply to the message with its code.
func swaks(
    _ message: [UInt8], toPort port: UInt16, from sender: String = "alice@example.org",
    recipients: String = "bob@example.com"
) throws -> (exitStatus: Int32?, reply: String) {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    // swaks ends the last line by itself.
    let file = try directory.write(
        message.last == UInt8(ascii: "\n") ? message.dropLast() : message[...], to: "message")
    var run = FilterRun(of: "/bin/sh", message: [], envelope: [])
    run.arguments = [
        "-c", "exec swaks \"$@\" >&2", "swaks", "--server", "127.0.0.1", "--port", "\(port)", "--helo",
        "client.example.org", "--from", sender, "--to", recipients, "--data", "@" + file,
    ]
    run.environment["HOME"] = directory.path
    run.rejectChannels = [:]
    let result = try run.run()
    // The reply to the message is the one before that to QUIT: `<-  250 ok` or `<** 554 …`.
    let replies = result.logLines.filter { $0.hasPrefix("<- ") || $0.hasPrefix("<**") }
    return (result.exitStatus, replies.dropLast().last.map { String($0.dropFirst(4)) } ?? "")
}
