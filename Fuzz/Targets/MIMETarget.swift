import CLinux
import Glibc
import SystemPackage

@testable import SimscanNative

/// The whole attachment check, on the input as a message, with everything switched on and with everything off.
let mimeTarget = FuzzTarget(name: "mime") { input, plant in
    let suffixes = [".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".js"].map { Array($0.utf8) }
    let rules = AttachmentRules(suffixes: suffixes, allow: ["setup*.exe"])
    let all = AttachmentOptions(
        archives: true, types: true, doubleExtension: true, rejectsEncrypted: true, rejectsBroken: true,
        rejectsPartial: true)

    let strict = finding(of: input, rules: rules, options: all)
    let plain = finding(of: input, rules: rules, options: AttachmentOptions())
    // To look at more finds no less.
    if strict == .nothing { require(plain == .nothing, "off: " + (plain.why ?? "") + "; on: nothing") }

    // What is said without a library, and with one for some names, is what is said with all of them, also of a message
    // that comes in pieces.
    let own = plainFinding(of: input, rules: rules, options: all)
    if let own {
        let names = checkOpenNames(own.openNames, rules: rules, limits: limits, options: all)
        let finding = own.isSettled ? own.finding : own.with(names)
        // Of several names that are blocked, those that are left open are looked at last.
        require(
            finding == strict || !own.openNames.isEmpty && finding.isBlocked && strict.isBlocked,
            "own code: " + (finding.why ?? "nothing") + "; all: " + (strict.why ?? "nothing"))
    }

    // Without rules nothing ends the walk early, so this one sees the whole input.
    var forms: [[UInt8]] = []
    let noRules = AttachmentRules(suffixes: [], allow: [])
    let seen = walk(input, rules: noRules, options: all, piece: input.count) { form in
        forms.append(form)
        plant.step(on: form)
    }
    require(!seen.isBlocked, "blocked without a rule")

    // Where the pieces are cut makes no difference, but for the order of names where a part is read in two ways.
    let piece = 1 + Int(input.first ?? 0) % 61
    var formsInPieces: [[UInt8]] = []
    let inPieces = walk(input, rules: noRules, options: all, piece: piece) { formsInPieces.append($0) }
    require(
        inPieces.kind == seen.kind, "pieces of \(piece): " + (inPieces.why ?? "-") + "; whole: " + (seen.why ?? "-"))
    forms.sort { $0.lexicographicallyPrecedes($1) }
    formsInPieces.sort { $0.lexicographicallyPrecedes($1) }
    if formsInPieces != forms {
        let place = zip(formsInPieces, forms).enumerated().first { $0.element.0 != $0.element.1 }
        let index = place?.offset ?? min(forms.count, formsInPieces.count)
        fatalError(
            "does not hold: pieces of \(piece): name \(index) is \(shown(formsInPieces, index)) of "
                + "\(formsInPieces.count); whole: \(shown(forms, index)) of \(forms.count)")
    }
    if let check = PlainCheck(rules: rules, limits: limits, options: all) {
        forEachPiece(of: input, piece) { check.take($0) }
        let ownInPieces = check.end()
        require(
            ownInPieces?.finding.kind == own?.finding.kind && ownInPieces?.openNames == own?.openNames,
            "pieces of \(piece), own code: " + (ownInPieces?.finding.why ?? "-") + "; whole: "
                + (own?.finding.why ?? "-"))
    }
    let strictInPieces = walk(input, rules: rules, options: all, piece: piece) { _ in }
    require(
        strictInPieces.kind == strict.kind,
        "pieces of \(piece): " + (strictInPieces.why ?? "-") + "; whole: " + (strict.why ?? "-"))
}

private let limits = MIMELimits(depth: 100, parts: 1000, fields: 5000, headerBytes: 1_048_576)

/// The check as the filter makes it: of a file, behind room that is not the message's.
private func finding(of input: [UInt8], rules: AttachmentRules, options: AttachmentOptions) -> AttachmentFinding {
    do throws(Errno) {
        return try checkAttachments(of: spooled(input), rules: rules, limits: limits, options: options)
    } catch {
        fatalError("the spool cannot be read")
    }
}

/// The same ahead of the cage; nil where that needs more than our own code.
private func plainFinding(
    of input: [UInt8], rules: AttachmentRules, options: AttachmentOptions
) -> PlainFinding? {
    do throws(Errno) {
        return try checkPlainParts(of: spooled(input), rules: rules, limits: limits, options: options)
    } catch {
        fatalError("the spool cannot be read")
    }
}

private func spooled(_ input: [UInt8]) -> SpooledMessage {
    let room = 16
    guard ftruncate(spool, off_t(room + input.count)) == 0,
        pwrite(spool, input, input.count, off_t(room)) == input.count
    else { fatalError("the spool cannot be written") }
    return SpooledMessage(
        descriptor: FileDescriptor(rawValue: spool), start: Int64(room), size: Int64(input.count))
}

/// One file in memory for all inputs.
private let spool: CInt = {
    let descriptor = linux_memory_file("fuzz")
    guard descriptor >= 0 else { fatalError("no file in memory") }
    return descriptor
}()

/// The same walk over memory, in pieces of one size.
private func walk(
    _ input: [UInt8], rules: AttachmentRules, options: AttachmentOptions, piece: Int,
    observer: @escaping (_ form: [UInt8]) -> Void
) -> AttachmentFinding {
    let state = CheckState(rules: rules, limits: limits, options: options)
    state.observer = { form, _ in observer(form) }
    let walk = PartWalk(place: PartPlace(state: state, path: "", decodings: 0, depth: 0))
    forEachPiece(of: input, piece) { bytes in
        walk.take(bytes)
        return state.finding == nil
    }
    if state.finding == nil { walk.end() }
    return state.result
}

/// - Parameter body: returns whether more is wanted.
private func forEachPiece(of input: [UInt8], _ count: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
    input.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: max(count, 1)) {
            let end = min(start + max(count, 1), bytes.count)
            guard body(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else { return }
        }
    }
}

extension AttachmentFinding {
    fileprivate var isBlocked: Bool {
        if case .blocked = self { true } else { false }
    }

    /// What was found, whichever of several it is.
    fileprivate var kind: Int {
        switch self {
        case .nothing: 0
        case .blocked: 1
        case .encrypted, .broken, .partial: 2
        case .limit, .unparsed: 3
        }
    }
}

private func shown(_ forms: [[UInt8]], _ index: Int) -> String {
    index < forms.count ? String(decoding: forms[index], as: UTF8.self).debugDescription : "missing"
}
