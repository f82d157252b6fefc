/// A JSON value (RFC 8259), for `--json`: an object's members keep their order.
indirect enum JSON {
    case null
    case bool(Bool)
    case integer(Int64)
    /// What is not finite becomes null.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    static func integer(_ number: Int) -> JSON { .integer(Int64(number)) }

    /// Strangers' bytes; what is no UTF-8 becomes U+FFFD.
    static func bytes(_ bytes: some Collection<UInt8>) -> JSON { .string(String(decoding: bytes, as: UTF8.self)) }

    /// The text, indented, with a newline at its end.
    var text: String {
        var result = ""
        append(to: &result, indent: "")
        return result + "\n"
    }

    private func append(to result: inout String, indent: String) {
        switch self {
        case .null: result += "null"
        case .bool(let value): result += value ? "true" : "false"
        case .integer(let number): result += String(number)
        case .number(let number): result += number.isFinite ? number.description : "null"
        case .string(let text): Self.append(text, to: &result)
        case .array(let values):
            guard !values.isEmpty else { return result += "[]" }
            result += "["
            for (index, value) in values.enumerated() {
                result += (index > 0 ? "," : "") + "\n" + indent + "  "
                value.append(to: &result, indent: indent + "  ")
            }
            result += "\n" + indent + "]"
        case .object(let members):
            guard !members.isEmpty else { return result += "{}" }
            result += "{"
            for (index, member) in members.enumerated() {
                result += (index > 0 ? "," : "") + "\n" + indent + "  "
                Self.append(member.0, to: &result)
                result += ": "
                member.1.append(to: &result, indent: indent + "  ")
            }
            result += "\n" + indent + "}"
        }
    }

    private static func append(_ text: String, to result: inout String) {
        result += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _
            where scalar.properties.generalCategory == .control || scalar.value == 0x2028
                || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }
}
