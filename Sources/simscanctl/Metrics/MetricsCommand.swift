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

              cd /var/lib/prometheus/node-exporter
              simscanctl metrics --output simscan.prom

            Exit status: 0 done, 64 wrong usage, 66 there are no counters, or they are damaged, 73 the file cannot be \
            made, 74 a control file cannot be read, or the file not written.
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var control: ControlOptions

    @Option(
        help: ArgumentHelp("Where the counters are, in place of the setting statedir.", valueName: "directory"),
        completion: .directory)
    var statedir: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write this file, whole or not at all, in place of standard output.", valueName: "file"),
        completion: .file())
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
