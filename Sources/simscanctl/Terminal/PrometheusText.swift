/// Prometheus' text exposition format, version 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    /// Begins a metric: its help and its type (`counter`, `gauge` or `histogram`) stand once, ahead of all samples.
    mutating func metric(_ name: String, _ type: String, _ help: String) {
        text += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n"
    }

    /// One sample; the values of labels are any text.
    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { $0.0 + "=\"" + Self.escaped($0.1) + "\"" }.joined(separator: ",") + "}"
        }
        text += " " + value + "\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Int) {
        sample(name, labels, String(value))
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in SafeText.text(text).unicodeScalars {
            if scalar == "\\" || scalar == "\"" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
