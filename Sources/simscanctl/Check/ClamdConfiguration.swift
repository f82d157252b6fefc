import SimscanNative

/// What a clamd of this host takes at most, as its own file says it (clamd.conf(5)).
struct ClamdConfiguration {
    let file: String
    /// Bytes; nil where the file leaves clamd's own default.
    let streamMaxLength: Int?
    let sockets: [String]

    /// Where distributions have it.
    static let usualFiles = [
        "/etc/clamav/clamd.conf", "/etc/clamd.conf", "/etc/clamd.d/scan.conf", "/usr/local/etc/clamd.conf",
        "/usr/local/etc/clamav/clamd.conf",
    ]

    private static let maximumBytes = 1_048_576

    /// Nil where the file cannot be read.
    init?(file: String) {
        guard let bytes = try? readWhole(file, maximumBytes: Self.maximumBytes) else { return nil }
        self.file = file
        var length: Int?
        var sockets: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard words.count >= 2, !words[0].hasPrefix("#") else { continue }
            if words[0] == "StreamMaxLength" { length = Self.bytes(words[1]) }
            if words[0] == "LocalSocket" { sockets.append(String(words[1])) }
        }
        streamMaxLength = length
        self.sockets = sockets
    }

    /// `25M`, `1048576`.
    private static func bytes(_ text: Substring) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let last = text.last, let unit = units[Character(last.uppercased())] else { return Int(text) }
        return Int(text.dropLast()).flatMap { number in
            let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
            return overflow ? nil : bytes
        }
    }
}
