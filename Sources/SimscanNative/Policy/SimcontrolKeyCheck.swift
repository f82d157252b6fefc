/// Why no look-up ever asks for this key; nil where one can.
///
/// The key is in lower case, without blanks at its ends.
func impossible(_ key: [UInt8]) -> String? {
    if key.isEmpty { return nil }
    let found = "found " + quoted(String(decoding: key, as: UTF8.self))
    if key.contains(where: isBlank) { return found + ", allowed: an address or a domain without blanks" }
    if key.contains(UInt8(ascii: "*")) {
        return found + ", allowed: an address, a domain, or nothing; there are no patterns"
    }
    let at = key.lastIndex(of: UInt8(ascii: "@"))
    let domain = key[(at.map { $0 + 1 } ?? 0)...]
    let domainText = String(decoding: domain, as: UTF8.self)
    if at == key.startIndex, !domain.isEmpty { return found + ", which matches no address, allowed: " + domainText }
    if domain.isEmpty { return found + ", which matches no address, allowed: a domain behind the @" }
    // The longest address that qmail-queue takes.
    if key.count > 1002 { return found + ", allowed: an address of up to 1002 bytes" }
    if domain.first == UInt8(ascii: ".") {
        return found + ", allowed: the domain itself, " + String(domainText.drop { $0 == "." })
            + "; a record holds for no subdomain"
    }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if labels.contains(where: { $0.isEmpty }) {
        return found + ", which is no domain, allowed: names between single dots"
    }
    if domain.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "/") }) {
        return found + ", allowed: an address, a domain, or nothing ahead of the first colon"
    }
    return nil
}
