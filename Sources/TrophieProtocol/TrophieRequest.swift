/// What trophie, sophie and savdid are asked: the name of a file or directory, which they scan on their own disk.
package enum TrophieRequest {
    /// A longer path is not asked for: Linux's PATH_MAX without its NUL.
    package static let maximumPathBytes = 4_095

    /// The request for a path.
    ///
    /// - Parameter path: absolute; the server's user must be able to read what it names.
    /// - Returns: the path and a newline; nil where the path is not absolute, longer than ``maximumPathBytes``, or
    ///   holds a control byte, since a newline or a NUL would name another file than the one meant.
    package static func scan(path: [UInt8]) -> [UInt8]? {
        guard path.first == UInt8(ascii: "/"), path.count <= maximumPathBytes,
            path.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return path + [UInt8(ascii: "\n")]
    }
}
