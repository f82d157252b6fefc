import ArgumentParser
import Glibc
import SimscanNative
import SystemPackage

/// Runs the attachment check over files and says what it finds, how long it takes, and the memory's peak.
struct Check: ParsableCommand {
    @Option(help: "Blocked suffixes, with colons between them.")
    var suffixes = ".exe:.scr:.pif:.bat:.com:.vbs:.js"

    @Option(help: "How often each file is checked; the shortest time counts.")
    var times = 1

    @Flag(help: "With archives, types and double extensions, encrypted and broken archives refused.")
    var everything = false

    @Argument var files: [String]

    func run() throws {
        let rules = AttachmentRules(suffixes: suffixes.split(separator: ":").map { Array($0.utf8) }, allow: [])
        let options =
            everything
            ? AttachmentOptions(
                archives: true, types: true, doubleExtension: true, rejectsEncrypted: true, rejectsBroken: true,
                rejectsPartial: true)
            : AttachmentOptions()
        for file in files {
            let descriptor = try FileDescriptor.open(FilePath(file), .readOnly)
            let size = try descriptor.seek(offset: 0, from: .end)
            let message = SpooledMessage(descriptor: descriptor, start: 0, size: size)
            var best = UInt64.max
            var finding = AttachmentFinding.nothing
            for _ in 0..<times {
                let start = processorTime()
                finding = try checkAttachments(of: message, rules: rules, limits: MIMELimits(), options: options)
                best = min(best, processorTime() - start)
            }
            try descriptor.close()
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            print(file, finding.text, "\(Double(best / 1000) / 1000) ms", "peak \(usage.ru_maxrss) KiB")
        }
    }
}

/// The processor time of this process, in nanoseconds.
private func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension AttachmentFinding {
    var text: String {
        switch self {
        case .nothing: "nothing"
        case .blocked(let match):
            "blocked \(String(decoding: match.name.suffix(60), as: UTF8.self)) at \(match.part) by \(String(decoding: match.rule, as: UTF8.self))"
        case .encrypted(let name, let part): "encrypted \(String(decoding: name, as: UTF8.self)) at \(part)"
        case .broken(let name, let part): "broken \(String(decoding: name, as: UTF8.self)) at \(part)"
        case .partial(let part): "partial at \(part)"
        case .limit(let limit): "limit \(limit.rawValue)"
        case .unparsed(let how): "unparsed, \(how)"
        }
    }
}
