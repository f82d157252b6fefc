/// Why a setting's value is refused.
package enum SettingError: Error, Equatable, Sendable {
    /// The value is none of those that the setting takes; `found` is the part at fault.
    case badValue(found: String, allowed: String)
}

extension SettingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badValue(let found, let allowed):
            "found " + (found.isEmpty ? "nothing" : quoted(found)) + ", allowed: " + allowed
        }
    }
}

/// Text from a file between quotes, its control characters as `?`, cut to what a message has room for.
func quoted(_ text: String) -> String {
    let longest = 120
    var result = "'"
    var count = 0
    for scalar in text.unicodeScalars {
        if count == longest { return result + "…'" }
        result.unicodeScalars.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : scalar)
        count += 1
    }
    return result + "'"
}
