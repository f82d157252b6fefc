import ArgumentParser
import Glibc

/// Sums up simscan's log lines.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Sums up simscan's log lines.",
        discussion: """
            Reads the lines of log-format classic and json, behind the stamps of multilog, tai64nlocal and syslog \
            or without; lines of other programs are passed over and counted.

            With a log of any size and any content memory stays small: of names, the most frequent are kept, \
            and what is not shown is said as "others".

              simscanctl log /var/log/qmail/smtpd/current
              simscanctl log --html report.html /var/log/qmail/smtpd/*
              grep simscan: /var/log/mail.log | simscanctl log --json

            Exit status: 0 done, 64 wrong usage, 66 there is no such log, 73 the page cannot be made, 74 a log \
            cannot be read or the page not written.
            """)

    @OptionGroup var output: OutputOptions

    @Flag(help: "Print Prometheus' text format.")
    var prometheus = false

    @Option(help: ArgumentHelp("Write a page with plots to this file.", valueName: "file"), completion: .file())
    var html: String?

    @Option(help: ArgumentHelp("How many names a list shows.", valueName: "count"))
    var top = 10

    @Argument(help: "Logs to read; - or none: standard input.", completion: .file())
    var files: [String] = []

    mutating func validate() throws {
        if output.json && prometheus { throw ValidationError("Give one of --json and --prometheus.") }
        guard (1...1000).contains(top) else { throw ValidationError("--top is 1 to 1000.") }
    }

    func run() throws {
        try tellingFailures {
            var summary = try read(files.isEmpty ? ["-"] : files)
            if output.json {
                Terminal.output.write(LogReport.json(&summary, top: top).text)
            } else if prometheus {
                Terminal.output.write(LogReport.prometheus(summary, top: top))
            } else if html == nil {
                Terminal.output.write(LogReport.text(&summary, top: top, for: .output))
            }
            guard let html else { return }
            var page = LogPage(summary, top: top)
            try OutputFile.write(page.text(), to: html)
            if !output.json && !prometheus {
                Terminal.output.line(SafeText.text(html) + ": " + Units.counted(summary.messages, "message"))
            }
        }
    }

    private func read(_ files: [String]) throws -> LogSummary {
        var opened: [(name: String, descriptor: Int32)] = []
        for file in files {
            let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Failure(file + ": " + String(cString: strerror(errno)), status: EX_NOINPUT)
            }
            opened.append((file, descriptor))
        }
        var summary = LogSummary()
        var lines = LogLines()
        defer { lines.deallocate() }
        var bar = ProgressBar("reading")
        defer { bar.finish() }
        let total = opened.reduce(0) { $0 + Self.size($1.descriptor) }
        var done: Int64 = 0
        for file in opened {
            let name = file.name == "-" ? "standard input" : file.name
            try lines.read(file.descriptor, name: name) { count in
                done += Int64(count)
                bar.update(done, of: total >= done ? total : nil, Units.bytes(done))
            } _: {
                summary.add($0)
            }
            if file.descriptor != STDIN_FILENO { close(file.descriptor) }
        }
        summary.lines += lines.overlong
        summary.foreignLines += lines.overlong
        return summary
    }

    /// Bytes of a regular file; 0 for anything else.
    private static func size(_ descriptor: Int32) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int64(status.st_size)
    }
}
