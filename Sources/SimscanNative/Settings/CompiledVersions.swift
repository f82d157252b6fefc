/// The versions of the scanners, as `simscanmk -g` found them: `simversions.cdb`.
///
/// Keys are the names that the Received line has: attach, clamav, trophie, spam.
package struct CompiledVersions: Equatable, Sendable {
    /// The file's name in the control directory.
    package static let fileName = "simversions.cdb"
    private static let maximumBytes = 65_536

    private var versions: [(name: String, version: String)] = []

    package init() {}

    /// Reads the file of a control directory; what cannot be read is not known, which stops no mail.
    package init(controlDirectory: String) {
        let path = controlDirectory + "/" + Self.fileName
        guard let bytes = try? readWhole(path, maximumBytes: Self.maximumBytes) else { return }
        var walk = CdbWalk(bytes)
        while let record = walk.next() {
            let name = String(decoding: record.key, as: UTF8.self)
            versions.append((name, String(decoding: record.value, as: UTF8.self)))
        }
    }

    /// A scanner's version; nil where it is not known.
    package subscript(name: String) -> String? { versions.first { $0.name == name }?.version }

    package static func == (left: CompiledVersions, right: CompiledVersions) -> Bool {
        left.versions.elementsEqual(right.versions, by: ==)
    }
}
