import Fakes

/// Runs a program of the system's to its end.
///
/// - Throws: where it cannot be started, or does not end with status 0; with what it wrote on its standard error.
func run(_ command: [String]) throws {
    var run = FilterRun(of: command[0], message: [], envelope: [])
    run.arguments = Array(command.dropFirst())
    run.rejectChannels = [:]
    let result = try run.run()
    guard result.exitStatus == 0 else {
        throw Trouble(command.joined(separator: " ") + ": \(result.ending), " + result.logLines.joined(separator: "; "))
    }
}
