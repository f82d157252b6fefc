import Fakes
import Foundation
import Testing

/// An archive that is longer than what is held of it cannot be read, which is no lack of memory.
@Suite struct LongArchiveTests {
    /// A mail with a zip that unpacks to 33 MiB of a file that says that it is an archive.
    private func message() throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let make = "cd \(directory.path) && head -c 34603008 /dev/zero >disk.img && zip -q out.zip disk.img"
        let shell = try Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", make])
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0)
        return SampleMessages.attachment(named: "a.zip", content: try directory.read("out.zip"), subject: "A disk")
    }

    /// Nothing; less memory than the cage gives; files that must be shorter still.
    @Test(arguments: ["", "--as=400000000", "--fsize=4194304"])
    func `It passes or is refused as the setting says`(limit: String) throws {
        let message = try message()
        for (policy, status, state) in [("pass", Int32(0), "CLEAN"), ("reject", 31, "BROKEN")] {
            let site = try Site(["attach-archives": "yes", "attach-broken": policy], suffixes: [".exe"])
            let result = try site.run(message) {
                if !limit.isEmpty { $0.launcher = ["/usr/bin/prlimit", limit] }
            }
            #expect(result.exitStatus == status)
            #expect(result.state == state, "\(result.logLines)")
        }
    }
}
