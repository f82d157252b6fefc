internal import CGMime

/// What GMime makes of a text that has encoded words in it (RFC 2047), as it does with the value of a parameter.
///
/// It needs none of GMime's objects, whose types take ten times as long to register.
///
/// - Parameter text: up to a NUL, if there is one.
func gmimeText(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var line = Array(text)
    line.append(0)
    return line.withUnsafeBytes { bytes in
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress,
            let decoded = g_mime_utils_header_decode_text(gmimeOptions, start)
        else { return [] }
        defer { g_free(decoded) }
        return byteString(decoded) ?? []
    }
}

/// As GMime reads by default; it starts when it is first asked, and most mail needs it not at all.
///
/// These are all of `g_mime_init()` that reading a field needs; the rest registers types that nobody here makes.
nonisolated(unsafe) let gmimeOptions: OpaquePointer? = {
    g_mime_charset_map_init()
    return g_mime_parser_options_new()
}()

/// Starts what these names need, ahead of a child, which would have to copy the memory that it takes.
func prepare(for names: OpenNames) {
    if names.reasons.contains(OpenNames.Reason.words) { _ = gmimeOptions }
}

/// The bytes of a C string, copied.
func byteString(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let text else { return nil }
    return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}
