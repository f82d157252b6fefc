/// A control directory of its own for one test, with what simscanmk compiles from it.
package struct ControlDirectory: Sendable {
    private let directory: TemporaryDirectory

    /// What `SIMSCAN_CONTROLDIR` has to say.
    package var path: String { directory.path }

    /// Makes one with these settings in `simscan.conf`, a line each in this order; `compile` comes next.
    ///
    /// - Throws: `Errno`, or what Foundation throws when a file cannot be written.
    package init(_ settings: KeyValuePairs<String, String> = [:]) throws {
        directory = try TemporaryDirectory(mode: 0o755)
        try write(settings.map { "\($0.key) = \($0.value)" }, to: "simscan.conf")
    }

    /// Writes the suffixes that attachment names must not have.
    package func writeAttachmentList(_ suffixes: [String]) throws {
        try write(suffixes, to: "ssattach")
    }

    /// Writes the records of single addresses and domains: `example.com:clam=yes,spam=no`.
    package func writeSimcontrol(_ records: [String]) throws {
        try write(records, to: "simcontrol")
    }

    /// Writes a file of lines.
    package func write(_ lines: [String], to name: String) throws {
        try directory.write(lines.map { $0 + "\n" }.joined().utf8, to: name)
    }

    /// The path of a file here.
    package func path(of name: String) -> String { directory.path(of: name) }

    /// Runs simscanmk on this directory, with arguments like `["-g"]`; the result says how it ended and, as
    /// `standardError`, what it said.
    @discardableResult
    package func compile(by simscanmk: String, arguments: [String] = []) throws -> FilterResult {
        var run = FilterRun(of: simscanmk, message: [], envelope: [])
        run.arguments = arguments
        run.rejectChannels = [:]
        run.environment["SIMSCAN_CONTROLDIR"] = path
        return try run.run()
    }

    /// Removes the directory.
    package func remove() { directory.remove() }
}
