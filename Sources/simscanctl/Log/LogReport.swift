/// A summary as text for a terminal, as JSON and as Prometheus' text format.
enum LogReport {
    /// Percentiles that are shown.
    static let shares: [(name: String, value: Double)] = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)]
    /// Rows of the table by the hour.
    private static let maximumRows = 48

    /// The lists of names, each with its title, its key and what it counts.
    static func lists(_ summary: LogSummary) -> [(title: String, key: String, tally: Tally)] {
        [
            ("Viruses", "viruses", summary.viruses), ("Attachments refused", "attachments", summary.attachments),
            ("Senders", "senders", summary.senders),
            ("Senders of refused mail", "refused_senders", summary.refusedSenders),
            ("Host failures", "host_failures", summary.hostFailures),
        ]
    }

    // MARK: Text

    static func text(_ summary: inout LogSummary, top: Int, for terminal: Terminal) -> String {
        var text = Units.counted(summary.messages, "message") + " in " + Units.counted(summary.lines, "line")
        if summary.foreignLines > 0 { text += ", " + Units.count(summary.foreignLines) + " of them not simscan's" }
        text += "\n"
        // Tables of nothing would be titles alone.
        guard summary.messages > 0 else { return text + names(summary, top, terminal) }
        text += "\n" + states(summary).text(for: terminal)
        let (rows, width) = summary.hours.rows(atMost: maximumRows)
        if !rows.isEmpty { text += "\n" + series(rows, width).text(for: terminal) }
        if summary.untimed > 0 && !rows.isEmpty {
            text += Units.counted(summary.untimed, "message") + " without a time\n"
        }
        text += "\n" + times(summary).text(for: terminal)
        return text + names(summary, top, terminal)
    }

    private static func names(_ summary: LogSummary, _ top: Int, _ terminal: Terminal) -> String {
        var text = ""
        for list in lists(summary) where list.tally.total > 0 {
            text += "\n" + names(list.title, list.tally, top).text(for: terminal)
            if list.tally.uncertainty > 0 {
                text += "counts may be " + Units.count(list.tally.uncertainty) + " too low\n"
            }
        }
        return text
    }

    private static func states(_ summary: LogSummary) -> Table {
        var table = Table([.left("STATE"), .right("MESSAGES"), .right("SHARE")])
        for (state, count, isShadow) in states(of: summary) {
            let style: Style? =
                switch isShadow ? .passed : state.group {
                case .passed: nil
                case .spamPassed, .spam: .yellow
                case .virus, .blocked: .red
                case .deferred: .magenta
                }
            let name = (isShadow ? "SHADOW " : "") + state.word.description
            table.add([
                .init(name, style), .init(Units.count(count)), .init(Units.percent(count, of: summary.messages)),
            ])
        }
        return table
    }

    /// The states that there are, those of shadow mode behind the others.
    static func states(of summary: LogSummary) -> [(state: LogState, count: Int, isShadow: Bool)] {
        [(summary.states, false), (summary.shadowStates, true)].flatMap { counts, isShadow in
            LogState.allCases.filter { counts[$0.rawValue] > 0 }.map { ($0, counts[$0.rawValue], isShadow) }
        }
    }

    private static func series(_ rows: [HourSeries.Row], _ width: Int64) -> Table {
        let columns = LogGroup.allCases.map { Table.Column.right($0.heading) }
        var table = Table([.left(Units.interval(seconds: width).uppercased())] + columns)
        for row in rows {
            let time = ClockText.local(row.start, width < 86400 ? "%Y-%m-%d %H:%M" : "%Y-%m-%d")
            table.add([.init(time)] + row.counts.map { .init($0 == 0 ? "." : Units.count($0), $0 == 0 ? .dim : nil) })
        }
        return table
    }

    private static func times(_ summary: LogSummary) -> Table {
        var table = Table(
            [.left("TIME"), .right("SCANS")] + shares.map { .right($0.name.uppercased()) } + [.right("MAX")])
        for (name, histogram) in summary.times where histogram.count > 0 {
            let values = shares.map { Table.Cell(Units.time(seconds: histogram.percentile($0.value))) }
            table.add(
                [.init(SafeText.text(name)), .init(Units.count(histogram.count))] + values
                    + [.init(Units.time(seconds: histogram.maximum))])
        }
        return table
    }

    private static func names(_ title: String, _ tally: Tally, _ top: Int) -> Table {
        var table = Table([.right("COUNT"), .text(title.uppercased())])
        var others = tally.total
        for (name, count) in tally.top(top) {
            others -= count
            table.add([.init(Units.count(count)), .init(SafeText.text(name))])
        }
        if others > 0 { table.add([.init(Units.count(others), .dim), .init("others", .dim)]) }
        return table
    }

    // MARK: JSON

    static func json(_ summary: inout LogSummary, top: Int) -> JSON {
        let states = states(of: summary).map { state, count, isShadow in
            ((isShadow ? "SHADOW " : "") + state.word.description, JSON.integer(count))
        }
        let width = summary.hours.width
        let rows = summary.hours.rows().map { row in
            JSON.object(
                [("start", .string(ClockText.utc(row.start)))]
                    + LogGroup.allCases.map { ($0.key, .integer(row.counts[$0.rawValue])) })
        }
        let times = summary.times.filter { $0.histogram.count > 0 }.map { name, histogram in
            (
                String(decoding: name, as: UTF8.self),
                JSON.object(
                    [("count", .integer(histogram.count)), ("sum_seconds", .number(histogram.sum))]
                        + shares.map { ($0.name + "_seconds", .number(histogram.percentile($0.value))) }
                        + [("max_seconds", .number(histogram.maximum))])
            )
        }
        return .object(
            [
                ("lines", .integer(summary.lines)), ("foreign_lines", .integer(summary.foreignLines)),
                ("notes", .integer(summary.notes)), ("messages", .integer(summary.messages)),
                ("untimed", .integer(summary.untimed)), ("states", .object(states)),
                ("groups", .object(LogGroup.allCases.map { ($0.key, .integer(summary.count($0))) })),
                ("interval_seconds", .integer(width)), ("intervals", .array(rows)), ("times", .object(times)),
            ] + lists(summary).map { ($0.key, list($0.tally, top)) })
    }

    private static func list(_ tally: Tally, _ top: Int) -> JSON {
        let names = tally.top(top)
        return .object([
            ("total", .integer(tally.total)),
            ("top", .array(names.map { .object([("name", .bytes($0.name)), ("count", .integer($0.count))]) })),
            ("others", .integer(tally.total - names.reduce(0) { $0 + $1.count })),
            ("uncertainty", .integer(tally.uncertainty)),
        ])
    }

    // MARK: Prometheus

    static func prometheus(_ summary: LogSummary, top: Int) -> String {
        var text = PrometheusText()
        text.metric("simscan_log_messages", "gauge", "Messages in the log by state.")
        for (state, count, isShadow) in states(of: summary) {
            text.sample(
                "simscan_log_messages",
                [("state", state.word.description), ("shadow", isShadow ? "yes" : "no")], count)
        }
        text.metric("simscan_log_foreign_lines", "gauge", "Lines that are not simscan's.")
        text.sample("simscan_log_foreign_lines", [], summary.foreignLines)
        text.metric("simscan_log_seconds", "summary", "Times of the whole filter and of each scanner.")
        for (name, histogram) in summary.times where histogram.count > 0 {
            let scanner = ("scanner", String(decoding: name, as: UTF8.self))
            for share in shares {
                let value = histogram.percentile(share.value).description
                text.sample("simscan_log_seconds", [scanner, ("quantile", share.value.description)], value)
            }
            text.sample("simscan_log_seconds_sum", [scanner], histogram.sum.description)
            text.sample("simscan_log_seconds_count", [scanner], histogram.count)
        }
        for (title, key, tally) in lists(summary) where tally.total > 0 {
            let name = "simscan_log_" + key
            text.metric(name, "gauge", title + ", the most frequent ones.")
            var others = tally.total
            for (label, count) in tally.top(top) {
                others -= count
                text.sample(name, [("name", String(decoding: label, as: UTF8.self))], count)
            }
            text.sample(name + "_others", [], others)
        }
        return text.text
    }
}
