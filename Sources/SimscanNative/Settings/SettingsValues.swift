extension Settings {
    /// Sets one setting from its value's text.
    ///
    /// simscanmk and the filter both read values through this, so no setting can be known to one of them alone.
    /// Throws `SettingError` and changes nothing where the value is refused.
    package mutating func apply(_ name: SettingName, value: String) throws(SettingError) {
        switch name {
        case .clamav: clamav = try SettingValue.yesOrNo(value)
        case .clamd: clamd = try SettingValue.hosts(value, defaultPort: 3310)
        case .clamdOrder: clamdOrder = try SettingValue.word(value)
        case .clamdFailure: clamdFailure = try SettingValue.word(value)
        case .clamdOversize: clamdOversize = try SettingValue.word(value)
        case .clamdTransfer: clamdTransfer = try SettingValue.word(value)
        case .clamdParts: clamdParts = try SettingValue.yesOrNo(value)
        case .virusIgnore: virusIgnore = try SettingValue.globs(value)
        case .clamavdbPath: clamavdbPath = try SettingValue.pathOrOff(value)

        case .trophieSocket:
            trophieSocket = value == "off" ? [] : try SettingValue.hosts(value, defaultPort: nil)
        case .trophieFailure: trophieFailure = try SettingValue.word(value)
        case .trophiePath: trophiePath = try SettingValue.pathOrOff(value)

        case .spam: spam = try SettingValue.yesOrNo(value)
        case .spamd: spamd = try SettingValue.hosts(value, defaultPort: 783)
        case .spamdOrder: spamdOrder = try SettingValue.word(value)
        case .spamPassthru: spamPassthru = try SettingValue.yesOrNo(value)
        case .spamHits: spamHits = try SettingValue.score(value)
        case .spamcUser: spamcUser = try SettingValue.yesOrNo(value)
        case .spamdUser: spamdUser = try SettingValue.userName(value)
        case .spamAuthUser: spamAuthUser = try SettingValue.yesOrNo(value)
        case .sizeLimit: sizeLimit = try SettingValue.sizeLimit(value)
        case .spamdFailure: spamdFailure = try SettingValue.word(value)
        case .spamdCommand: spamdCommand = try SettingValue.word(value)
        case .spamdCompress: spamdCompress = try SettingValue.yesOrNo(value)

        case .attach: attach = try SettingValue.yesOrNo(value)
        case .attachAllow: attachAllow = try SettingValue.globs(value).map { $0.lowercased() }
        case .attachArchives: attachArchives = try SettingValue.yesOrNo(value)
        case .attachTypes: attachTypes = try SettingValue.yesOrNo(value)
        case .doubleExtension: doubleExtension = try SettingValue.yesOrNo(value)
        case .attachEncrypted: attachEncrypted = try SettingValue.word(value)
        case .attachBroken: attachBroken = try SettingValue.word(value)
        case .attachPartial: attachPartial = try SettingValue.word(value)
        case .mimeLimits: mimeLimits = try SettingValue.word(value)
        case .mimeDepth: mimeDepth = try SettingValue.integer(value, 1...1000)
        case .mimeParts: mimeParts = try SettingValue.integer(value, 1...100_000)
        case .mimeFields: mimeFields = try SettingValue.integer(value, 1...1_000_000)
        case .mimeHeaderBytes: mimeHeaderBytes = try SettingValue.integer(value, 1024...268_435_456, unit: "bytes")

        case .perDomain: perDomain = try SettingValue.yesOrNo(value)
        case .perDomainMerge: perDomainMerge = try SettingValue.word(value)
        case .perDomainSender: perDomainSender = try SettingValue.yesOrNo(value)
        case .customSMTPReject: customSMTPReject = try SettingValue.yesOrNo(value)
        case .rejectFD: rejectFD = try SettingValue.descriptor(value)
        case .dropmsg: dropmsg = try SettingValue.yesOrNo(value)
        case .quarantinedir: quarantinedir = try SettingValue.pathOrOff(value)
        case .shadow: shadow = try SettingValue.yesOrNo(value)

        case .deadline: deadline = try SettingValue.seconds(value, from: .milliseconds(1), to: .seconds(3600))
        case .connectTimeout:
            connectTimeout = try SettingValue.seconds(value, from: .milliseconds(1), to: .seconds(600))
        case .firstByteClamd:
            firstByteClamd = try SettingValue.seconds(value, from: .milliseconds(1), to: .seconds(600))
        case .firstByteSpamd:
            firstByteSpamd = try SettingValue.seconds(value, from: .milliseconds(1), to: .seconds(600))
        case .reloadWait: reloadWait = try SettingValue.seconds(value, from: .zero, to: .seconds(600))

        case .workdir: workdir = try SettingValue.path(value)
        case .statedir: statedir = try SettingValue.pathOrOff(value)
        case .qmailQueue: qmailQueue = try SettingValue.path(value)
        case .received: received = try SettingValue.yesOrNo(value)
        case .logFormat: logFormat = try SettingValue.word(value)
        case .logMessageID: logMessageID = try SettingValue.yesOrNo(value)
        case .metrics: metrics = try SettingValue.yesOrNo(value)
        }
    }

    /// The value of one setting as canonical text, which `apply` reads back to the same value.
    package func text(of name: SettingName) -> String {
        switch name {
        case .clamav: SettingValue.text(clamav)
        case .clamd: SettingValue.text(clamd)
        case .clamdOrder: clamdOrder.rawValue
        case .clamdFailure: clamdFailure.rawValue
        case .clamdOversize: clamdOversize.rawValue
        case .clamdTransfer: clamdTransfer.rawValue
        case .clamdParts: SettingValue.text(clamdParts)
        case .virusIgnore: virusIgnore.joined(separator: ",")
        case .clamavdbPath: clamavdbPath ?? "off"

        case .trophieSocket: trophieSocket.isEmpty ? "off" : SettingValue.text(trophieSocket)
        case .trophieFailure: trophieFailure.rawValue
        case .trophiePath: trophiePath ?? "off"

        case .spam: SettingValue.text(spam)
        case .spamd: SettingValue.text(spamd)
        case .spamdOrder: spamdOrder.rawValue
        case .spamPassthru: SettingValue.text(spamPassthru)
        case .spamHits: SettingValue.text(score: spamHits)
        case .spamcUser: SettingValue.text(spamcUser)
        case .spamdUser: spamdUser ?? ""
        case .spamAuthUser: SettingValue.text(spamAuthUser)
        case .sizeLimit: String(sizeLimit)
        case .spamdFailure: spamdFailure.rawValue
        case .spamdCommand: spamdCommand.rawValue
        case .spamdCompress: SettingValue.text(spamdCompress)

        case .attach: SettingValue.text(attach)
        case .attachAllow: attachAllow.joined(separator: ",")
        case .attachArchives: SettingValue.text(attachArchives)
        case .attachTypes: SettingValue.text(attachTypes)
        case .doubleExtension: SettingValue.text(doubleExtension)
        case .attachEncrypted: attachEncrypted.rawValue
        case .attachBroken: attachBroken.rawValue
        case .attachPartial: attachPartial.rawValue
        case .mimeLimits: mimeLimits.rawValue
        case .mimeDepth: String(mimeDepth)
        case .mimeParts: String(mimeParts)
        case .mimeFields: String(mimeFields)
        case .mimeHeaderBytes: String(mimeHeaderBytes)

        case .perDomain: SettingValue.text(perDomain)
        case .perDomainMerge: perDomainMerge.rawValue
        case .perDomainSender: SettingValue.text(perDomainSender)
        case .customSMTPReject: SettingValue.text(customSMTPReject)
        case .rejectFD: rejectFD.map { String($0) } ?? "auto"
        case .dropmsg: SettingValue.text(dropmsg)
        case .quarantinedir: quarantinedir ?? "off"
        case .shadow: SettingValue.text(shadow)

        case .deadline: SettingValue.text(deadline)
        case .connectTimeout: SettingValue.text(connectTimeout)
        case .firstByteClamd: SettingValue.text(firstByteClamd)
        case .firstByteSpamd: SettingValue.text(firstByteSpamd)
        case .reloadWait: SettingValue.text(reloadWait)

        case .workdir: workdir
        case .statedir: statedir ?? "off"
        case .qmailQueue: qmailQueue
        case .received: SettingValue.text(received)
        case .logFormat: logFormat.rawValue
        case .logMessageID: SettingValue.text(logMessageID)
        case .metrics: SettingValue.text(metrics)
        }
    }
}
