extension Settings {
    /// Why this setting has no effect beside the others, or nil where it has one.
    ///
    /// A setting that a simcontrol record could still bring to life is not void.
    func reasonVoid(_ name: SettingName) -> String? {
        switch name {
        case .clamd, .clamdOrder, .clamdFailure, .clamdOversize, .clamdTransfer, .clamdParts, .virusIgnore,
            .firstByteClamd, .reloadWait:
            return clamav ? nil : "clamav = no"
        case .trophieFailure:
            return trophieSocket.isEmpty ? "trophie-socket = off" : nil
        case .spamd, .spamdOrder, .spamcUser, .spamdUser, .spamAuthUser, .sizeLimit, .spamdFailure, .spamdCommand,
            .spamdCompress, .spamHits, .firstByteSpamd:
            return spam ? nil : "spam = no"
        case .spamPassthru:
            if !spam { return "spam = no" }
            return spamPassthru && spamHits != nil ? "spam-hits is set" : nil
        case .attachAllow, .attachArchives, .attachTypes, .attachPartial, .doubleExtension, .mimeLimits, .mimeDepth,
            .mimeParts,
            .mimeFields, .mimeHeaderBytes:
            return attach ? nil : "attach = no"
        case .attachEncrypted, .attachBroken:
            if !attach { return "attach = no" }
            return attachArchives ? nil : "attach-archives = no"
        case .perDomainMerge, .perDomainSender:
            return perDomain ? nil : "per-domain = no"
        case .customSMTPReject:
            return customSMTPReject && dropmsg ? "dropmsg = yes" : nil
        case .rejectFD:
            return customSMTPReject ? nil : "custom-smtp-reject = no"
        case .clamav, .clamavdbPath, .trophieSocket, .trophiePath, .spam, .attach, .perDomain, .dropmsg,
            .quarantinedir, .shadow, .deadline, .connectTimeout, .workdir, .statedir, .qmailQueue, .received,
            .logFormat, .logMessageID, .metrics:
            return nil
        }
    }
}
