/// A summary as one page that needs nothing else: plots are inline SVG, colours follow the reader's light or dark
/// scheme, and no script runs.
struct LogPage {
    private var summary: LogSummary
    private let top: Int

    /// Bars of the plot: a week of hours, and a rest.
    private static let maximumBars = 192
    /// Bins of the plots of times: from 1 ms to 100 s, eight for each factor of ten.
    private static let bins = 40

    init(_ summary: LogSummary, top: Int) {
        self.summary = summary
        self.top = top
    }

    /// The page, UTF-8.
    mutating func text() -> String {
        let (rows, width) = summary.hours.rows(atMost: Self.maximumBars)
        var page = Self.head
        page += "<header><h1>simscan</h1><p>" + period(rows, width) + "</p></header>\n<main>\n"
        page += tiles()
        page += series(rows, width)
        page += times()
        page += "<div class=\"grid\">\n" + states()
        for list in LogReport.lists(summary) { page += names(list.title, list.tally) }
        page += "</div>\n</main>\n<footer><p>" + Units.counted(summary.lines, "line") + " read"
        if summary.foreignLines > 0 { page += ", " + Units.count(summary.foreignLines) + " not simscan’s" }
        if summary.untimed > 0 { page += "; " + Units.counted(summary.untimed, "message") + " without a time" }
        return page + ".</p></footer>\n</body>\n</html>\n"
    }

    /// Strangers' bytes as text of a page.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in SafeText.text(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    // MARK: Parts

    private func period(_ rows: [HourSeries.Row], _ width: Int64) -> String {
        guard let first = rows.first, let last = rows.last else { return "A log without times" }
        return ClockText.local(first.start) + " to " + ClockText.local(last.start + width, "%Y-%m-%d %H:%M %Z")
    }

    private func tiles() -> String {
        var text = "<section class=\"tiles\">\n"
        text += "<div class=\"tile\"><b>" + Units.count(summary.messages) + "</b><span>messages</span></div>\n"
        for group in LogGroup.allCases {
            let count = summary.count(group)
            text += "<div class=\"tile\"><b>" + Units.count(count) + "</b><span><i class=\"k " + group.key + "\"></i>"
            text += group.title + "</span><em>" + Units.percent(count, of: summary.messages) + "</em></div>\n"
        }
        return text + "</section>\n"
    }

    private func series(_ rows: [HourSeries.Row], _ width: Int64) -> String {
        guard let first = rows.first, let last = rows.last else { return "" }
        let highest = max(1, rows.map(\.total).max() ?? 1)
        var text = "<section class=\"card\"><h2>Verdicts by " + Units.interval(seconds: width) + "</h2>\n"
        text += "<p class=\"axis\"><span>" + Units.count(highest) + "</span></p>\n"
        text +=
            "<svg class=\"plot\" role=\"img\" aria-label=\"Verdicts by " + Units.interval(seconds: width)
            + "\" viewBox=\"0 0 "
        text += String(rows.count * 10) + " 200\" preserveAspectRatio=\"none\">\n"
        for (index, row) in rows.enumerated() where row.total > 0 {
            text += "<g><title>" + ClockText.local(row.start)
            for group in LogGroup.allCases where row.counts[group.rawValue] > 0 {
                text += "\n" + group.title + ": " + Units.count(row.counts[group.rawValue])
            }
            text += "</title>"
            var top = 200.0
            for group in LogGroup.allCases where row.counts[group.rawValue] > 0 {
                let height = 200 * Double(row.counts[group.rawValue]) / Double(highest)
                top -= height
                text += "<rect class=\"" + group.key + "\" x=\"" + String(index * 10 + 1) + "\" width=\"8\" y=\""
                text += Units.decimal(top, digits: 2) + "\" height=\"" + Units.decimal(height, digits: 2) + "\"/>"
            }
            text += "</g>\n"
        }
        let format = width < 86400 ? "%m-%d %H:%M" : "%Y-%m-%d"
        text += "</svg>\n<p class=\"axis\"><span>" + ClockText.local(first.start, format) + "</span>"
        if rows.count > 4 { text += "<span>" + ClockText.local(rows[rows.count / 2].start, format) + "</span>" }
        return text + "<span>" + ClockText.local(last.start, format) + "</span></p>\n</section>\n"
    }

