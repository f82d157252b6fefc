internal import CGMime
internal import CLibrariesOnDemand

/// What GMime makes of one Content-Type or Content-Disposition field.
struct GMimeParameters {
    private(set) var isMultipart = false
    private(set) var isDigest = false
    private(set) var isMessage = false
    private(set) var boundary: [UInt8]?
    /// Decoded, UTF-8.
    private(set) var names: [[UInt8]] = []

    /// Longer fields are read by our own reader alone: GMime's time is not linear in their length.
    static let maximumField = 16_384

    /// Reads a field's value, which is unfolded and without the field's name.
    init(field: PartHeader.Field, value: [UInt8]) {
        guard value.count <= Self.maximumField else { return }
        _ = gobject
        (value + [0]).withUnsafeBytes { bytes in
            guard let text = bytes.bindMemory(to: CChar.self).baseAddress else { return }
            switch field {
            case .contentType:
                guard let type = g_mime_content_type_parse(gmimeOptions, text) else { return }
                defer { g_object_unref(type) }
                isMultipart = g_mime_content_type_is_type(type, "multipart", "*") != 0
                isDigest = g_mime_content_type_is_type(type, "multipart", "digest") != 0
                isMessage =
                    g_mime_content_type_is_type(type, "message", "rfc822") != 0
                    || g_mime_content_type_is_type(type, "message", "rfc2822") != 0
                    || g_mime_content_type_is_type(type, "message", "global") != 0
                    || g_mime_content_type_is_type(type, "message", "news") != 0
                boundary = byteString(g_mime_content_type_get_parameter(type, "boundary"))
                add(g_mime_content_type_get_parameter(type, "name"))
                add(g_mime_content_type_get_parameter(type, "filename"))
            case .contentDisposition:
                guard let disposition = g_mime_content_disposition_parse(gmimeOptions, text) else { return }
                defer { g_object_unref(disposition) }
                add(g_mime_content_disposition_get_parameter(disposition, "filename"))
                add(g_mime_content_disposition_get_parameter(disposition, "name"))
            case .contentTransferEncoding, .contentLocation, .contentDescription, .other:
                return
            }
        }
    }

    private mutating func add(_ name: UnsafePointer<CChar>?) {
        if let name = byteString(name) { names.append(name) }
    }
}

/// GObject's types come into being when they are first needed.
private let gobject: Void = gobject_start()
