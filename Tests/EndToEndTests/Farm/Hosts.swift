import Fakes
import Foundation

extension Site {
    /// What simscanmk shows of the memory of dead hosts: a line a host, `ADDRESS  STATE, SEEN`.
    func hosts() throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: BuiltPrograms.simscanmk)
        process.arguments = ["--hosts", "--controldir", control.path]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Complaint("simscanmk --hosts") }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The line of one host, nil where it is not remembered.
    func host(_ address: String) throws -> String? {
        try hosts().first { $0.hasPrefix(address + " ") }
    }
}
