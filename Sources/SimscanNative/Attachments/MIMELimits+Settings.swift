extension Settings {
    /// The limits on a message's MIME structure.
    package var mimeLimitValues: MIMELimits {
        MIMELimits(depth: mimeDepth, parts: mimeParts, fields: mimeFields, headerBytes: mimeHeaderBytes)
    }

    /// What the attachment check looks at beyond names.
    package var attachmentOptions: AttachmentOptions {
        AttachmentOptions(
            archives: attachArchives, types: attachTypes, doubleExtension: doubleExtension,
            rejectsEncrypted: attachEncrypted == .reject, rejectsBroken: attachBroken == .reject,
            rejectsPartial: attachPartial == .reject)
    }
}
