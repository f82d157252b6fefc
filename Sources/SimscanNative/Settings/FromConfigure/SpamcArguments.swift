extension TranslatedSettings {
    /// Understands the arguments that spamc was given (spamc(1)).
    mutating func add(spamcArguments line: String) {
        var hosts: [String] = []
        var port: String?
        var socket: String?
        var arguments = SpamcOptions(words: shellWords(line))
        while let (option, value) = arguments.next() {
            let origin = "spamc " + option + (value.map { " " + $0 } ?? "")
            switch option {
            case "-d", "--dest": hosts = (value ?? "").split(separator: ",").map(String.init)
            case "-p", "--port": port = value
            case "-U", "--socket": socket = value
            case "-u", "--username": set(.spamdUser, value ?? "", from: origin)
            case "-s", "--max-size": set(.sizeLimit, value ?? "", from: origin)
            case "-n", "--connect-timeout": set(.connectTimeout, seconds(value, most: 600), from: origin)
            case "-t", "--timeout": setTimeout(value, from: origin)
            case "-H", "--randomize": set(.spamdOrder, "spread", from: origin)
            case "-x", "--no-safe-fallback": set(.spamdFailure, "defer", from: origin)
            case "-f": set(.spamdFailure, "pass", from: origin)
            case "-z", "--compress": set(.spamdCompress, "yes", from: origin)
            case "--headers": set(.spamdCommand, "headers", from: origin)
            case "-F", "--config": remark(origin, "that file is not read; give its options to --from-configure")
            case "-S", "--ssl": remark(origin, "there is no TLS to spamd; use a tunnel, and name its end in spamd")
            case "-l", "--log-to-stderr": remark(origin, "simscan logs errors of spamd by itself")
            case "-4", "-6", "--connect-retries", "--retry-sleep", "--filter-retries", "--filter-retry-sleep":
                remark(origin, "simscan tries each address once within the deadline")
            case "-c", "--check", "-y", "--tests", "-r", "--full-spam", "-R", "--full", "-E", "--exitcode", "-B",
                "--bsmtp", "-L", "--learntype", "-C", "--reporttype", "-K", "-X", "-e", "--pipe-to":
                remark(origin, "simscan asks spamd for what its policy needs (spamd-command)")
            default: problem(origin, "unknown argument of spamc")
            }
        }
        if let socket {
            set(.spamd, "unix:" + socket, from: "spamc -U " + socket)
        } else if !hosts.isEmpty || port != nil {
            let addresses = (hosts.isEmpty ? ["127.0.0.1"] : hosts).map { host in
                "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + (port ?? "783")
            }
            let origin = hosts.isEmpty ? "" : " -d " + hosts.joined(separator: ",")
            set(.spamd, addresses.joined(separator: ","), from: "spamc" + origin + (port.map { " -p " + $0 } ?? ""))
        }
    }

    /// spamc's time is for spamd alone, and 0 is without end. What ends a scan here is the deadline of all scanners
    /// together: it must not end earlier, and to shorten it would cut clamd's time as well.
    private mutating func setTimeout(_ value: String?, from origin: String) {
        set(.firstByteSpamd, seconds(value, most: 600), from: origin)
        let deadline = seconds(value, most: 3600)
        guard let number = Int(deadline) else { return }
        let usual = Settings().deadline
        if .seconds(number) > usual {
            set(.deadline, deadline, from: origin)
        } else if .seconds(number) < usual {
            difference(
                origin,
                "spamc gave up then. simscan asks the next host of spamd then; a single one it waits for until "
                    + "deadline, " + SettingValue.text(usual) + " s for all scanners together")
        }
    }

    /// spamc's number of seconds within what a setting takes.
    private func seconds(_ value: String?, most: Int) -> String {
        guard let value, let number = Int(value), number >= 0 else { return value ?? "" }
        return String(number == 0 ? most : min(number, most))
    }
}

/// spamc's options one after the other, as getopt_long(3) takes them apart.
private struct SpamcOptions {
    /// The options that take a value.
    private static let withValue = [
        "-d", "--dest", "-p", "--port", "-U", "--socket", "-u", "--username", "-s", "--max-size", "-n",
        "--connect-timeout", "-t", "--timeout", "-F", "--config", "--connect-retries", "--retry-sleep",
        "--filter-retries", "--filter-retry-sleep", "-L", "--learntype", "-C", "--reporttype", "-e", "--pipe-to",
    ]

    private var words: ArraySlice<String>
    /// What is left of a word of short options.
    private var cluster: Substring = ""

    init(words: [String]) { self.words = words[...] }

    mutating func next() -> (option: String, value: String?)? {
        if let letter = cluster.popFirst() {
            let option = "-" + String(letter)
            guard Self.withValue.contains(option) else { return (option, nil) }
            defer { cluster = "" }
            return (option, cluster.isEmpty ? words.popFirst() : String(cluster))
        }
        guard let word = words.popFirst() else { return nil }
        if word.hasPrefix("--"), word.count > 2 {
            if let equals = word.firstIndex(of: "=") {
                return (String(word[..<equals]), String(word[word.index(after: equals)...]))
            }
            return (word, Self.withValue.contains(word) ? words.popFirst() : nil)
        }
        guard word.hasPrefix("-"), word.count > 1 else { return (word, nil) }
        cluster = word.dropFirst()
        return next()
    }
}
