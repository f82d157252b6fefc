/// What a log says in sum; its memory does not grow with the log.
struct LogSummary {
    /// Lines of any kind.
    var lines = 0
    /// Lines that are none of simscan's, or damaged.
    var foreignLines = 0
    var notes = 0
    /// Messages by state; those of shadow mode apart.
    var states = [Int](repeating: 0, count: LogState.allCases.count)
    var shadowStates = [Int](repeating: 0, count: LogState.allCases.count)
    /// Messages without a time.
    var untimed = 0
    var hours = HourSeries()
    var viruses = Tally()
    var senders = Tally()
    /// Of messages that were refused or dropped.
    var refusedSenders = Tally()
    var attachments = Tally()
    /// `SCANNER HOST: ERROR` of ERROR and NOTE lines.
    var hostFailures = Tally()
    private(set) var times: [(name: [UInt8], histogram: TimeHistogram)] = [(Array("total".utf8), TimeHistogram())]

    private var parser = LogParser()
    /// A log with more scanners than there are is not simscan's.
    private static let maximumScanners = 12

    /// Messages.
    var messages: Int { states.reduce(0, +) + shadowStates.reduce(0, +) }

    func count(_ group: LogGroup) -> Int {
        let own = LogState.allCases.filter { $0.group == group && $0.isVerdict }.reduce(0) { $0 + states[$1.rawValue] }
        return group == .passed ? own + shadowStates.reduce(0, +) : own
    }

    /// Counts one line.
    mutating func add(_ line: Bytes) {
        lines += 1
        guard let event = parser.read(line) else {
            foreignLines += 1
            return
        }
        guard event.state.isVerdict else {
            if event.state == .note {
                notes += 1
                HostFailures.read(event) { hostFailures.add($0) }
            }
            return
        }
        // In shadow mode every message passes.
        let group = event.isShadow ? LogGroup.passed : event.state.group
        if event.isShadow {
            shadowStates[event.state.rawValue] += 1
        } else {
            states[event.state.rawValue] += 1
        }
        if let time = event.time { hours.add(time, group) } else { untimed += 1 }
        if let seconds = event.seconds { times[0].histogram.add(seconds: seconds) }
        for scanner in parser.scanners { addTime(scanner) }
        let isBounce = event.sender.isEmpty || event.sender.isSame("-")
        if isBounce { senders.add("<>") } else { senders.add(event.sender, lowercased: true) }
        switch group {
        case .spam, .virus, .blocked:
            if isBounce { refusedSenders.add("<>") } else { refusedSenders.add(event.sender, lowercased: true) }
        case .passed, .spamPassed, .deferred: break
        }
        switch event.state {
        case .virus, .virusDropped: viruses.add(event.what)
        case .attachment, .encrypted, .broken: attachments.add(event.what, lowercased: true)
        case .error: HostFailures.read(event) { hostFailures.add($0) }
        default: break
        }
    }

    private mutating func addTime(_ scanner: LogJSONReader.Scanner) {
        guard let milliseconds = scanner.milliseconds, !scanner.name.isEmpty else { return }
        for index in 1..<max(times.count, 1) where times[index].name.elementsEqual(scanner.name) {
            times[index].histogram.add(seconds: milliseconds / 1000)
            return
        }
        guard times.count < Self.maximumScanners else { return }
        var histogram = TimeHistogram()
        histogram.add(seconds: milliseconds / 1000)
        times.append((Array(scanner.name.prefix(40)), histogram))
    }
}

/// Hosts and their errors in the text of an ERROR or NOTE line: `clamd HOST: ERROR; HOST: ERROR`.
enum HostFailures {
    private static let scanners: [String] = ["clamd parts ", "clamd ", "trophie ", "spamd "]

    static func read(_ event: LogEvent, _ found: (String) -> Void) {
        var text = Substring(decoding: event.what.prefix(2048), as: UTF8.self)
        if text.hasPrefix("not scanned, ") { text = text.dropFirst(13) }
        guard let scanner = scanners.first(where: { text.hasPrefix($0) }) else {
            if event.state == .error { found(String(text)) }
            return
        }
        text = text.dropFirst(scanner.utf8.count)
        // In the classic form a colon is an underscore.
        let separator = event.isClassic ? "_ " : ": "
        while !text.isEmpty {
            let end = find("; ", in: text) ?? text.endIndex
            let fault = text[..<end]
            text = text[end...].dropFirst(2)
            guard let middle = find(separator, in: fault) else {
                found(scanner + fault)
                continue
            }
            let host = event.isClassic ? restored(fault[..<middle]) : String(fault[..<middle])
            found(scanner + host + ": " + fault[middle...].dropFirst(2))
        }
    }

    private static func find(_ separator: String, in text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(separator) { return index }
            index = text.index(after: index)
        }
        return nil
    }

    /// `tcp_10.0.0.1_3310` as `tcp:10.0.0.1:3310`.
    private static func restored(_ host: Substring) -> String {
        if host.hasPrefix("unix_") { return "unix:" + host.dropFirst(5) }
        guard host.hasPrefix("tcp_"), let last = host.lastIndex(of: "_") else { return String(host) }
        let name = host[host.index(host.startIndex, offsetBy: 4)..<max(last, host.index(host.startIndex, offsetBy: 4))]
        let isAddress = name.hasPrefix("[")
        return "tcp:" + (isAddress ? String(name.map { $0 == "_" ? ":" : $0 }) : String(name)) + ":"
            + host[host.index(after: last)...]
    }
}
