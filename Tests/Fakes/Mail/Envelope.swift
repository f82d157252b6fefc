/// Who a message is from and for, as fd 1 of qmail-queue takes it (`qmail-queue(8)`).
package struct Envelope: Sendable, Equatable {
    /// Empty for a bounce.
    package var sender: [UInt8]
    package var recipients: [[UInt8]]

    /// An envelope of addresses that are text.
    package init(from sender: String, to recipients: [String]) {
        self.sender = Array(sender.utf8)
        self.recipients = recipients.map { Array($0.utf8) }
    }

    /// Reads the form of `bytes`; nil where the bytes are not exactly that.
    package init?(_ bytes: [UInt8]) {
        guard bytes.first == UInt8(ascii: "F"), bytes.suffix(2) == [0, 0] else { return nil }
        let fields = bytes.dropLast(2).split(separator: 0, omittingEmptySubsequences: false)
        guard let sender = fields.first, fields.dropFirst().allSatisfy({ $0.first == UInt8(ascii: "T") })
        else { return nil }
        self.sender = Array(sender.dropFirst())
        recipients = fields.dropFirst().map { Array($0.dropFirst()) }
    }

    /// `F` sender NUL, `T` recipient NUL for each recipient, and one more NUL.
    package var bytes: [UInt8] {
        var bytes = [UInt8(ascii: "F")] + sender + [0]
        for recipient in recipients { bytes += [UInt8(ascii: "T")] + recipient + [0] }
        return bytes + [0]
    }
}
