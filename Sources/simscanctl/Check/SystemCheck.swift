import Glibc
import SimscanNative

/// What the kernel must have.
struct SystemCheck {
    func findings() -> [Finding] {
        var findings = FindingList(.system)
        var name = utsname()
        guard uname(&name) == 0 else { return [] }
        let release = withUnsafeBytes(of: &name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return [] }
        let version = numbers[0] * 1000 + numbers[1]
        if version < 3011 {
            findings.warn(
                "kernel", "Linux " + release + " has no O_TMPFILE: a crash can leave files in the working directory",
                mend: "use Linux 3.11 or later")
        } else if version < 5009 {
            findings.warn(
                "kernel", "Linux " + release + " has no close_range: each message costs some more system calls",
                mend: "use Linux 5.9 or later")
        } else {
            findings.ok("kernel", "Linux " + release + ": O_TMPFILE, close_range")
        }
        return findings.all
    }
}
