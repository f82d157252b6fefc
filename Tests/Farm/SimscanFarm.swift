import ArgumentParser
import CNetworks
import Fakes
import Foundation

@main
struct SimscanFarm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simscan-farm",
        abstract: "Scanners on other hosts, which die: every message still gets its true verdict.",
        discussion: """
            The hosts are network namespaces, which root can make; else addresses of the loopback interface. The \
            environment variable SIMSCAN_PROGRAMS names the directory of the programs under test.
            """)

    @Flag(help: "A short one of each.")
    var sample = false

    @Flag(help: "Addresses of the loopback interface in place of namespaces.")
    var loopback = false

    @Option(help: "The document whose set-ups are tested.")
    var document = "doc/farm.md"

    @Option(help: "What the chances of the killing begin with; any number without it.")
    var seed = UInt64.random(in: 0..<1_000_000)

    @Option(parsing: .upToNextOption, help: "Which sections. All without it.")
    var only: [Section] = Section.allCases

    enum Section: String, CaseIterable, ExpressibleByArgument {
        case spread, blackHole = "black-hole", faults, chaos, setups, allDown = "all-down", names

        var title: String {
            switch self {
            case .spread: "Mail is spread over six clamd hosts"
            case .blackHole: "One of two hosts is a black hole, and heals"
            case .faults: "Whatever the first of two hosts does wrong, the second has the verdict"
            case .chaos: "Hosts die and come back at random"
            case .setups: "The set-ups of doc/farm.md, one host of each scanner killed in the middle"
            case .allDown: "All hosts are down"
            case .names: "Names, and IPv6"
            }
        }
    }

    /// More than any section needs.
    private static let machineCount = 8

    func run() throws {
        print_lines()
        // The files of a run live as long as it; in memory no disk sets the pace.
        if ProcessInfo.processInfo.environment["TMPDIR"] == nil, access("/dev/shm", W_OK) == 0 {
            setenv("TMPDIR", "/dev/shm", 1)
        }
        let signals = EndingSignals()
        let network = try Network(machines: Self.machineCount, loopback: loopback)
        defer { network.remove() }
        signals.whenOneComes { network.remove() }
        if let lack = network.lack {
            print("On addresses of the loopback interface, without network namespaces: " + lack)
        }
        var troubles: [String] = []
        for section in only { troubles += judge(section, network).map { section.rawValue + ": " + $0 } }
        guard !troubles.isEmpty else { return }
        print("Not as it must be:")
        for trouble in troubles { print("    " + trouble) }
        throw ExitCode.failure
    }

    /// Runs a section, and where the machine may have been busy the sample of it once more.
    ///
    /// - Returns: what is not as it must be, in words.
    private func judge(_ section: Section, _ network: Network) -> [String] {
        print(section.title)
        for attempt in 1...(sample ? Self.mostAttempts : 1) {
            let start = ContinuousClock.now
            var tally: Tally
            do {
                tally = try run(section, network)
            } catch {
                tally = Tally()
                tally.note("\(error)")
            }
            print("\(section.rawValue): \(tally.line); \((ContinuousClock.now - start).short)")
            if tally.isClean && tally.isInTime { return [] }
            if !tally.isClean || attempt == Self.mostAttempts || !sample { return tally.faults + tally.lateness }
            print("  too late, so once more: " + tally.lateness.joined(separator: "; "))
        }
        return []
    }

    /// A sample has no second chance in which something is lost or wrong, but in which it is late.
    private static let mostAttempts = 3

    private func run(_ section: Section, _ network: Network) throws -> Tally {
        switch section {
        case .spread: try SpreadSection(network: network, messages: sample ? 300 : 6000).run()
        case .blackHole: try BlackHoleSection(network: network, seconds: sample ? 3 : 85).run()
        case .faults: try FaultSection(network: network, stride: sample ? 7 : 1).run()
        case .chaos: try ChaosSection(network: network, messages: sample ? 200 : 5000, seed: seed).run()
        case .setups:
            try SetupSection(network: network, document: Document(path: document), messages: sample ? 30 : 300).run()
        case .allDown: try AllDownSection(network: network, isSample: sample).run()
        case .names: try NameSection(network: network, isSample: sample).run()
        }
    }
}
