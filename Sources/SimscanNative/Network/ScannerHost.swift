/// One entry of a list of scanners: where it listens, and its share of the mail where that is spread.
///
/// A class, because lists of classes need no metadata of their own (as `Output`).
package final class ScannerHost: Hashable, Sendable {
    package let address: ScannerAddress
    /// Against the weights of the others in the list.
    package let weight: Int

    /// The weights that an entry can have.
    static let weights = 1...1000

    package init(_ address: ScannerAddress, weight: Int = 1) {
        self.address = address
        self.weight = weight
    }

    package static func == (one: ScannerHost, other: ScannerHost) -> Bool {
        one.address == other.address && one.weight == other.weight
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(weight)
    }

    /// A socket in the file system.
    package static func unix(path: String, weight: Int = 1) -> ScannerHost {
        ScannerHost(.unix(path: path), weight: weight)
    }

    /// A host name or a literal address, and a port.
    package static func tcp(host: String, port: UInt16, weight: Int = 1) -> ScannerHost {
        ScannerHost(.tcp(host: host, port: port), weight: weight)
    }
}

extension ScannerHost {
    private static let weightName = "weight="

    /// Reads an address as ``ScannerAddress`` does, with or without ` weight=N` behind it.
    ///
    /// - Throws: `SettingError.badValue` with the part at fault.
    convenience init(_ text: String, defaultPort: UInt16?) throws(SettingError) {
        let bytes = Array(text.utf8)
        // A path may hold blanks; only the last word can be the weight.
        let lastWord = (bytes.lastIndex(where: isBlank) ?? -1) + 1
        let word = bytes[lastWord...]
        guard lastWord > 0, word.starts(with: Self.weightName.utf8) else {
            self.init(try ScannerAddress(text, defaultPort: defaultPort))
            return
        }
        let digits = word.dropFirst(Self.weightName.utf8.count)
        let isNumber = (1...4).contains(digits.count) && digits.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        guard isNumber, let weight = Int(String(decoding: digits, as: UTF8.self)), Self.weights.contains(weight) else {
            let range = String(Self.weights.lowerBound) + " to " + String(Self.weights.upperBound)
            throw .badValue(
                found: String(decoding: word, as: UTF8.self),
                allowed: "a whole number from " + range + " behind " + Self.weightName)
        }
        let address = String(decoding: trimmed(bytes[..<lastWord], of: isBlank), as: UTF8.self)
        self.init(try ScannerAddress(address, defaultPort: defaultPort), weight: weight)
    }
}

extension ScannerHost: CustomStringConvertible {
    /// The form that the settings take; a weight of 1 is left out.
    package var description: String {
        weight == 1 ? address.description : address.description + " " + Self.weightName + String(weight)
    }
}
