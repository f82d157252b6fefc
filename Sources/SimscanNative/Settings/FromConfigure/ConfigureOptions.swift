/// A `simscan.conf` made from the options of the classic's configure script.
package struct ConfigureTranslation: Equatable, Sendable {
    /// The file's text: settings in the manual's order, each with the option it came from, then comments that say
    /// what became of the rest.
    package var text: String
    /// What could not be understood; the text tells it too.
    package var problems: [String]
}

/// Makes the settings that mean the same as a configure line of the classic simscan.
///
/// The line is cut into words as a shell does; the script's own name and variables are skipped, and of an option
/// given twice the last one counts. `--enable-X` is yes, `--disable-X` is no.
package func settingsFromConfigure(_ line: String) -> ConfigureTranslation {
    var translated = TranslatedSettings()
    for option in lastOfEach(configureOptions(line, &translated)) { translated.add(option) }
    return ConfigureTranslation(text: translated.text, problems: translated.problems)
}

/// One `--enable-NAME=VALUE`.
struct ConfigureOption {
    var name: String
    var value: String
    /// As it was written.
    var text: String
}

private func configureOptions(_ line: String, _ translated: inout TranslatedSettings) -> [ConfigureOption] {
    var options: [ConfigureOption] = []
    for word in shellWords(line) {
        if word.hasSuffix("configure") || word == "$" { continue }
        let (option, value) = parted(word)
        if option.hasPrefix("--enable-") {
            options.append(ConfigureOption(name: String(option.dropFirst(9)), value: value ?? "yes", text: word))
        } else if option.hasPrefix("--disable-") {
            options.append(ConfigureOption(name: String(option.dropFirst(10)), value: "no", text: word))
        } else if option.hasPrefix("--") {
            translated.remark(word, "only building the classic needed this")
        } else if value == nil {
            translated.problem(word, "not an option of configure")
        }
    }
    return options
}

/// `NAME=VALUE` in two; nil where there is no `=`.
private func parted(_ word: String) -> (name: String, value: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
}

private func lastOfEach(_ options: [ConfigureOption]) -> [ConfigureOption] {
    options.enumerated().filter { index, option in !options[(index + 1)...].contains { $0.name == option.name } }
        .map { $0.element }
}

extension TranslatedSettings {
    /// Says one option in settings, or in a remark.
    fileprivate mutating func add(_ option: ConfigureOption) {
        switch option.name {
        case "clamav": setSwitch(.clamav, option)
        case "custom-smtp-reject": setSwitch(.customSMTPReject, option)
        case "per-domain": setSwitch(.perDomain, option)
        case "attach": setSwitch(.attach, option)
        case "spam": setSwitch(.spam, option)
        case "spam-passthru": setSwitch(.spamPassthru, option)
        case "spamc-user": setSwitch(.spamcUser, option)
        case "spam-auth-user": setSwitch(.spamAuthUser, option)
        case "dropmsg": setSwitch(.dropmsg, option)
        case "received": setSwitch(.received, option)
        case "spam-hits": set(.spamHits, yesOrNo(option.value) ?? option.value, from: option.text)

        case "quarantinedir": setPath(.quarantinedir, option)
        case "workdir": setPath(.workdir, option)
        case "qmail-queue": setPath(.qmailQueue, option)
        case "trophie-path": setPath(.trophiePath, option)
        case "trophie-socket": setPath(.trophieSocket, option)
        case "clamavdb-path": setPath(.clamavdbPath, option)
        case "spamc-args": add(spamcArguments: yesOrNo(option.value) == nil ? option.value : "")

        case "clamdscan":
            let socket = "set clamd to LocalSocket or TCPSocket of clamd.conf where that is not "
            remark(option.text, "simscan asks clamd itself; " + socket + text(of: .clamd))
        case "spamc": remark(option.text, "simscan asks spamd itself (spamd)")
        case "ripmime": remark(option.text, "simscan reads attachments itself")
        case "spamassassin-path": remark(option.text, "simscanmk -g asks spamd for its version")
        case "sigtool-path": remark(option.text, "simscanmk -g asks clamd for its version")
        case "regex": remark(option.text, "expressions in simcontrol's records (regex=) need no setting")
        case "user":
            remark(option.text, "simscan belongs to the user that it is installed for (" + Installation.user + ")")
        case "controldir": addControlDirectory(option.value, option)
        case "qmaildir": addQmailDirectory(option)
        default:
            if option.name.hasPrefix("dspam") {
                remark(option.text, "simscan does not ask dspam")
            } else {
                problem(option.text, "unknown option of configure")
            }
        }
    }

    private mutating func setSwitch(_ name: SettingName, _ option: ConfigureOption) {
        set(name, yesOrNo(option.value) ?? option.value, from: option.text)
    }

    /// A path; no is off, and yes took what configure found on that machine.
    private mutating func setPath(_ name: SettingName, _ option: ConfigureOption) {
        switch yesOrNo(option.value) {
        case "yes": remark(option.text, name.rawValue + " has its default, " + text(of: name))
        case "no" where Settings().text(of: name) != "off":
            remark(option.text, name.rawValue + " has its default, " + text(of: name))
        case "no": set(name, "off", from: option.text)
        case _: set(name, option.value, from: option.text)
        }
    }

    private mutating func addControlDirectory(_ directory: String, _ option: ConfigureOption) {
        if directory == Installation.controldir || yesOrNo(option.value) != nil {
            remark(option.text, "simscan's own")
        } else {
            remark(
                option.text,
                "fixed when simscan is built (" + Installation.controldir
                    + "); where it does not run setuid, SIMSCAN_CONTROLDIR=" + directory + " moves it")
        }
    }

    /// The directories below qmail's own move with it.
    private mutating func addQmailDirectory(_ option: ConfigureOption) {
        addControlDirectory(option.value + "/control", option)
        guard option.value != Installation.qmaildir, yesOrNo(option.value) == nil else { return }
        if !has(.workdir) { set(.workdir, option.value + "/simscan", from: option.text) }
        if !has(.qmailQueue) { set(.qmailQueue, option.value + "/bin/qmail-queue", from: option.text) }
    }

    private func text(of name: SettingName) -> String { Settings().text(of: name) }

    /// What configure took for yes and no.
    private func yesOrNo(_ value: String) -> String? {
        switch value {
        case "y", "yes": "yes"
        case "n", "no": "no"
        default: nil
        }
    }
}