    private func times() -> String {
        let known = summary.times.filter { $0.histogram.count > 0 }
        guard !known.isEmpty else { return "" }
        var text = "<section class=\"card\"><h2>Times</h2>\n<div class=\"scroll\"><table><tr><th>scanner</th>"
        text += "<th class=\"n\">scans</th>"
        for share in LogReport.shares { text += "<th class=\"n\">" + share.name + "</th>" }
        text += "<th class=\"n\">max</th><th class=\"dist\">1 ms … 100 s</th></tr>\n"
        for (name, histogram) in known {
            text += "<tr><td>" + Self.escaped(String(decoding: name, as: UTF8.self)) + "</td><td class=\"n\">"
            text += Units.count(histogram.count) + "</td>"
            for share in LogReport.shares {
                text += "<td class=\"n\">" + Units.time(seconds: histogram.percentile(share.value)) + "</td>"
            }
            text += "<td class=\"n\">" + Units.time(seconds: histogram.maximum) + "</td><td class=\"dist\">"
            text += distribution(histogram) + "</td></tr>\n"
        }
        return text + "</table></div>\n</section>\n"
    }

    private func distribution(_ histogram: TimeHistogram) -> String {
        // A factor of 10^(1/8) from bin to bin; what is faster or slower stands in the first and the last.
        var counts: [Int] = []
        var low = 0.0
        var high = 0.001
        for bin in 0..<Self.bins {
            high *= 1.333_521_432_163_324
            counts.append(histogram.count(from: low, to: bin == Self.bins - 1 ? .infinity : high))
            low = high
        }
        let highest = Double(max(1, counts.max() ?? 1))
        var text = "<svg class=\"bins\" role=\"img\" aria-label=\"Distribution of times\" viewBox=\"0 0 "
        text += String(Self.bins * 5) + " 40\" preserveAspectRatio=\"none\">"
        for (bin, count) in counts.enumerated() where count > 0 {
            let height = max(1, 40 * Double(count) / highest)
            text += "<rect x=\"" + String(bin * 5) + "\" width=\"4\" y=\"" + Units.decimal(40 - height, digits: 1)
            text += "\" height=\"" + Units.decimal(height, digits: 1) + "\"/>"
        }
        return text + "</svg>"
    }

    private func states() -> String {
        let rows = LogReport.states(of: summary).map { state, count, isShadow in
            (Array(((isShadow ? "SHADOW " : "") + state.word.description).utf8), count)
        }
        return list("States", rows, others: 0, note: "")
    }

    private func names(_ title: String, _ tally: Tally) -> String {
        guard tally.total > 0 else { return "" }
        let names = tally.top(top)
        let others = tally.total - names.reduce(0) { $0 + $1.count }
        let note =
            tally.uncertainty == 0
            ? "" : "<p>Counts may be " + Units.count(tally.uncertainty) + " too low: there are too many names.</p>"
        return list(title, names, others: others, note: note)
    }

    private func list(_ title: String, _ rows: [(name: [UInt8], count: Int)], others: Int, note: String) -> String {
        let highest = max(1, rows.map(\.count).max() ?? 1)
        var text = "<section class=\"card\"><h2>" + title + "</h2>\n<table class=\"list\">\n"
        for (name, count) in rows {
            let share = Units.decimal(100 * Double(count) / Double(highest), digits: 1)
            text += "<tr><td class=\"name\"><svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 100 1\" "
            text += "preserveAspectRatio=\"none\"><rect width=\"" + share + "\" height=\"1\"/></svg><span>"
            text += Self.escaped(String(decoding: name, as: UTF8.self)) + "</span></td><td class=\"n\">"
            text += Units.count(count) + "</td></tr>\n"
        }
        if others > 0 {
            text += "<tr class=\"others\"><td class=\"name\"><span>others</span></td><td class=\"n\">"
            text += Units.count(others) + "</td></tr>\n"
        }
        return text + "</table>\n" + note + "</section>\n"
    }
}
