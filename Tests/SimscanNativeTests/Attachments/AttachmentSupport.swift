import Glibc
import SystemPackage

@testable import SimscanNative

/// What the attachment check says of these bytes.
func check(
    _ message: some Sequence<UInt8>, blocking suffixes: [String] = [".exe"], allow: [String] = [],
    limits: MIMELimits = MIMELimits(), options: AttachmentOptions = AttachmentOptions()
) throws -> AttachmentFinding {
    try withSpooled(message) { message throws(Errno) in
        try checkAttachments(
            of: message, rules: AttachmentRules(suffixes: suffixes.map { Array($0.utf8) }, allow: allow),
            limits: limits, options: options)
    }
}

/// What our own code alone says of these bytes; nil where it needs more.
func checkPlain(
    _ message: some Sequence<UInt8>, blocking suffixes: [String] = [".exe"],
    options: AttachmentOptions = AttachmentOptions()
) throws -> AttachmentFinding? {
    let plain = try findPlain(message, blocking: suffixes, options: options)
    return plain?.openNames.isEmpty == true ? plain?.finding : nil
}

/// What our own code says of these bytes, and libraries of the names that it leaves open; nil where it needs more.
func checkPlainAndNames(
    _ message: some Sequence<UInt8>, blocking suffixes: [String] = [".exe"]
) throws -> AttachmentFinding? {
    let rules = AttachmentRules(suffixes: suffixes.map { Array($0.utf8) }, allow: [])
    return try findPlain(message, blocking: suffixes).map { plain in
        plain.with(
            checkOpenNames(plain.openNames, rules: rules, limits: MIMELimits(), options: AttachmentOptions()))
    }
}

/// What our own code alone says, with the names that it leaves open.
func findPlain(
    _ message: some Sequence<UInt8>, blocking suffixes: [String] = [".exe"],
    options: AttachmentOptions = AttachmentOptions()
) throws -> PlainFinding? {
    try withSpooled(message) { message throws(Errno) in
        try checkPlainParts(
            of: message, rules: AttachmentRules(suffixes: suffixes.map { Array($0.utf8) }, allow: []),
            limits: MIMELimits(), options: options)
    }
}

/// Spools bytes between two times 100 bytes that are not the message's.
private func withSpooled<Result>(
    _ message: some Sequence<UInt8>, _ body: (SpooledMessage) throws(Errno) -> Result
) throws -> Result {
    guard let file = tmpfile() else { throw Errno(rawValue: errno) }
    defer { fclose(file) }
    let descriptor = FileDescriptor(rawValue: fileno(file))
    let ahead = [UInt8](repeating: 0x2D, count: 100)
    let bytes = Array(message)
    _ = try descriptor.writeAll(ahead)
    _ = try descriptor.writeAll(bytes)
    _ = try descriptor.writeAll(ahead)
    return try body(SpooledMessage(descriptor: descriptor, start: 100, size: Int64(bytes.count)))
}

func check(
    _ message: String, blocking suffixes: [String] = [".exe"], allow: [String] = [], limits: MIMELimits = MIMELimits()
) throws -> AttachmentFinding {
    try check(message.utf8, blocking: suffixes, allow: allow, limits: limits)
}

extension AttachmentFinding {
    var match: AttachmentMatch? {
        if case .blocked(let match) = self { match } else { nil }
    }

    var name: String? { match.map { String(decoding: $0.name, as: UTF8.self) } }
}

/// A message with one attachment whose header is this.
func attachment(_ header: String) -> String {
    """
    From: a@example.org
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=b

    --b
    Content-Type: text/plain

    Hello.
    --b
    \(header)

    MZ
    --b--

    """
}
