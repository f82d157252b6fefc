/// What the attachment check looks at beyond names: the settings `attach-archives`, `attach-types`,
/// `double-extension`, `attach-encrypted`, `attach-broken`, `attach-partial`.
package struct AttachmentOptions: Equatable, Sendable {
    /// Names inside of archives count.
    package var archives: Bool
    /// What a file's first bytes say counts, whatever its name.
    package var types: Bool
    /// A blocked suffix in front of another one counts: `x.exe.pdf`.
    package var doubleExtension: Bool
    /// An archive that is encrypted is a finding.
    package var rejectsEncrypted: Bool
    /// An archive that cannot be read, or not within bounds, is a finding.
    package var rejectsBroken: Bool
    /// A part of type message/partial is a finding.
    package var rejectsPartial: Bool

    package init(
        archives: Bool = false, types: Bool = false, doubleExtension: Bool = false, rejectsEncrypted: Bool = false,
        rejectsBroken: Bool = false, rejectsPartial: Bool = false
    ) {
        self.archives = archives
        self.types = types
        self.doubleExtension = doubleExtension
        self.rejectsEncrypted = rejectsEncrypted
        self.rejectsBroken = rejectsBroken
        self.rejectsPartial = rejectsPartial
    }
}
