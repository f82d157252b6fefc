internal import CLinux
internal import Glibc
package import SystemPackage

extension DecodedParts {
    /// How many parts may be open at a time, each with room for the longest behind the one before.
    private static let openParts: Int64 = 16

    /// Decodes a message's parts into a file, as `init(of:limits:in:)` does, and in a cage where there is more to
    /// decode than plain parts.
    ///
    /// - Parameter deadline: what is not decoded then cannot be decoded now.
    /// - Throws: what reading and writing say; `ENOMEM` where the caller's limits leave too little memory, `ETIMEDOUT`
    ///   behind the deadline.
    package static func inCage(
        of message: SpooledMessage, limits: MIMELimits, in file: FileDescriptor, until deadline: Instant
    ) throws(Errno) -> DecodedParts {
        if let decoded = try decode(message, limits: limits, mayParse: false, in: file) { return decoded }
        guard ftruncate(file.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
        let cage = Cage(
            limits: CageLimits(messageSize: message.size, fileBytes: openParts * longestPart(of: message)))
        let ending = try cage.run(on: message.descriptorForCage, output: file, until: deadline) { answer in
            do throws(Errno) {
                let decoded = try DecodedParts(
                    of: message.inCage, limits: limits, in: FileDescriptor(rawValue: CInt(cage_output_fd)))
                answer.add(decoded)
            } catch {
                answer.add(error)
            }
        }
        switch ending {
        case .outOfMemory: throw .noMemory
        case .disturbed: throw .ioError
        case .late: throw .timedOut
        case .died(let how): return DecodedParts(parts: [], missing: "parser, " + how)
        case .answered(_, let bytes):
            let size = lseek(file.rawValue, 0, SEEK_END)
            guard size >= 0 else { throw Errno(rawValue: errno) }
            var reader = AnswerReader(bytes)
            switch reader.parts(in: file, size: Int64(size), longest: longestPart(of: message)) {
            case nil: return DecodedParts(parts: [], missing: "parser, an answer that makes no sense")
            case .success(let decoded): return decoded
            case .failure(let error): throw error
            }
        }
    }
}

extension SpooledMessage {
    /// What a caged child reads; nil where all of the message is in memory.
    var descriptorForCage: FileDescriptor? {
        Int64(beginning?.bytes.count ?? 0) < size ? descriptor : nil
    }

    /// The message as a caged child has it.
    var inCage: SpooledMessage {
        SpooledMessage(
            descriptor: FileDescriptor(rawValue: CInt(cage_message_fd)), start: start, size: size, beginning: beginning)
    }
}

// MARK: The answer

/// The longest path of a part that is handed back.
private let maximumPath = 512

extension AnswerWriter {
    fileprivate mutating func add(_ decoded: DecodedParts) {
        add(byte: 3)
        add(byte: decoded.isComplete ? 1 : 0)
        add(number: UInt64(decoded.parts.count))
        for part in decoded.parts {
            add(number: UInt64(part.content.start))
            add(number: UInt64(part.content.size))
            add(text: part.path.utf8, upTo: maximumPath)
        }
    }
}

extension AnswerReader {
    /// What `AnswerWriter.add` wrote, of parts that stand in the file one behind the other; nil for anything else.
    ///
    /// - Parameter longest: what all parts have together at most: whoever copies them copies no more.
    package mutating func parts(
        in file: FileDescriptor, size: Int64, longest: Int64
    ) -> Result<DecodedParts, Errno>? {
        switch byte() {
        case 2: return error().map { .failure($0) }
        case 3: break
        default: return nil
        }
        guard let flag = byte(), flag < 2, let count = number(upTo: PartOutput.maximumParts) else { return nil }
        var parts: [DecodedPart] = []
        var end = 0
        var left = Int(longest)
        for _ in 0..<count {
            guard let start = number(upTo: Int(size)), start >= end,
                let length = number(upTo: min(Int(size) - start, left)), length > 0, let path = text(upTo: maximumPath)
            else { return nil }
            end = start + length
            left -= length
            parts.append(
                DecodedPart(
                    path: String(decoding: path, as: UTF8.self),
                    content: SpooledMessage(descriptor: file, start: Int64(start), size: Int64(length))))
        }
        guard isAtEnd else { return nil }
        return .success(DecodedParts(parts: parts, missing: flag == 1 ? nil : DecodedParts.beyondLimit))
    }
}
