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
        case .attachAllow, .attachArchives, .attachTypes, .attachPartial, .doubleExtension:
            return attach ? nil : "attach = no"
        case .mimeDepth, .mimeParts, .mimeFields, .mimeHeaderBytes:
            // They bound the decoded parts, too.
            return attach || !trophieSocket.isEmpty || (clamav && clamdParts) ? nil : "attach = no"
        case .mimeLimits:
            // The expressions of records are tried in the cage, too.
            return attach || perDomain ? nil : "attach = no"
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

    /// Why the weights in this list of hosts have no effect; nil where they have one, or there are none.
    func reasonWeightsVoid(_ name: SettingName) -> String? {
        func reason(_ hosts: [ScannerHost], _ order: HostOrder, _ otherwise: String) -> String? {
            hosts.contains { $0.weight != 1 } && order == .first ? otherwise : nil
        }
        return switch name {
        case .clamd: reason(clamd, clamdOrder, "clamd-order = first")
        case .spamd: reason(spamd, spamdOrder, "spamd-order = first")
        case .trophieSocket: reason(trophieSocket, .first, "its list is taken in its order")
        default: nil
        }
    }
}
