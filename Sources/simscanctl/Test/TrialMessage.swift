import Glibc
import SimscanNative
import SystemPackage

/// The message that is tried, and its envelope, as qmail-smtpd would hand them over.
struct TrialMessage {
    /// The file's name; `-` for standard input.
    let name: String
    let message: SpooledMessage
    let envelope: Envelope
    /// Every line ended in CR LF, as mail programs save them; qmail-smtpd hands over LF.
    let hadCRLF: Bool

    /// - Throws: `Failure` where the file cannot be read, or an address is none.
    init(file: String, sender: String, recipients: [String], workdir: String, room: Int64) throws(Failure) {
        let bytes = try Self.read(file)
        let (text, hadCRLF) = Self.withUnixLineEnds(bytes)
        try self.init(text, name: file, sender: sender, recipients: recipients, workdir, room, hadCRLF: hadCRLF)
    }

    init(
        _ bytes: [UInt8], name: String, sender: String, recipients: [String], _ workdir: String, _ room: Int64,
        hadCRLF: Bool = false
    ) throws(Failure) {
        self.name = name
        self.hadCRLF = hadCRLF
        envelope = try Self.envelope(sender, recipients)
        let directory: Workdir
        let file: UnnamedFile
        do throws(Errno) {
            directory = try Workdir(workdir)
            file = try UnnamedFile(in: directory)
            try file.descriptor.writeAll(bytes)
        } catch {
            throw Failure(workdir + ": " + error.description, status: EX_IOERR)
        }
        defer { try? file.descriptor.close() }
        do throws(FilterFailure) {
            message = try Spool.receive(from: file.descriptor, workdir: directory, room: room)
        } catch {
            throw Failure(error.what, status: EX_IOERR)
        }
    }

    /// The exact bytes of the envelope (qmail-queue(8)).
    static func envelopeBytes(_ sender: String, _ recipients: [String]) -> [UInt8] {
        recipients.reduce(Array("F".utf8) + sender.utf8 + [0]) { $0 + Array("T".utf8) + $1.utf8 + [0] } + [0]
    }

    private static func envelope(_ sender: String, _ recipients: [String]) throws(Failure) -> Envelope {
        var parser = EnvelopeParser()
        do throws(EnvelopeError) {
            if let envelope = try parser.received(envelopeBytes(sender, recipients).span) { return envelope }
        } catch {
            switch error {
            case .addressTooLong: throw Failure("an address is longer than qmail takes", status: EX_USAGE)
            case .tooLarge: throw Failure("the envelope is longer than simscan takes", status: EX_USAGE)
            case .cutShort, .wrongFormat: break
            }
        }
        throw Failure("an address holds what no address can", status: EX_USAGE)
    }

    private static func read(_ file: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let descriptor =
                file == "-" ? .standardInput : try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
            defer { if file != "-" { try? descriptor.close() } }
            while true {
                let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 20) { room, count in
                    count = try descriptor.read(into: UnsafeMutableRawBufferPointer(room))
                }
                if piece.isEmpty { return bytes }
                bytes += piece
            }
        } catch {
            throw Failure(file + ": " + ((error as? Errno)?.description ?? "cannot be read"), status: EX_NOINPUT)
        }
    }

    private static func withUnixLineEnds(_ bytes: [UInt8]) -> (bytes: [UInt8], hadCRLF: Bool) {
        let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
        guard !newlines.isEmpty, newlines.allSatisfy({ $0 > 0 && bytes[$0 - 1] == 0x0D }) else { return (bytes, false) }
        let dropped = Set(newlines.map { $0 - 1 })
        return (bytes.indices.filter { !dropped.contains($0) }.map { bytes[$0] }, true)
    }
}
