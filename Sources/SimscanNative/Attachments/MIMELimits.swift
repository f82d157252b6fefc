/// The most that a message may have of each; one more is beyond the limit.
package struct MIMELimits: Equatable, Sendable {
    /// Multiparts and messages inside one another.
    package var depth: Int
    /// Parts, containers included.
    package var parts: Int
    /// Header fields, of all parts together.
    package var fields: Int
    /// Bytes of header, of all parts together.
    package var headerBytes: Int

    /// The defaults are those of the settings.
    package init(depth: Int = 1000, parts: Int = 5000, fields: Int = 20_000, headerBytes: Int = 4_194_304) {
        self.depth = depth
        self.parts = parts
        self.fields = fields
        self.headerBytes = headerBytes
    }
}
