import Fakes
import Foundation
import Testing

/// No library sees the caller's environment, which can lead it to files (`environ(7)`).
@Suite struct LibraryEnvironmentTests {
    @Test func `No variable that libraries read leads to a file`() throws {
        let trap = try TemporaryDirectory()
        defer { trap.remove() }
        try trap.write(Array("RES_OPTIONS\n".utf8), to: "file")
        let clamd = try FakeClamd(at: .tcp())
        defer { clamd.stop() }
        // A name brings the resolver in, an attachment the parsers, an archive the locale.
        let port = try #require(clamd.address.split(separator: ":").last)
        let site = try Site(["clamd": "tcp:localhost:\(port)", "attach-archives": "yes"], suffixes: [".exe"])
        let trace = try Strace("open,openat,access,faccessat,faccessat2,stat,newfstatat,readlink,execve")
        let message = SampleMessages.attachment(
            named: "=?utf-8?q?a?=.zip", content: Array("PK\u{3}\u{4}".utf8), subject: "An archive")
        let result = try site.run(message) {
            for name in [
                "GCONV_PATH", "LOCPATH", "HOSTALIASES", "LOCALDOMAIN", "RESOLV_HOST_CONF", "TZDIR", "TMPDIR", "NLSPATH",
                "GNUPGHOME", "GPGME_DEBUG", "G_MESSAGES_DEBUG", "GIO_MODULE_DIR", "XDG_DATA_DIRS", "XDG_CONFIG_HOME",
                "CARES_HOSTS", "MALLOC_TRACE", "SWIFT_BACKTRACE", "CHARSETALIASDIR", "HOME",
            ] {
                $0.environment[name] = trap.path(of: "file")
            }
            $0.launcher = trace.launcher
        }
        #expect(result.exitStatus == 0, "\(result.logLines)")
        let calls = try trace.calls()
        let filters = calls.prefix { !$0.line.contains(BuiltPrograms.fakeQmailQueue) }
        #expect(filters.count > 3)
        for call in filters.dropFirst() { #expect(!call.line.contains(trap.path), "\(call.line)") }
        #expect(try site.queued().message == message)
    }
}
