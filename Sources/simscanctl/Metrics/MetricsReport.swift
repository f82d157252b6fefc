import SimscanNative

/// The counters as Prometheus' text format and as JSON.
enum MetricsReport {
    static func prometheus(_ values: MetricsValues) -> String {
        var text = PrometheusText()
        text.metric("simscan_messages_total", "counter", "Messages by the state of their log line.")
        for state in values.states {
            for (shadow, count) in [("no", state.count), ("yes", state.shadowCount)] {
                text.sample("simscan_messages_total", [("state", state.name), ("shadow", shadow)], String(count))
            }
        }
        if let filter = values.histograms.first {
            text.metric("simscan_filter_seconds", "histogram", "Time of the whole filter for a message.")
            add(filter, "simscan_filter_seconds", [], to: &text)
        }
        text.metric("simscan_scanner_seconds", "histogram", "Time until a scanner's answer.")
        for scanner in values.histograms.dropFirst() {
            add(scanner, "simscan_scanner_seconds", [("scanner", scanner.name)], to: &text)
        }
        text.metric("simscan_metrics_created_seconds", "gauge", "When counting began, in unix seconds.")
        text.sample("simscan_metrics_created_seconds", [], String(values.created))
        return text.text
    }

    private static func add(
        _ histogram: MetricsValues.Histogram, _ name: String, _ labels: [(String, String)],
        to text: inout PrometheusText
    ) {
        var below: UInt64 = 0
        for (index, count) in histogram.buckets.enumerated() {
            below += count
            let limit = index < MetricsLayout.limits.count ? seconds(MetricsLayout.limits[index]) : "+Inf"
            text.sample(name + "_bucket", labels + [("le", limit)], String(below))
        }
        text.sample(name + "_sum", labels, seconds(histogram.sumMicroseconds))
        text.sample(name + "_count", labels, String(below))
    }

    private static func seconds(_ microseconds: UInt64) -> String {
        let fraction = String(microseconds % 1_000_000)
        var digits = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while digits.last == "0" { digits.removeLast() }
        return String(microseconds / 1_000_000) + (digits.isEmpty ? "" : "." + digits)
    }

    static func json(_ values: MetricsValues) -> JSON {
        func integer(_ number: UInt64) -> JSON { .integer(Int64(clamping: number)) }
        let states = values.states.map { state in
            (
                state.name, JSON.object([("count", integer(state.count)), ("shadow", integer(state.shadowCount))])
            )
        }
        let histograms = values.histograms.map { histogram in
            let buckets = histogram.buckets.enumerated().map { index, count in
                JSON.object([
                    (
                        "le",
                        index < MetricsLayout.limits.count
                            ? .number(Double(MetricsLayout.limits[index]) / 1e6) : .null
                    ), ("count", integer(count)),
                ])
            }
            return (
                histogram.name,
                JSON.object([
                    ("count", integer(histogram.count)),
                    ("sum_seconds", .number(Double(histogram.sumMicroseconds) / 1e6)), ("buckets", .array(buckets)),
                ])
            )
        }
        return .object([
            ("created", integer(values.created)), ("messages", .object(states)), ("times", .object(histograms)),
        ])
    }
}
