/// The keys under which an address is looked up, in the order in which later ones override earlier ones.
///
/// First the domain, which is what follows the last `@`; then the local part grown dash by dash, so that
/// `test-list-owner@example.com` is looked up as `example.com`, `test@example.com`, `test-list@example.com` and
/// `test-list-owner@example.com`. All in lower case. An address without `@` has no domain, and an empty address has
/// no keys.
package struct SimcontrolKeys {
    /// Empty where there is none.
    package let domain: [UInt8]
    private let local: ArraySlice<UInt8>
    /// `@` and the domain; empty in an address without `@`.
    private let tail: ArraySlice<UInt8>

    package init(_ address: some Collection<UInt8>) {
        let bytes = address.asciiLowercased
        let at = bytes.lastIndex(of: UInt8(ascii: "@")) ?? bytes.endIndex
        local = bytes[..<at]
        tail = bytes[at...]
        domain = Array(tail.dropFirst())
    }

    /// The keys behind the domain's.
    package func forEachAddress<E: Error>(_ body: (_ key: [UInt8]) throws(E) -> Void) throws(E) {
        if local.isEmpty && tail.isEmpty { return }
        for dash in local.indices where local[dash] == UInt8(ascii: "-") && dash > local.startIndex {
            try body(Array(local[..<dash] + tail))
        }
        try body(Array(local + tail))
    }
}
