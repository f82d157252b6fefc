/// A command of clamd's protocol, in its NUL-terminated form (`clamd(8)`, COMMANDS).
package enum ClamdCommand: Sendable {
    /// The versions of the engine and of its database. Answered by ``ClamdVersionReply``.
    case version
    /// Scan what follows, in the chunks of ``ClamdChunk``. Answered by ``ClamdScanReply``.
    case instream
    /// Scan the file whose descriptor follows as ancillary data of one byte. Answered by ``ClamdScanReply``.
    ///
    /// Only over unix sockets. A descriptor that clamd cannot read (write-only, `O_PATH`) is answered with `OK`
    /// by clamd 1.4.6, and clamd moves the file offset that it shares with the sender: send a descriptor of its own,
    /// opened for reading.
    case fildes
    /// Several commands on one connection. Answered by ``ClamdSessionReplies``.
    case idsession
    /// The end of `idsession`.
    case end

    /// The bytes to send.
    package var bytes: [UInt8] {
        switch self {
        case .version: Array("zVERSION\0".utf8)
        case .instream: Array("zINSTREAM\0".utf8)
        case .fildes: Array("zFILDES\0".utf8)
        case .idsession: Array("zIDSESSION\0".utf8)
        case .end: Array("zEND\0".utf8)
        }
    }
}

/// The commands that scan.
package enum ClamdScanCommand: Sendable {
    /// The answer names `stream`.
    case instream
    /// The answer names `fd[N]`, N being a descriptor of clamd's.
    case fildes
}
