import ArgumentParser
import Glibc
import SimscanNative

/// Prints the filters' counters in Prometheus' text format.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints the filters' counters in Prometheus' text format.",
        discussion: """
            With metrics = yes every filter adds its message to the counters in statedir. For node_exporter, \
            run from cron:

              simscanctl metrics --output /var/lib/prometheus/node-exporter/simscan.prom

            Exit status: 0 done, 64 wrong usage, 66 there are no counters, 73 or 74 a file cannot be written or \
            read.
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Where the counters are, in place of the setting statedir.", valueName: "directory"))
    var statedir: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write this file, whole or not at all, in place of standard output.", valueName: "file"))
    var file: String?

    func run() throws {
        try tellingFailures {
            guard let directory = try statedir ?? control.settings().statedir else {
                throw Failure("the setting statedir is off: nothing is counted", status: EX_NOINPUT)
            }
            let values: MetricsValues
            do throws(ControlFileFailure) {
                guard let read = try MetricsValues(in: directory) else {
                    throw ControlFileFailure(
                        path: directory, reason: "has no counters; is metrics = yes, and has a message come since?")
                }
                values = read
            } catch {
                throw Failure(error.description, status: EX_NOINPUT)
            }
            let text = output.json ? MetricsReport.json(values).text : MetricsReport.prometheus(values)
            if let file { try OutputFile.write(text, to: file) } else { Terminal.output.write(text) }
        }
    }
}
