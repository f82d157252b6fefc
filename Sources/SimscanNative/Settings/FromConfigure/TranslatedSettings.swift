/// A `simscan.conf` in the making: the settings found so far, what each came from, and what has no setting.
struct TranslatedSettings {
    private var settings = Settings()
    private var origins: [(name: SettingName, origin: String)] = []
    private var differences: [String] = []
    private var remarks: [String] = []
    /// What could not be understood.
    private(set) var problems: [String] = []

    /// Whether something has set this already.
    func has(_ name: SettingName) -> Bool { origins.contains { $0.name == name } }

    /// Sets one setting, in place of what was set before.
    mutating func set(_ name: SettingName, _ value: String, from origin: String) {
        do throws(SettingError) {
            try settings.apply(name, value: value)
            origins.removeAll { $0.name == name }
            origins.append((name, origin))
        } catch {
            problem(origin, error.description)
        }
    }

    /// Says what a setting does in another way than the option that it came from.
    mutating func difference(_ origin: String, _ text: String) { differences.append(origin + ": " + text) }

    /// Says what became of an option that has no setting.
    mutating func remark(_ origin: String, _ text: String) { remarks.append(origin + ": " + text) }

    /// Says that an option could not be understood.
    mutating func problem(_ origin: String, _ text: String) { problems.append(origin + ": " + text) }

    /// The file, in the manual's order.
    var text: String {
        var lines: [String] = []
        for name in SettingName.allCases {
            for (_, origin) in origins.filter({ $0.name == name }) {
                lines.append(entry(name, settings.text(of: name)) + "  # " + oneLine(origin))
            }
        }
        let comments = [
            ("Not quite the same:", differences), ("No setting any more:", remarks), ("Not understood:", problems),
        ]
        for (title, texts) in comments where !texts.isEmpty {
            lines += ["", "# " + title] + texts.map { "#   " + oneLine($0) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func entry(_ name: SettingName, _ value: String) -> String {
        name.rawValue + " =" + (value.isEmpty ? "" : " " + value)
    }

    /// Without what would end a comment.
    private func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
    }
}
