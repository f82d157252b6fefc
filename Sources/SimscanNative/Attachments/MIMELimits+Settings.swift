extension Settings {
    /// The limits on a message's MIME structure.
    package var mimeLimitValues: MIMELimits {
        MIMELimits(depth: mimeDepth, parts: mimeParts, fields: mimeFields, headerBytes: mimeHeaderBytes)
    }
}
