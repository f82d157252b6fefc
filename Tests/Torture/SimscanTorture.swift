import ArgumentParser
import Fakes
import Foundation
import Tracer

@main
struct SimscanTorture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscan-torture",
        abstract: "Tries hard to make simscan lose a message, or let one in.")

    @Option(help: "The program under test; beside it stands its simscanmk.")
    var simscan = BuiltPrograms.simscan

    @Option(help: "Every so many-th fault, message and shape is tried; 1 is all.")
    var sample = 1

    @Option(help: "Bytes of each hostile message.")
    var hostileBytes = 25_000_000

    @Option(help: "Messages of the load.")
    var messages = 20_000

    @Option(help: "How many of them are under way at a time.")
    var concurrency = 32

    @Option(parsing: .upToNextOption, help: "Which sections: faults, hostile, load, memory. All without it.")
    var only: [Section] = Section.allCases

    enum Section: String, CaseIterable, ExpressibleByArgument {
        case faults, hostile, load, memory
    }

    func run() throws {
        tracer_print_lines()
        // The files of a run live as long as it; in memory no disk sets the pace.
        if ProcessInfo.processInfo.environment["TMPDIR"] == nil, access("/dev/shm", W_OK) == 0 {
            setenv("TMPDIR", "/dev/shm", 1)
        }
        let mk = URL(fileURLWithPath: simscan).deletingLastPathComponent().appendingPathComponent("simscanmk").path
        let programs = Lab.Programs(simscan: simscan, simscanmk: mk)
        let scanners = try Scanners()
        defer { scanners.stop() }
        var isClean = true
        for section in only {
            let start = Date()
            let (tally, title) = try run(section, programs, scanners)
            let seconds = Int(Date().timeIntervalSince(start).rounded())
            print(tally.line(title, injects: section == .faults) + ", \(seconds) s")
            for example in tally.examples { print("    " + example) }
            isClean = isClean && tally.isClean
        }
        guard isClean else { throw ExitCode.failure }
    }

    private func run(
        _ section: Section, _ programs: Lab.Programs, _ scanners: Scanners
    ) throws -> (Tally, String) {
        switch section {
        case .faults:
            print("Every system call fails (point 1)")
            let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
            let faults = FaultSection(programs: programs, scanners: scanners, stride: sample, workers: workers)
            return (try faults.run(), "faults")
        case .hostile:
            print("Hostile mail and lying scanners (point 5)")
            var tally = try HostileSection(programs: programs, stride: sample, size: hostileBytes).run()
            tally.add(try LiarSection(programs: programs, stride: sample).run())
            return (tally, "hostile")
        case .load:
            print("\(messages) messages at concurrency \(concurrency), and a machine at its end (point 8)")
            var tally = try LoadSection(
                programs: programs, scanners: scanners, messages: messages, concurrency: concurrency
            ).run()
            tally.add(try ExhaustionSection(programs: programs, scanners: scanners).run())
            return (tally, "load")
        case .memory:
            print("Limits on memory, as softlimit sets them (point 7)")
            return (try MemorySection(programs: programs, scanners: scanners, steps: 12).run(), "memory")
        }
    }
}
