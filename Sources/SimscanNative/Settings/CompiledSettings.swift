/// The form in which simscanmk hands the settings to the filter: `simscan.cdb`.
///
/// A constant database with one record for each setting that `simscan.conf` names (key: the name, value: canonical
/// text). Ahead of them stands one with an empty key, `simscan-settings 1 COUNT CHECKSUM`, so that a damaged or cut
/// file is told: COUNT records follow, and CHECKSUM, 16 hexadecimal digits, is the FNV-1a hash of their bytes as
/// they stand in the file, lengths included.
package enum CompiledSettings {
    /// The compiled file's name in the control directory.
    package static let fileName = "simscan.cdb"
    /// The source's name in the control directory.
    package static let sourceName = "simscan.conf"
    /// The largest source that is compiled.
    package static let maximumSourceBytes = 1_048_576
    /// The largest compiled file: canonical text is at most a few bytes a setting longer than its source.
    package static let maximumBytes = 2 * maximumSourceBytes

    /// All records of the compiled file, the one with the empty key first.
    package static func records(
        for settings: [(name: String, value: String)]
    ) -> [(key: [UInt8], value: [UInt8])] {
        let records = settings.map { (key: Array($0.name.utf8), value: Array($0.value.utf8)) }
        var hash = FNV1a()
        for record in records { hash.add(record.key[...], record.value[...]) }
        let header = Array((magic + String(records.count) + " ").utf8) + hash.hexadecimal
        return [([], header)] + records
    }

    /// The settings' records of a whole and undamaged file; the hash tables behind them are for other programs.
    ///
    /// - Returns: a walk that stands at the first of them, and how many there are.
    private static func checkedRecords(_ file: [UInt8]) throws(Damage) -> (walk: CdbWalk, count: Int) {
        var walk = CdbWalk(file)
        guard let header = walk.next(), header.key.isEmpty, header.value.starts(with: magic.utf8) else {
            throw .header
        }
        let fields = header.value.dropFirst(magic.utf8.count)
        guard let space = fields.firstIndex(of: UInt8(ascii: " ")),
            let count = Int(String(decoding: fields[..<space], as: UTF8.self)), count >= 0
        else { throw .header }
        let checksum = fields[(space + 1)...]
        let first = walk
        var hash = FNV1a()
        for _ in 0..<count {
            guard let record = walk.next() else { throw .cut }
            hash.add(record.key, record.value)
        }
        guard checksum.elementsEqual(hash.hexadecimal) else { throw .checksum }
        guard walk.announcedBytes == file.count else { throw .cut }
        return (first, count)
    }

    /// Hands on the names and values of a compiled file's bytes; `path` is for the failure alone.
    private static func forEachEntry(
        in file: [UInt8], path: String,
        _ body: (_ name: String, _ value: String) throws(ControlFileFailure) -> Void
    ) throws(ControlFileFailure) {
        var records: (walk: CdbWalk, count: Int)
        do throws(Damage) {
            records = try checkedRecords(file)
        } catch {
            throw ControlFileFailure(path: path, reason: error.description)
        }
        for _ in 0..<records.count {
            guard let record = records.walk.next() else { return }
            try body(String(decoding: record.key, as: UTF8.self), String(decoding: record.value, as: UTF8.self))
        }
    }

    /// Reads the names and values out of a compiled file's bytes; `path` is for the failure alone.
    package static func entries(
        in file: [UInt8], path: String
    ) throws(ControlFileFailure) -> [(name: String, value: String)] {
        var entries: [(name: String, value: String)] = []
        try forEachEntry(in: file, path: path) { name, value in entries.append((name, value)) }
        return entries
    }

    /// Reads the settings out of a compiled file's bytes; `path` is for the failure alone.
    package static func settings(in file: [UInt8], path: String) throws(ControlFileFailure) -> Settings {
        var settings = Settings()
        try forEachEntry(in: file, path: path) { (name, value) throws(ControlFileFailure) in
            guard let known = SettingName(rawValue: name) else {
                let reason = "unknown setting " + quoted(name) + "; run simscanmk of this version"
                throw ControlFileFailure(path: path, reason: reason)
            }
            do throws(SettingError) {
                try settings.apply(known, value: value)
            } catch {
                throw ControlFileFailure(path: path, reason: name + ": " + error.description)
            }
        }
        return settings
    }

    /// What is wrong with a compiled file.
    private enum Damage: Error, Equatable, CustomStringConvertible {
        case header
        case cut
        case checksum

        var description: String {
            switch self {
            case .header: "is not a file that this version of simscanmk wrote, or is damaged; run simscanmk"
            case .cut: "is cut short; run simscanmk"
            case .checksum: "is damaged (wrong checksum); run simscanmk"
            }
        }
    }

    private static let magic = "simscan-settings 1 "
}

/// Reads the settings of a control directory as simscanmk compiled them; the defaults where there are none.
///
/// Throws `ControlFileFailure` where the compiled file cannot be read, is damaged, or holds a setting or a value
/// that this version does not know. Runs for every message: four system calls.
package func loadSettings(controlDirectory: String) throws(ControlFileFailure) -> Settings {
    let path = controlDirectory + "/" + CompiledSettings.fileName
    guard let bytes = try readWhole(path, maximumBytes: CompiledSettings.maximumBytes) else { return Settings() }
    return try CompiledSettings.settings(in: bytes, path: path)
}

/// The FNV-1a hash of 64 bits.
private struct FNV1a {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// A record as it stands in the file: two lengths of 32 bits, low byte first, the key, the value.
    mutating func add(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        add(length: key.count)
        add(length: value.count)
        for byte in key { add(byte) }
        for byte in value { add(byte) }
    }

    private mutating func add(length: Int) {
        for shift in stride(from: 0, to: 32, by: 8) { add(UInt8(truncatingIfNeeded: length >> shift)) }
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// 16 digits.
    var hexadecimal: [UInt8] {
        (0..<16).map { index in
            let digit = UInt8(truncatingIfNeeded: state >> UInt64(60 - 4 * index)) & 15
            return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }
}
