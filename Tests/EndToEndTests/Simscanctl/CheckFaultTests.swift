import Fakes
import Foundation
import Glibc
import Testing

/// `simscanctl check` finds what is planted, names it, and finds nothing else.
@Suite struct CheckFaultTests {
    /// One fault: how it is planted, and the findings that must come of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The names of all problems, and then of all warnings.
        let problems: [String]
        let warnings: [String]
        /// What the first of them says.
        let says: String
        let plant: @Sendable (Installed) throws -> Void
        /// Only root can plant it, or find it.
        var needsRoot = false
        var needsMounts = false

        init(
            _ description: String, problems: [String] = [], warnings: [String] = [], says: String,
            needsRoot: Bool = false, needsMounts: Bool = false,
            _ plant: @escaping @Sendable (Installed) throws -> Void
        ) {
            testDescription = description
            self.problems = problems
            self.warnings = warnings
            self.says = says
            self.needsRoot = needsRoot
            self.needsMounts = needsMounts
            self.plant = plant
        }
    }

    static let faults = controlFaults + programFaults + directoryFaults + mountFaults + queueFaults + scannerFaults

    private func findings(_ installed: Installed) throws -> (status: Int32, findings: [[String: Any]]) {
        let result = try installed.simscanctl(
            "check", "--json", "--program", installed.program, "--user", installed.user)
        let findings = try #require(try result.json()["findings"] as? [[String: Any]], "\(result.errors)")
        return (result.status, findings)
    }

    private func names(_ findings: [[String: Any]], _ severity: String) -> [String] {
        findings.filter { $0["severity"] as? String == severity }.compactMap { $0["name"] as? String }
    }

    @Test func `Nothing is wrong with an installation where nothing is`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        let (status, findings) = try findings(installed)
        #expect(names(findings, "problem") == [])
        // A temporary directory may stand on a disk that is nearly full.
        #expect(Set(names(findings, "warning")).isSubset(of: ["workdir-full", "quarantinedir-full", "clamd-limit"]))
        #expect(status == 0)
        let said = findings.compactMap { $0["what"] as? String }.joined(separator: "\n")
        #expect(said.contains("ClamAV 1.4.6/27000"))
        #expect(said.contains(" ms"))
    }

    @Test(arguments: faults) func `A planted fault is found and named, with what mends it`(fault: Fault) throws {
        if fault.needsRoot && geteuid() != 0 { return }
        if fault.needsMounts && !mayMount { return }
        let installed = try Installed()
        defer { installed.remove() }
        try fault.plant(installed)
        let (status, findings) = try findings(installed)
        let wrong = findings.filter { $0["severity"] as? String != "ok" }
        if fault.problems == ["control-directory"] {
            #expect(names(findings, "problem").first == "control-directory")
        } else {
            #expect(names(findings, "problem") == fault.problems)
            let expected = Set(fault.warnings)
            #expect(expected.isSubset(of: names(findings, "warning")))
            #expect(expected.union(["workdir-full", "quarantinedir-full"]).isSuperset(of: names(findings, "warning")))
        }
        #expect(status == (fault.problems.isEmpty ? 0 : 1))
        let named = wrong.first { $0["name"] as? String == (fault.problems + fault.warnings).first }
        let what = try #require(named?["what"] as? String)
        #expect(what.contains(fault.says), "\(what)")
        #expect((named?["mend"] as? String)?.isEmpty == false)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to be another user"))
    func `Another user is told that nothing was tried, and of no problem that there is not`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        installed.user(64_250)
        // What is the filter's alone: a file, a socket, and a directory above.
        chmod(installed.control + "/simscan.cdb", 0o640)
        installed.own(installed.control + "/simscan.cdb", mode: 0o640)
        let (status, findings) = try findings(installed)
        #expect(names(findings, "problem") == [], "\(findings)")
        #expect(names(findings, "warning").filter { $0 == "not-tried" }.count == 1)
        #expect(status == 0)
        // What shows without trying is told all the same.
        chmod(installed.program, 0o711)
        #expect(try names(self.findings(installed).findings, "problem") == ["program-setuid"])
    }

    @Test func `There are more than twenty faults`() {
        #expect(Self.faults.count >= 20)
    }

    @Test func `For people each finding stands in a line, and the command that mends it below`() throws {
        let installed = try Installed()
        defer { installed.remove() }
        chmod(installed.program, 0o711)
        let result = try installed.simscanctl("check", "--program", installed.program, "--user", installed.user)
        #expect(result.status == 1)
        #expect(result.text.contains("  PROBLEM  \(installed.program) is not setuid"))
        #expect(result.text.contains("           mend: chmod 4711 \(installed.program)\n"))
        #expect(!result.text.contains("\u{1B}"), "colour is for terminals")
    }
}
